import pytest
from hypothesis import given
from hypothesis import strategies as st

from prominence_jupyter.errors import Unreachable
from prominence_jupyter.watch.follower import Delta, Follower

pieces = st.lists(st.binary(max_size=600) | st.just(b"tick\n") | st.just(b"\xe2\x82"), max_size=12)


class Output:
    """The output of a job at a service, which may or may not understand offsets."""

    def __init__(self, *, offsets: bool) -> None:
        self.content = b""
        self.offsets = offsets
        self.given = 0

    def read(self, offset: int | None) -> bytes:
        answer = self.content[offset:] if self.offsets and offset is not None else self.content
        self.given += len(answer)
        return answer


@given(pieces, st.booleans())
def test_every_byte_once_and_in_order(written, offsets):
    output = Output(offsets=offsets)
    follower = Follower(output.read)
    received = b""
    for piece in written:
        output.content += piece
        delta = follower.poll()
        assert not delta.restarted
        received += delta.data
    received += follower.finish().data
    assert received == follower.spool.read() == output.content


@given(st.lists(pieces, min_size=1, max_size=4), st.booleans(), st.booleans())
def test_a_job_that_starts_again_is_followed_afresh(runs, offsets, told):
    output = Output(offsets=offsets)
    follower = Follower(output.read)
    received = b""
    for number, written in enumerate(runs):
        output.content = b"" if not number else b"run %d\n" % number
        if number and told:  # the service reported another startTime
            follower.restart()
        for piece in written:
            output.content += piece
            delta = follower.poll()
            received = delta.data if delta.restarted else received + delta.data
    delta = follower.finish()
    received = delta.data if delta.restarted else received + delta.data
    assert received == follower.spool.read()
    if told or len(runs) == 1:
        assert received == output.content


def test_only_what_is_new_is_asked_for_where_offsets_are_understood():
    output = Output(offsets=True)
    follower = Follower(output.read)
    output.content = b"x" * 1_000_000
    follower.poll()
    output.given = 0
    for _ in range(10):
        output.content += b"y"
        assert follower.poll() == Delta(b"y")
    assert output.given < 10 * 300


@pytest.mark.parametrize("offsets", [True, False])
def test_an_output_that_is_gone_for_an_instant_has_not_started_afresh(offsets):
    output = Output(offsets=offsets)
    output.content = b"hello\n"
    follower = Follower(output.read)
    follower.poll()
    whole, output.content = output.content, b""
    assert follower.poll() == Delta()
    output.content = whole + b"more\n"
    assert follower.poll() == Delta(b"more\n")


@pytest.mark.parametrize("offsets", [True, False])
def test_an_output_that_stays_shorter_has_started_afresh(offsets):
    output = Output(offsets=offsets)
    output.content = b"hello\n"
    follower = Follower(output.read)
    follower.poll()
    output.content = b"he"
    deltas = [follower.poll() for _ in range(4)]
    assert deltas == [Delta(), Delta(), Delta(), Delta(b"he", restarted=True)]
    assert follower.spool.read() == b"he"


@pytest.mark.parametrize("offsets", [True, False])
def test_an_output_that_is_gone_for_longer_erases_nothing(offsets):
    output = Output(offsets=offsets)
    output.content = b"hello\n"
    follower = Follower(output.read)
    follower.poll()
    output.content = b""
    assert [follower.poll() for _ in range(9)] == [Delta()] * 9
    assert follower.finish() == Delta()
    assert follower.is_doubtful
    assert follower.spool.read() == b"hello\n"
    output.content = b"hello\nmore\n"
    assert follower.finish() == Delta(b"more\n")
    assert not follower.is_doubtful


def test_one_that_was_told_of_a_restart_and_sees_the_same_goes_on():
    output = Output(offsets=True)
    output.content = b"same\n"
    follower = Follower(output.read)
    follower.poll()
    output.content += b"more\n"
    follower.restart()
    assert follower.poll() == Delta(b"more\n")


def test_the_probe_of_a_service_without_offsets_is_not_wasted():
    output = Output(offsets=False)
    output.content = b"x" * 1000
    follower = Follower(output.read)
    follower.poll()
    output.content += b"y"
    assert follower.poll() == Delta(b"y")
    assert output.given == 2001


def test_after_an_error_it_goes_on_at_its_byte():
    output = Output(offsets=True)
    broken = False

    def read(offset):
        if broken:
            raise Unreachable("no connection")
        return output.read(offset)

    follower = Follower(read)
    output.content = b"one\n"
    follower.poll()
    broken = True
    output.content += b"two\n"
    try:
        follower.poll()
    except Unreachable:
        broken = False
    assert follower.poll() == Delta(b"two\n")
