"""What the database ends because two waited for each other is done once more.

Changes take their rows in one order, so that this should not happen. Where it does, one of the two
has lost nothing but its turn: nothing of it stands, and its form carries a key (or asks for what
may be asked twice), so that it can be sent again by the hub instead of by the reader.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

import structlog
from flask import Flask, request
from sqlalchemy.exc import OperationalError

from hub.accounts.visitor import forget_visitor
from hub.extensions import READING_METHODS, db

WRITING = (
    *("forum", "writing", "arranging", "reactions", "polls"),
    *("following", "notifications", "moderation", "own_data"),
)
# PostgreSQL: serialization_failure, deadlock_detected. SQLite lets one write at a time.
ENDED_FOR_ANOTHER = ("40001", "40P01")

View = Callable[..., Any]


def register(app: Flask) -> None:
    """After the features: their views are wrapped."""
    for endpoint, view in app.view_functions.items():
        if endpoint.partition(".")[0] in WRITING:
            app.view_functions[endpoint] = once_more(view)


def once_more(view: View) -> View:
    """Calls a view that changes something a second time where the database ended the first for
    another one. Not where files came: they are read already."""

    @wraps(view)
    def called(*args: Any, **values: Any) -> Any:
        try:
            return view(*args, **values)
        except OperationalError as error:
            if request.method in READING_METHODS or request.files or not _is_ended(error):
                raise
        db.session.rollback()
        forget_visitor()
        structlog.get_logger().warning("done once more", endpoint=request.endpoint)
        return view(*args, **values)

    return called


def _is_ended(error: OperationalError) -> bool:
    return getattr(error.orig, "sqlstate", None) in ENDED_FOR_ANOTHER
