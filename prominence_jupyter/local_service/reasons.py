"""The words of ``statusReason``, as the deployed service has them, and some of our own."""

from __future__ import annotations

from typing import Final

NO_RESOURCES: Final = "No matching resources"
PULL_FAILED: Final = "Container image pull failed"
WALLTIME: Final = "Walltime limit exceeded"
QUEUED_TOO_LONG: Final = "Maximum time queued was exceeded"
MEMORY: Final = "Job used too much memory"
DOWNLOAD_FAILED: Final = "Artifact download failed"
UNPACKING_FAILED: Final = "Artifact uncompress failed"
NO_OUTPUT: Final = "Stageout failed due to no such file or directory"
OUTPUT_LOST: Final = "Unable to stageout output to object storage"
DELETED: Final = "Job deleted by user"
WORKFLOW_DELETED: Final = "Workflow deleted by user"
PART_OF_DELETED: Final = "Job part of a workflow which was deleted by user"
STOPPED: Final = "The local service was stopped"
BROKEN: Final = "The local service failed with this job; see its log"
