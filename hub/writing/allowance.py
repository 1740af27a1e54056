"""How often script may ask while somebody writes: enough for one who types fast."""

import time
from math import ceil

from limits import parse
from werkzeug.exceptions import TooManyRequests

from hub.extensions import limiter

LIMITS = {
    "preview": parse("60 per minute"),
    "draft": parse("60 per minute"),
    "suggestions": parse("120 per minute"),
}


def spend(kind: str, person_id: int) -> None:
    """Counts one more. Raises: TooManyRequests, with the time after which to try again."""
    limit = LIMITS[kind]
    if not limiter.enabled or limiter.limiter.hit(limit, f"writing {kind}", str(person_id)):
        return
    ends_at = limiter.limiter.get_window_stats(limit, f"writing {kind}", str(person_id)).reset_time
    raise TooManyRequests(retry_after=max(1, ceil(ends_at - time.time())))
