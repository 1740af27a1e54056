"""How often somebody may report: by person, or by network without an account (REPORT_LIMIT)."""

import time
from math import ceil

from flask import current_app
from limits import parse_many

from hub.accounts.throttle import network_of
from hub.extensions import limiter


def seconds_to_wait(person_id: int | None, address: str) -> int:
    """0 where they may report now, which is counted; else in how many seconds they may."""
    if not limiter.enabled:
        return 0
    name, whose = "report person", str(person_id)
    if person_id is None:
        name, whose = "report network", network_of(address)
    waits = [0]
    for limit in parse_many(current_app.config["REPORT_LIMIT"]):
        if not limiter.limiter.hit(limit, name, whose):
            ends_at = limiter.limiter.get_window_stats(limit, name, whose).reset_time
            waits.append(max(1, ceil(ends_at - time.time())))
    return max(waits)
