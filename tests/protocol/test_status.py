import pytest

from prominence_jupyter.protocol import status


@pytest.mark.parametrize("word", ["completed", "failed", "deleted", "killed"])
def test_words_that_a_job_keeps(word):
    assert status.is_final(word)


@pytest.mark.parametrize("word", ["pending", "idle", "waiting", "deploying", "running", "Completed", "", "new", None])
def test_any_other_word_is_not_final(word):
    assert not status.is_final(word)


def test_a_job_waits_in_no_final_status():
    assert not status.WAITING & status.FINAL
    assert status.RUNNING not in status.WAITING | status.FINAL
