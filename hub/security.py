"""Headers on every response: nothing is loaded from, or sent to, another host."""

from flask import Flask, Response, request
from sqlalchemy.exc import SQLAlchemyError

from hub.accounts.visitor import visitor

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


def register(app: Flask) -> None:
    @app.after_request
    def add_headers(response: Response) -> Response:
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if app.config["PRODUCTION"]:
            response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
        if request.endpoint != "static":
            response.headers.setdefault("Cache-Control", _may_be_kept())
        return response


def _may_be_kept() -> str:
    """No browser and no proxy keeps what a person saw, nor a page behind a link of a mail."""
    if "token" in (request.view_args or {}):
        return "no-store"
    try:
        return "no-store" if visitor().is_signed_in else "private, no-cache"
    except SQLAlchemyError:
        return "no-store"
