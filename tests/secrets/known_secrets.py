"""Secrets that are known, and how to find them in whatever is left of a run."""

import base64
import os
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

USER_TOKEN = "uT7.k3yK/pQ9+sVx2-WfB6hJd8mNc4Zr"
PULL_TOKEN = "pL5:g7Rt/qW3+eYu8-IoA2sDf6hJk9Lz"
INPUT_CONTENT = "iN1=x6Cv/bN2+mQw4-EdR8tGy3uHj7Kp"
SIGNED_QUERY = "X-Signature=sQ9%2Fz5Xc8Vb1Nm6Qa3Wd7Er2Ty4U"
ALL = {
    "user token": USER_TOKEN,
    "pull token": PULL_TOKEN,
    "input content": INPUT_CONTENT,
    "signed query": SIGNED_QUERY.partition("=")[2],
}
CONTENT_AS_SENT = base64.b64encode(INPUT_CONTENT.encode()).decode()
_PART = 16
"""Characters that are looked for: part of a secret is one too."""


def forms(secret: str) -> Iterator[str]:
    """Give the ways in which a secret may be written, as far as its beginning."""
    part = secret[:_PART]
    yield part
    yield part[::-1]
    yield quote(part, safe="")
    yield part.replace("/", "\\/")
    yield "".join(f"\\u{ord(character):04x}" for character in part)
    yield part.encode().hex()
    for shift in range(3):  # where it stands in what is encoded
        encoded = base64.b64encode(b" " * shift + part.encode()).decode()
        yield encoded[4 if shift else 0 : -4]


NEEDLES = {(name, form.encode()) for name, secret in ALL.items() for form in forms(secret)}


def found_in(data: bytes) -> set[str]:
    """Return the names of the secrets that stand in some bytes."""
    return {name for name, needle in NEEDLES if needle in data}


def found_in_files(root: Path, *, but: tuple[Path, ...] = ()) -> dict[str, set[str]]:
    """Return the secrets in the files, and names of files, below a folder."""
    found = {}
    for folder, _, names in os.walk(root):
        for path in (Path(folder, name) for name in names):
            if path.is_file() and not any(path.is_relative_to(left_out) for left_out in but):
                found[str(path)] = found_in(path.read_bytes() + str(path).encode())
    return {path: secrets for path, secrets in found.items() if secrets}


def found_in_processes(what: str, pids: set[int] | None = None) -> dict[str, set[str]]:
    """Return the secrets in `cmdline` or `environ` of processes, by default of all."""
    found = {}
    for path in Path("/proc").glob(f"[0-9]*/{what}"):
        if pids is None or int(path.parent.name) in pids:
            try:
                found[str(path)] = found_in(path.read_bytes())
            except OSError:  # it has ended, or is another user's
                continue
    return {path: secrets for path, secrets in found.items() if secrets}
