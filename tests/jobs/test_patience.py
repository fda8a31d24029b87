"""When waiting has no more point."""

import time

import pytest

from prominence_jupyter.errors import Unreachable
from prominence_jupyter.jobs.patience import raise_if_hopeless


def test_a_local_service_that_was_asked_once_since_the_machine_slept_has_not_stopped():
    an_hour_ago = time.time() - 3600
    raise_if_hopeless(Unreachable("no connection"), an_hour_ago, 1, is_local=True)
    with pytest.raises(Unreachable):
        raise_if_hopeless(Unreachable("no connection"), an_hour_ago, 3, is_local=True)
    raise_if_hopeless(Unreachable("no connection"), an_hour_ago, 3, is_local=False)
