"""What this service has none of: the key-value store, time series, accounting, snapshots, tokens for workers."""

from __future__ import annotations

from http import HTTPStatus

from prominence_jupyter.local_service.front.refused import Refused
from prominence_jupyter.local_service.front.routes.handler import ServiceHandler


class DisabledHandler(ServiceHandler):
    """Answers as a deployment that has switched it off (``functionality-disabled.json``)."""

    def check_access(self) -> None:
        """Refuse, whatever the method is."""
        super().check_access()
        raise Refused("Functionality disabled", HTTPStatus.UNAUTHORIZED)
