"""The program of one chore: its name as argument, what it needs as JSON on standard input, its result likewise.

What went wrong is said on standard error, which is the job's. Nothing secret is an argument.
"""

from __future__ import annotations

import json
import sys
from typing import Any, Final

from prominence_jupyter.local_service.images import PullFailed
from prominence_jupyter.local_service.runner.chores import image, stage_in, stage_out

_CHORES: Final = {"image": image.run, "stage-in": stage_in.run, "stage-out": stage_out.run}


def main() -> int:
    """Do the chore; 0 if there is a result."""
    wanted: dict[str, Any] = json.load(sys.stdin)
    try:
        result = _CHORES[sys.argv[1]](wanted)
    except (PullFailed, OSError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        sys.stderr.write(f"prominence: {reason}\n")
        return 1
    json.dump(result, sys.stdout)
    return 0


if __name__ == "__main__":
    sys.exit(main())
