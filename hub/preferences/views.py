"""Choosing the language."""

from flask import Blueprint, Response, abort, redirect, request, session

from hub.addresses import own_address
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
