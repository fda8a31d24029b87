import traceback

import pytest

from prominence_jupyter.client.client import Client
from prominence_jupyter.client.http.frames import bare, methods_without_frames, without_frames
from prominence_jupyter.errors import UsageError
from prominence_jupyter.protocol.description import JobDescription

SECRET = "S3CR3T"


def shown(error):
    """What a logger may show of an exception that a test caught, below the test's own frame."""
    below = traceback.TracebackException(type(error), error, error.__traceback__.tb_next, capture_locals=True)
    return "".join(below.format())


@without_frames
def fails(value, error):
    """Fail."""
    try:
        {}[value]
    except KeyError:
        raise error  # noqa: B904 - with what it came from


@pytest.mark.parametrize("error", [UsageError("no"), KeyboardInterrupt(), ZeroDivisionError()])
def test_neither_arguments_nor_what_is_below_can_be_seen(error):
    with pytest.raises(type(error)) as caught:
        fails(SECRET, error)
    assert "bare_function" in shown(caught.value)
    assert SECRET not in shown(caught.value)
    assert "KeyError" not in shown(caught.value)


def test_a_defect_says_where_it_was_and_an_error_of_ours_need_not():
    with pytest.raises(ZeroDivisionError) as caught:
        fails(1, ZeroDivisionError())
    assert "in fails" in "".join(caught.value.__notes__)
    assert not hasattr(bare(UsageError("no")), "__notes__")


def test_public_methods_are_meant_and_stay_what_they_are():
    @methods_without_frames
    class Some:
        def work(self):
            """Work."""
            return 3

        def _own(self):
            return 4

    assert (Some().work(), Some.work.__doc__, Some()._own()) == (3, "Work.", 4)
    assert hasattr(Some.work, "__wrapped__")
    assert not hasattr(Some._own, "__wrapped__")
    assert hasattr(Client.submit, "__wrapped__")


def test_the_body_of_a_description_shows_no_secret():
    job = {"inputs": [{"filename": "a", "content": SECRET}]}
    assert SECRET not in repr(JobDescription(job).body)
    assert JobDescription(job).body == job
