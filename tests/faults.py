"""Faults that come at random, for `tests.fault_proxy`."""

import random
from collections.abc import Callable

from tests.fault_proxy import Fault, Request, cut_body, cut_head, dropped, instead, reply, reset

PAGE = b"<!DOCTYPE html><html><title>502 Bad Gateway</title></html>"


def at_random(seed: int, share: float) -> Callable[[Request], Fault | None]:
    """A script that does something to this share of all requests that only read."""
    spread = random.Random(seed)

    def fault(_: Request) -> Fault | None:
        if spread.random() >= share:
            return None
        end = spread.choice(["close", "reset"])
        return spread.choice(
            [
                cut_head(spread.random(), end=end),
                cut_body(spread.random(), end=end),
                cut_body(spread.random(), end=end),
                reset(forwards=spread.random() < 0.5),
                dropped(),
                instead(reply(500, b'{"error": "oh"}'), forwards=False),
                instead(reply(502, PAGE, content_type="text/html"), forwards=False),
                instead(reply(200, PAGE, content_type="text/html"), forwards=True),
            ]
        )

    return fault
