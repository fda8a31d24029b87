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


def test_an_output_that_is_gone_for_an_instant_has_not_started_afresh():
    for offsets in (True, False):
        output = Output(offsets=offsets)
        output.content = b"hello\n"
        follower = Follower(output.read)
        follower.poll()
        whole, output.content = output.content, b""
        assert follower.poll() == Delta()
        output.content = whole + b"more\n"
        assert follower.poll() == Delta(b"more\n")


def test_an_output_that_stays_shorter_has_started_afresh():
    for offsets in (True, False):
        output = Output(offsets=offsets)
        output.content = b"hello\n"
        follower = Follower(output.read)
        follower.poll()
        output.content = b"he"
        assert follower.poll() == Delta()
        assert follower.poll() == Delta(b"he", restarted=True)
        assert follower.spool.read() == b"he"


def test_the_end_is_read_even_when_the_output_is_gone_at_first():
    answers = iter([b"one\n", b"", b"", b"one\ntwo\n", b"one\ntwo\n"])
    follower = Follower(lambda _: next(answers))
    assert follower.poll().data == b"one\n"
    follower._has_offsets = True
    assert follower.poll() == Delta()
    delta = follower.finish()
    assert follower.spool.read() == b"one\ntwo\n"
    assert delta.restarted


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
