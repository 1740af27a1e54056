"""Every error in one place: a status, and words for people or JSON for programs."""

import secrets

import structlog
from flask import Flask, Response, jsonify, make_response, render_template, request, url_for
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError, TimeoutError
from werkzeug.exceptions import HTTPException, InternalServerError

from hub import addresses
from hub.busy import NotNow
from hub.error_words import FORM_EXPIRED, UNKNOWN, WORDS, Words
from hub.extensions import db
from knowledge.disk import DiskFull, is_disk_full
from knowledge.errors import (
    FileDamaged,
    FileMissing,
    FileTooLarge,
    IndexDamaged,
    ModelUnavailable,
)

DOMAIN_STATUS: dict[type[Exception], int] = {
    DiskFull: 507,
    FileDamaged: 503,
    FileMissing: 503,
    FileTooLarge: 413,
    IndexDamaged: 503,
    ModelUnavailable: 503,
    NotNow: 503,
    OperationalError: 503,
    TimeoutError: 503,
}
JSON = "application/json"


def register(app: Flask) -> None:
    addresses.register(app)
    app.register_error_handler(HTTPException, show_http_error)
    app.register_error_handler(InternalServerError, show_failure)
    for kind in DOMAIN_STATUS:
        app.register_error_handler(kind, show_domain_error)


def show_http_error(error: HTTPException) -> Response:
    """Keeps the headers that belong to the status, such as Allow and Retry-After."""
    words = FORM_EXPIRED if isinstance(error, CSRFError) else WORDS.get(error.code or 0, UNKNOWN)
    response = _shown(words, error.code or 500)
    for name, value in error.get_headers():
        if name.lower() not in ("content-type", "content-length"):
            response.headers[name] = value
    return response


def show_failure(error: InternalServerError) -> Response:
    """Flask has logged the cause; the reference in the log and on the page ties the two."""
    return _shown(WORDS[500], 500, _logged("request failed", error.original_exception or error))


def show_domain_error(error: Exception) -> Response:
    kind = next(kind for kind in type(error).__mro__ if kind in DOMAIN_STATUS)
    status = 507 if is_disk_full(error) else DOMAIN_STATUS[kind]
    response = _shown(WORDS[status], status, _logged("request refused", error))
    if isinstance(error, NotNow):
        response.headers["Retry-After"] = str(error.retry_after)
    return response


def asks_for_json() -> bool:
    """Whether a program asks; a browser, and whoever takes anything, gets the page."""
    accepted = request.accept_mimetypes
    return accepted[JSON] > accepted["text/html"]


def _logged(event: str, error: BaseException) -> str:
    reference = secrets.token_hex(4)
    structlog.get_logger().error(
        event, reference=reference, cause=type(error).__name__, endpoint=request.endpoint
    )
    return reference


def _shown(words: Words, status: int, reference: str = "") -> Response:
    db.session.close()  # also after a commit that failed, which cannot be rolled back any more
    if asks_for_json():
        return make_response(_as_json(words, status, reference), status)
    return make_response(_as_page(words, reference), status)


def _as_json(words: Words, status: int, reference: str) -> Response:
    error = {"status": status, "title": str(words.title), "explanation": str(words.explanation)}
    return jsonify(error=error | ({"reference": reference} if reference else {}))


def _as_page(words: Words, reference: str) -> str:
    return render_template(
        "errors/page.html",
        title=words.title,
        explanation=words.explanation,
        steps=_steps(words),
        reference=reference,
    )


def _steps(words: Words) -> list[tuple[str, str]]:
    again = [(_("Try again"), _this_address())] if words.try_again else []
    return [
        *again,
        (_("Search the library"), url_for("library.index")),
        (_("Ask a question"), url_for("home.index")),
    ]


def _this_address() -> str:
    """The page to load again: this one, or where the form that was sent stood."""
    if request.method in ("GET", "HEAD"):
        return request.url
    return request.referrer if _is_ours(request.referrer) else url_for("home.index")


def _is_ours(address: str | None) -> bool:
    return bool(address) and str(address).startswith(request.host_url)
