"""How often somebody may ask (ASK_LIMIT), the same on the page and on the socket."""

import time
from collections.abc import Iterator
from math import ceil

from flask import current_app
from limits import RateLimitItem, parse_many

from hub.extensions import limiter

# A new cookie must not be a new allowance, yet a whole office may share one address.
READERS_AT_AN_ADDRESS = 10


def seconds_to_wait(reader_key: str, address: str) -> int:
    """0 where the reader may ask now, which is counted; else in how many seconds they may."""
    if not limiter.enabled:
        return 0
    used_up = [
        counted for counted in _counted(reader_key, address) if not limiter.limiter.hit(*counted)
    ]
    return max((_seconds_left(*counted) for counted in used_up), default=0)


def _counted(reader_key: str, address: str) -> Iterator[tuple[RateLimitItem, str, str]]:
    for limit in parse_many(current_app.config["ASK_LIMIT"]):
        yield limit, "reader", reader_key
        yield _for_an_address(limit), "address", address


def _for_an_address(limit: RateLimitItem) -> RateLimitItem:
    return type(limit)(limit.amount * READERS_AT_AN_ADDRESS, limit.multiples)


def _seconds_left(limit: RateLimitItem, *names: str) -> int:
    ends_at = limiter.limiter.get_window_stats(limit, *names).reset_time
    return max(1, ceil(ends_at - time.time()))
