"""The cookie of a device on which somebody has signed in before (OWASP "device cookies").

It gives no rights and tells nothing: it is a person's id and a number, signed. With it their
attempts to sign in are counted apart from everybody else's (``hub.accounts.throttle``).
"""

import secrets

from flask import current_app, request
from itsdangerous import BadSignature, URLSafeSerializer
from werkzeug.wrappers import Response

SECONDS = 60 * 60 * 24 * 365
LONGEST = 300


def name() -> str:
    return "__Host-device" if current_app.config["PRODUCTION"] else "hub_device"


def knows_device(person_id: int) -> bool:
    return bool(number_of(person_id))


def number_of(person_id: int) -> str:
    """The number of this browser where that person has signed in on it before, else ""."""
    sent = request.cookies.get(name(), "")[:LONGEST]
    try:
        known, number = _serializer().loads(sent)
    except (BadSignature, UnicodeError, TypeError, ValueError):
        return ""
    return number if person_id and known == person_id else ""


def remember_device(response: Response, person_id: int) -> None:
    """Remembers the browser after a successful sign-in. A number that is known stays."""
    number = number_of(person_id) or secrets.token_urlsafe(12)
    response.set_cookie(
        name(),
        str(_serializer().dumps([person_id, number])),
        max_age=SECONDS,
        path="/",
        secure=current_app.config["PRODUCTION"],
        httponly=True,
        samesite="Lax",
    )


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="device of a person")
