"""How many files somebody may send."""

import time
from math import ceil

from limits import parse
from werkzeug.exceptions import TooManyRequests

from hub.extensions import limiter

LIMIT = parse("120 per hour")


def spend(person_id: int) -> None:
    """Counts one more. Raises: TooManyRequests, with the time after which to try again."""
    if not limiter.enabled or limiter.limiter.hit(LIMIT, "uploads", str(person_id)):
        return
    ends_at = limiter.limiter.get_window_stats(LIMIT, "uploads", str(person_id)).reset_time
    raise TooManyRequests(retry_after=max(1, ceil(ends_at - time.time())))
