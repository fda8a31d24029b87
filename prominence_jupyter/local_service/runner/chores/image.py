"""The chore "image": let the runtime fetch an image."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

from prominence_jupyter.local_service.runner.image import Order
from prominence_jupyter.local_service.runner.runtimes import choice
from prominence_jupyter.local_service.scratch import Scratch
from prominence_jupyter.local_service.state import StateDir


def run(wanted: dict[str, Any]) -> dict[str, Any]:
    """Fetch one and return where it is and what it holds."""
    state = StateDir(Path(wanted["state"]))
    runtime = choice.chosen(os.environ, state)
    shutil.rmtree(state.discarded, ignore_errors=True)
    folder = Path(wanted["folder"])
    folder.mkdir(mode=0o700, parents=True)
    state.discarded.mkdir(mode=0o700, parents=True, exist_ok=True)
    order = Order(
        image=wanted["image"],
        scratch=Scratch(Path(wanted["scratch"])),
        folder=folder,
        mountpoints=wanted["mountpoints"],
        credential=wanted["credential"],
    )
    image = runtime.fetch(order)
    return {"root": str(image.root), "config": image.config, "cached": image.cached, "sha256": image.sha256}
