"""An image as ``docker save`` writes it, made of Debian's static busybox."""

import hashlib
import io
import json
import shutil
import tarfile
from pathlib import Path


def static_busybox():
    """The path of a busybox that needs no library, or None."""
    found = shutil.which("busybox")
    return found if found and b"/ld-" not in Path(found).read_bytes() else None


BUSYBOX = static_busybox()
OS_RELEASE = 'NAME="Bare"\nPRETTY_NAME="An image made for a test"\n'
PROGRAMS = ("sh", "cat", "echo", "ls", "env", "sleep", "id", "pwd", "ps", "touch", "ln", "rm", "mkdir", "true", "false")
CONFIG = {"Entrypoint": ["/bin/sh", "-c"], "Cmd": ["cat /etc/os-release"], "Env": ["PATH=/bin", "COLOUR=blue"]}


def member(name, content=b"", *, kind=tarfile.REGTYPE, link="", mode=0o755):
    """An entry of an archive, and its content."""
    entry = tarfile.TarInfo(name)
    entry.size, entry.type, entry.linkname, entry.mode = len(content), kind, link, mode
    return entry, content


def packed(members):
    """The bytes of an archive."""
    written = io.BytesIO()
    with tarfile.open(fileobj=written, mode="w") as archive:
        for entry, content in members:
            archive.addfile(entry, io.BytesIO(content))
    return written.getvalue()


def save(path, *layers, config=None):
    """Write an image of some layers, each a list of members."""
    layers = [packed(layer) for layer in layers]
    names = [f"{hashlib.sha256(layer).hexdigest()}/layer.tar" for layer in layers]
    manifest = [{"Config": "config.json", "RepoTags": ["bare:latest"], "Layers": names}]
    members = [
        member("manifest.json", json.dumps(manifest).encode()),
        member("config.json", json.dumps({"config": CONFIG if config is None else config}).encode()),
        *(member(name, layer) for name, layer in zip(names, layers, strict=True)),
    ]
    Path(path).write_bytes(packed(members))
    return path


def bare_layer():
    """A root file system with busybox in it."""
    folders = ("bin", "etc", "home", "root")
    return [
        *(member(name, kind=tarfile.DIRTYPE) for name in folders),
        member("bin/busybox", Path(BUSYBOX).read_bytes()),
        *(member(f"bin/{name}", kind=tarfile.SYMTYPE, link="/bin/busybox") for name in PROGRAMS),
        member("etc/os-release", OS_RELEASE.encode(), mode=0o644),
        member("etc/passwd", b"root:x:0:0:root:/root:/bin/sh\n", mode=0o644),
    ]
