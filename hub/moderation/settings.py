"""The settings of moderation: what is held back, how much may be written, how long it is kept."""

import re
from collections.abc import Mapping
from typing import Any

from limits import parse_many

DEFAULT_POST_LIMITS = "10/30 30/150 120/600 300/2000"
DEFAULT_REPORT_LIMIT = "10 per hour; 30 per day"
LEVELS = 4
SHORTEST_KEPT, LONGEST_KEPT = 184, 3650  # not shorter than an objection is possible
MOST_HELD = 20
_PAIR = re.compile(r"([0-9]{1,6})/([0-9]{1,6})")


def moderation_settings(environ: Mapping[str, str]) -> dict[str, Any]:
    """Raises: ValueError, with a sentence that names the setting."""
    return {
        "HOLD_FIRST_POSTS": _number(environ, "HUB_HOLD_FIRST_POSTS", 0, 0, MOST_HELD),
        "MODERATION_KEPT_DAYS": _number(
            environ, "HUB_MODERATION_KEPT_DAYS", 365, SHORTEST_KEPT, LONGEST_KEPT
        ),
        "POST_LIMITS": post_limits(environ.get("HUB_POST_LIMITS") or DEFAULT_POST_LIMITS),
        "REPORT_LIMIT": _limit(environ, "HUB_REPORT_LIMIT", DEFAULT_REPORT_LIMIT),
    }


def post_limits(text: str) -> tuple[tuple[int, int], ...]:
    """For each level of trust how many posts an hour and how many a day. Raises: ValueError."""
    pairs = tuple(_pair(part) for part in text.split())
    if len(pairs) != LEVELS:
        raise ValueError(
            f"HUB_POST_LIMITS is “{text}”; it names four pairs of posts an hour and a day, "
            f"one for each level of trust, as in “{DEFAULT_POST_LIMITS}”."
        )
    return pairs


def _pair(part: str) -> tuple[int, int]:
    found = _PAIR.fullmatch(part)
    if found is None or not int(found[1]) or not int(found[2]):
        raise ValueError(f"HUB_POST_LIMITS names “{part}”; a pair looks like 10/30.")
    return int(found[1]), int(found[2])


def _number(environ: Mapping[str, str], name: str, default: int, least: int, most: int) -> int:
    text = environ.get(name) or str(default)
    if not (text.isascii() and text.isdigit() and least <= int(text) <= most):
        raise ValueError(f"{name} is “{text}”; it must be a number between {least} and {most}.")
    return int(text)


def _limit(environ: Mapping[str, str], name: str, default: str) -> str:
    text = environ.get(name) or default
    try:
        parse_many(text)
    except ValueError as error:
        raise ValueError(f"{name} is “{text}”; write it like “{default}”.") from error
    return text
