"""Choosing the language."""

from urllib.parse import quote, unquote, urlsplit

from flask import Blueprint, Response, abort, current_app, redirect, request, session, url_for
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RoutingException

from hub.config import LANGUAGES
from hub.guards import public

preferences = Blueprint("preferences", __name__)


@preferences.get("/language/<code>")
@public
def language(code: str) -> Response:
    """Shows the hub in this language from now on, and goes back to where the reader was."""
    if code not in LANGUAGES:
        abort(404)
    session["language"] = code
    session.permanent = True
    return redirect(own_address(request.args.get("next", "")), 303)  # type: ignore[return-value]


def own_address(target: str) -> str:
    """``target`` if it is a page of this hub, else the home page: never another host.

    Rebuilt from its parts, because browsers read ``///host`` and ``/\\host`` as another host.
    """
    try:
        parts = urlsplit(target)
    except ValueError:
        return url_for("home.index")
    if parts.scheme or parts.netloc or not _is_page(unquote(parts.path)):
        return url_for("home.index")
    query = f"?{quote(parts.query, safe='=&+%')}" if parts.query else ""
    return request.script_root + quote(unquote(parts.path)) + query


def _is_page(path: str) -> bool:
    try:
        current_app.url_map.bind("").match(path, "GET")
    except (HTTPException, RoutingException):
        return False
    return path.startswith("/")
