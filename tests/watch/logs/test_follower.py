import contextlib
import itertools
import tracemalloc

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from prominence_jupyter.client.http.failures import RequestLost
from prominence_jupyter.errors import RequestRefused, ServiceFailed, UnexpectedAnswer
from prominence_jupyter.watch.logs.follower import FAR, Follower
from prominence_jupyter.watch.logs.spool import Spool, SpoolFull

pieces = st.lists(st.binary(max_size=600) | st.just(b"tick\n") | st.just(b"\xe2\x82"), max_size=12)


class Output:
    """The output of a job at a service, which may or may not understand offsets, and may break off."""

    def __init__(self, content=b"", *, offsets: bool) -> None:
        self.content = content
        self.offsets = offsets
        self.given = 0
        self.requests = 0
        self.breaks_after: int | None = None
        self.piece = 100

    @contextlib.contextmanager
    def read(self, offset):
        self.requests += 1
        yield self._pieces(self.content[offset:] if self.offsets and offset is not None else self.content)

    def _pieces(self, answer):
        left = self.breaks_after
        self.breaks_after = None
        for start in range(0, len(answer), self.piece):
            piece = answer[start : start + self.piece]
            if left is not None and left < len(piece):
                raise RequestLost("the connection broke")
            left = None if left is None else left - len(piece)
            self.given += len(piece)
            yield piece


def follow(output, **more):
    return Follower(output.read, Spool(), **more)


def content(spool):
    return spool.piece(0, spool.size).data


@given(pieces, st.booleans(), st.lists(st.none() | st.integers(0, 2000), max_size=12))
def test_every_byte_once_and_in_order_over_broken_connections(written, offsets, breaks):
    output = Output(offsets=offsets)
    follower = follow(output)
    for piece, breaks_after in itertools.zip_longest(written, breaks[: len(written)]):
        output.content += piece
        output.breaks_after = breaks_after
        with contextlib.suppress(RequestLost):
            follower.poll()
        assert output.content.startswith(content(follower.spool))
    output.breaks_after = None
    follower.poll()
    assert content(follower.spool) == output.content
    assert follower.spool.run == 0


@given(
    st.lists(st.binary(min_size=1, max_size=3000), min_size=1, max_size=4),
    st.booleans(),
    st.lists(st.none() | st.integers(0, 3000), min_size=4, max_size=4),
)
def test_a_job_that_starts_again_is_followed_afresh_and_so_is_the_spool(runs, offsets, breaks):
    output = Output(offsets=offsets)
    follower = follow(output)
    fresh = 0
    for number, written in enumerate(runs):
        before = output.content
        output.content = b"run %d\n" % number + written
        output.breaks_after = breaks[number]
        if number:
            follower.restart()
            fresh += not output.content.startswith(before)
        for _ in range(3):  # a break, the look that it called for, and one more where offsets are being learnt
            with contextlib.suppress(RequestLost):
                follower.poll()
        assert content(follower.spool) == output.content
        assert follower.spool.run == fresh
        assert follower.spool.lines == output.content.count(b"\n")


@given(st.binary(min_size=300, max_size=3000), st.binary(min_size=300, max_size=3000), st.booleans())
def test_another_output_is_noticed_where_nobody_tells(first, second, offsets):
    output = Output(b"run 1\n" + first, offsets=offsets)
    follower = follow(output)
    follower.poll()
    before, output.content = output.content, b"run 2\n" + second
    assume(not (offsets and output.content[len(before) - 256 :].startswith(before[-256:])))  # that has to be told
    for _ in range(8):
        follower.poll()
    assert content(follower.spool) == output.content
    assert follower.spool.run == 1


def test_only_what_is_new_is_asked_for_where_offsets_are_understood():
    output = Output(b"x" * 1_000_000, offsets=True)
    output.piece = 250_000
    follower = follow(output)
    follower.poll()
    follower.poll()
    output.given = output.requests = 0
    for _ in range(10):
        output.content += b"y"
        follower.poll()
    assert output.given < 10 * 300
    assert output.requests == 10
    assert content(follower.spool) == output.content


@pytest.mark.parametrize("offsets", [True, False])
def test_an_output_that_is_gone_for_an_instant_has_not_started_afresh(offsets):
    output = Output(b"hello\n", offsets=offsets)
    follower = follow(output)
    follower.poll()
    whole, output.content = output.content, b""
    follower.poll()
    assert content(follower.spool) == b"hello\n"
    output.content = whole + b"more\n"
    follower.poll()
    assert content(follower.spool) == b"hello\nmore\n"
    assert follower.spool.run == 0


@pytest.mark.parametrize("offsets", [True, False])
def test_an_output_that_stays_shorter_has_started_afresh(offsets):
    output = Output(b"hello\n", offsets=offsets)
    follower = follow(output)
    follower.poll()
    output.content = b"he"
    seen = []
    for _ in range(4):
        follower.poll()
        seen.append((follower.spool.run, content(follower.spool)))
    assert seen == [(0, b"hello\n")] * 3 + [(1, b"he")]
    assert not follower.is_doubtful


@pytest.mark.parametrize("offsets", [True, False])
def test_an_output_that_is_gone_for_longer_erases_nothing(offsets):
    output = Output(b"hello\n", offsets=offsets)
    follower = follow(output)
    follower.poll()
    output.content = b""
    for _ in range(9):
        follower.poll()
    assert follower.is_doubtful
    assert content(follower.spool) == b"hello\n"
    output.content = b"hello\nmore\n"
    follower.poll()
    assert not follower.is_doubtful
    assert content(follower.spool) == b"hello\nmore\n"
    assert follower.spool.run == 0


def test_one_that_was_told_of_a_restart_and_sees_the_same_goes_on():
    output = Output(b"same\n", offsets=True)
    follower = follow(output)
    follower.poll()
    output.content += b"more\n"
    follower.restart()
    follower.poll()
    assert (follower.spool.run, content(follower.spool)) == (0, b"same\nmore\n")


@pytest.mark.parametrize("offsets", [True, False])
def test_one_that_was_told_of_a_restart_waits_for_the_new_output(offsets):
    same_end = b"x" * 300
    output = Output(b"run 1\n" + same_end, offsets=offsets)
    follower = follow(output)
    follower.poll()
    follower.poll()
    output.content = b""
    follower.restart()
    follower.poll()
    output.content = b"run 2\n" + same_end
    follower.poll()
    assert (follower.spool.run, content(follower.spool)) == (1, output.content)


def test_the_probe_of_a_service_without_offsets_is_not_wasted():
    output = Output(b"x" * 1000, offsets=False)
    follower = follow(output)
    follower.poll()
    output.content += b"y"
    follower.poll()
    assert content(follower.spool) == output.content
    assert output.given == 2001


def test_what_came_before_a_break_is_kept_and_not_asked_for_again():
    output = Output(b"one\n", offsets=True)
    follower = follow(output)
    follower.poll()
    follower.poll()
    output.content += b"2" * 1000
    output.breaks_after, output.given = 700, 0
    with pytest.raises(RequestLost):
        follower.poll()
    assert follower.spool.size == 700
    follower.poll()
    assert content(follower.spool) == output.content
    assert output.given < 1000 + 2 * 256


def test_a_long_answer_is_left_where_the_next_poll_can_go_on():
    seconds = itertools.count()
    output = Output(bytes(1000), offsets=True)
    follower = follow(output, clock=lambda: next(seconds))
    sizes = []
    while not sizes or follower.is_behind:
        follower.poll()
        sizes.append(follower.spool.size)
    assert len(sizes) > 2
    assert sizes == sorted(sizes)
    assert content(follower.spool) == output.content


def test_a_full_spool_says_so():
    output = Output(b"x" * 1000, offsets=True)
    follower = Follower(output.read, Spool(cap=500))
    with pytest.raises(SpoolFull):
        follower.poll()
    assert follower.spool.size == 500


class LargeLog:
    """A log that is made as it is read: each of its pieces is full of its own number."""

    PIECE = 250_000

    def __init__(self, pieces: int, *, offsets: bool) -> None:
        self.offsets = offsets
        self.pieces = pieces

    @contextlib.contextmanager
    def read(self, offset):
        yield self._pieces(offset or 0 if self.offsets else 0)

    def _pieces(self, offset):
        first, skip = divmod(offset, self.PIECE)
        for number in range(first, self.pieces):
            yield self.piece(number)[skip if number == first else 0 :]

    def piece(self, number):
        return b"%09d\n" % number * (self.PIECE // 10)


@pytest.mark.parametrize("offsets", [True, False])
def test_no_log_is_ever_held(offsets):
    log = LargeLog(60, offsets=offsets)
    follower = Follower(log.read, Spool())
    tracemalloc.start()
    try:
        follower.poll()
        log.pieces = 120
        follower.poll()
        follower.poll()
        follower.restart()
        follower.poll()
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 2_000_000
    assert (follower.spool.size, follower.spool.run) == (120 * log.PIECE, 0)
    for number in range(120):
        start = number * log.PIECE
        assert follower.spool.piece(start, start + log.PIECE).data == log.piece(number)


class Drip:
    """A log of which a byte, or some, come a second, whole or from an offset, and a clock that it moves."""

    def __init__(self, log: bytes, *, offsets: bool, at_once: int = 1) -> None:
        self.log, self.offsets, self.at_once, self.now = log, offsets, at_once, 0.0

    @contextlib.contextmanager
    def read(self, offset):
        yield self._pieces(offset or 0 if self.offsets else 0)

    def _pieces(self, offset):
        for place in range(offset, len(self.log), self.at_once):
            self.now += 1.0
            yield self.log[place : place + self.at_once]


@pytest.mark.parametrize("offsets", [True, False])
def test_a_log_that_drips_holds_no_poll_for_long_and_arrives(offsets):
    drip = Drip(b"0123456789abcdefghij", offsets=offsets)
    follower = Follower(drip.read, Spool(), clock=lambda: drip.now)
    for _ in range(30):
        began = drip.now
        follower.poll()
        assert drip.now - began <= 34
        assert drip.log.startswith(content(follower.spool))
    assert content(follower.spool) == drip.log
    assert follower.spool.run == 0
    drip.log = b"another log, and a longer one"
    follower.restart()
    for _ in range(30):
        follower.poll()
    assert content(follower.spool) == drip.log


@pytest.mark.parametrize("refusal", [RequestRefused("no", 400), UnexpectedAnswer("?", 404)])
def test_a_service_that_refuses_offsets_is_asked_for_the_whole(refusal):
    output = Output(b"one", offsets=False)

    def read(offset):
        if offset is not None:
            raise refusal
        return output.read(offset)

    follower = Follower(read, Spool())
    follower.poll()
    output.content += b" two"
    follower.poll()
    assert content(follower.spool) == b"one two"
    assert follower.reads_all_again


@pytest.mark.parametrize("fails", [lambda offset: offset is not None, lambda offset: offset == FAR])
def test_a_service_that_fails_for_an_offset_is_asked_for_the_whole(fails):
    """Anything may be a 500: also what a service cannot read. The log would stand still for good."""
    output = Output(b"one", offsets=False)

    def read(offset):
        if fails(offset):
            raise ServiceFailed("oh", 500)
        return output.read(offset)

    follower = Follower(read, Spool())
    follower.poll()
    for more in (b" two", b" three"):
        output.content += more
        follower.poll()
        assert content(follower.spool) == output.content


def test_an_output_that_is_refused_altogether_tells_nothing_of_offsets():
    output, refuses = Output(b"one", offsets=True), True

    def read(offset):
        if refuses:
            raise RequestRefused("no", 403)
        return output.read(offset)

    refuses = False
    follower = Follower(read, Spool())
    follower.poll()
    refuses = True
    with pytest.raises(RequestRefused):
        follower.poll()
    refuses = False
    output.content += b" two"
    follower.poll()
    assert content(follower.spool) == b"one two"
    assert not follower.reads_all_again


@pytest.mark.parametrize("times", [50, 500])
@pytest.mark.parametrize("offsets", [True, False])
def test_a_log_that_repeats_itself_and_was_gone_while_offsets_were_probed_doubles_nothing(offsets, times):
    output = Output(b"y\n" * times, offsets=offsets)
    follower = follow(output)
    follower.poll()
    whole, output.content = output.content, b""
    follower.poll()
    output.content = whole
    for _ in range(4):
        output.content += b"y\n" * 300
        follower.poll()
        assert content(follower.spool) == output.content
    assert follower.spool.run == 0


def test_a_log_that_repeats_itself_is_read_on_from_its_end():
    output = Output(b"y\n" * 5000, offsets=True)
    follower = follow(output)
    for _ in range(3):
        output.content += b"y\n"
        follower.poll()
    output.given = output.requests = 0
    for _ in range(10):
        output.content += b"y\n"
        follower.poll()
    assert (output.requests, output.given) == (10, 10 * 258)
    assert content(follower.spool) == output.content


@pytest.mark.parametrize("offsets", [True, False])
def test_a_page_in_place_of_a_log_is_no_log(offsets):
    output = Output(b"one\n", offsets=offsets)
    follower = follow(output)
    follower.poll()
    follower.poll()
    whole, output.content, output.offsets = output.content, b"<!DOCTYPE html><title>Bad gateway</title>", False
    for _ in range(9):
        with pytest.raises(UnexpectedAnswer):
            follower.poll()
    output.content, output.offsets = whole + b"two\n", offsets
    follower.poll()
    assert (follower.spool.run, content(follower.spool)) == (0, b"one\ntwo\n")


@pytest.mark.parametrize("offsets", [True, False])
def test_a_log_takes_the_place_of_a_page_that_came_first(offsets):
    output = Output(b"<html>Bad gateway</html>", offsets=False)
    follower = follow(output)
    follower.poll()
    assert not follower.is_certain
    output.content, output.offsets = b"one\n", offsets
    for _ in range(2):
        follower.poll()
    assert content(follower.spool) == b"one\n"


@pytest.mark.parametrize("offsets", [True, False])
def test_one_that_was_told_of_a_restart_is_not_misled_by_the_output_of_the_run_before(offsets):
    same_end = b"x" * 300
    output = Output(b"run 1\n" + same_end, offsets=offsets)
    follower = follow(output)
    follower.poll()
    follower.poll()
    follower.restart()
    follower.poll()
    output.content = b"run 2\n" + same_end + b"xx"
    follower.poll()
    assert (follower.spool.run, content(follower.spool)) == (1, output.content)


@pytest.mark.parametrize("offsets", [True, False])
def test_a_restart_after_which_nothing_is_written_empties_the_log(offsets):
    output = Output(b"run 1\n", offsets=offsets)
    follower = follow(output)
    follower.poll()
    output.content = b""
    follower.restart()
    sizes = []
    for _ in range(7):
        follower.poll()
        sizes.append(follower.spool.size)
    assert sizes == [6] * 5 + [0] * 2
    assert not follower.is_doubtful


@pytest.mark.parametrize("offsets", [True, False])
def test_a_check_finds_what_nobody_told(offsets):
    same_end = b"x" * 300
    output = Output(b"run 1\n" + same_end, offsets=offsets)
    follower = follow(output)
    follower.poll()
    follower.poll()
    output.content = b"run 2\n" + same_end
    follower.poll()
    follower.check()
    for _ in range(4):
        follower.poll()
    assert (follower.spool.run, content(follower.spool)) == (1, output.content)


def test_a_long_log_is_compared_a_part_at_a_time():
    drip = Drip(bytes(range(256)) * 40, offsets=True, at_once=300)
    follower = Follower(drip.read, Spool(), clock=lambda: drip.now)
    while follower.spool.size < len(drip.log):
        follower.poll()
    sizes = set()
    follower.restart()
    for _ in range(60):
        began = drip.now
        follower.poll()
        assert drip.now - began <= 4
        sizes.add((follower.spool.run, follower.spool.size))
    assert sizes == {(0, len(drip.log))}
