"""What jobs may have, and what of it is free."""

from __future__ import annotations

from prominence_jupyter.local_service.capacity import Need
from prominence_jupyter.local_service.front.routes.handler import ServiceHandler
from prominence_jupyter.local_service.store.wanted import Wanted
from prominence_jupyter.protocol import status


class ResourcesHandler(ServiceHandler):
    """The one machine that there is."""

    def get(self) -> None:
        """Answer in whole CPUs and GB, as the deployed service does."""
        capacity = self.service.capacity
        running = self.service.store.jobs.listed(Wanted(status=status.RUNNING))
        used = sum((Need.of(row.description["resources"]) for row in running), Need())
        self.answer(
            {
                "existing": [
                    {
                        "capacity": {"cpus": int(capacity.cpus), "memory": int(capacity.memory_gb)},
                        "free": {
                            "cpus": int(capacity.cpus - used.cpus),
                            "memory": int(capacity.memory_gb - used.memory_gb),
                        },
                        "site": "local",
                    }
                ]
            }
        )
