"""Which language and time zone a page is in.

The language: the reader's choice, else the browser's, else English. The zone: that of the person
who is signed in, else the hub's.
"""

from flask import has_request_context, request, session
from sqlalchemy.exc import SQLAlchemyError

from hub.accounts.visitor import visitor
from hub.config import LANGUAGES
from hub.profile.zones import is_zone


def choose_language() -> str:
    chosen = session.get("language")
    if chosen in LANGUAGES:
        return str(chosen)
    return request.accept_languages.best_match(list(LANGUAGES)) or "en"


def choose_time_zone() -> str | None:
    """None means the hub's."""
    if not has_request_context():
        return None
    try:
        zone = visitor().time_zone
    except SQLAlchemyError:
        return None
    return zone if zone and is_zone(zone) else None
