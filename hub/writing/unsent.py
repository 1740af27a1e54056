"""Text that came with a form that could not be taken: it is shown again, never thrown away.

Without script nothing else keeps it: the page that asks to sign in would take its place.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar
from urllib.parse import urlsplit

from flask import Response, make_response, render_template, request
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import NotFound

from hub.accounts.visitor import visitor
from hub.error_words import WORDS
from hub.errors import show_domain_error, show_http_error

View = TypeVar("View", bound=Callable[..., Any])
MOST_FIELDS = 60
NOT_KEPT = ("csrf_token", "title", "text", "preview", "keep", "attach", "similar")
KEEPING = ("writing.start_topic", "writing.send_reply", "writing.save")
OURS = ("same-origin", "none")


def keeps_text(view: View) -> View:
    """Around the guard of a view: whoever was signed out while they wrote, or writes for a place
    that is gone by now, gets the text back."""

    @wraps(view)
    def kept(*args: Any, **values: Any) -> Any:
        if not request.form.get("text"):
            return view(*args, **values)
        if not visitor().is_signed_in:
            return _shown_again(401)
        try:
            return view(*args, **values)
        except NotFound:
            return _shown_again(404, str(WORDS[404].explanation))

    return kept  # type: ignore[return-value]


def form_expired(error: CSRFError) -> Response:
    """Only for what people write, and only where our own page sent it: what another site made up
    must not stand here as theirs, one press away from being sent."""
    if _is_kept() and not _is_foreign():
        return _shown_again(400)
    return show_http_error(error)


def not_possible_now(error: Exception) -> Response:
    """The database is busy or away, or the disk full: what was typed is not lost by that."""
    answer = show_domain_error(error)
    if not _is_kept():
        return answer
    return _shown_again(answer.status_code, str(WORDS[answer.status_code].explanation))


def _is_kept() -> bool:
    return request.endpoint in KEEPING and bool(request.form.get("text"))


def _is_foreign() -> bool:
    """Whether the browser says that another site sent the form."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site not in OURS
    sender = request.headers.get("Origin") or request.referrer
    return sender is not None and urlsplit(sender).netloc != request.host


def _shown_again(status: int, why: str = "") -> Response:
    """A form with everything that came, to the same address, with a token of now. ``why`` not;
    without it, the sign-in or the form is not valid any more."""
    fields = [pair for pair in request.form.items(multi=True) if pair[0] not in NOT_KEPT]
    page = render_template(
        "writing/unsent.html",
        title=request.form.get("title"),
        text=request.form["text"],
        fields=fields[:MOST_FIELDS],
        why=why,
    )
    return make_response(page, status)
