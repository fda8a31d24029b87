"""`Store`: all tables of one database."""

from __future__ import annotations

from pathlib import Path
from typing import Self

from prominence_jupyter.local_service.store.database import open_database
from prominence_jupyter.local_service.store.jobs import Jobs
from prominence_jupyter.local_service.store.workflows import Workflows


class Store:
    """What the service remembers."""

    def __init__(self, path: Path) -> None:
        self._database = open_database(path)
        self.jobs = Jobs(self._database)
        self.workflows = Workflows(self._database)

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
