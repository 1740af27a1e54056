"""The cookie of a browser in which somebody is signed in: a random key, and nothing else.

Everything it stands for is a row (``hub.accounts.sessions``), so it can be ended from either side.
The other cookie, Flask's signed session, holds what needs no secrecy and gives no rights: the
language, the token of the forms, and the key of a reader without an account.
"""

from flask import current_app, request
from werkzeug.http import parse_cookie
from werkzeug.wrappers import Response

SECONDS = 60 * 60 * 24 * 30


def name() -> str:
    """With the prefix that browsers keep to this host, this path and TLS, where there is TLS."""
    return "__Host-sign-in" if current_app.config["PRODUCTION"] else "hub_sign_in"


def sent_key() -> str:
    """The key that this browser has sent, "" for none."""
    return request.cookies.get(name(), "")[:100]


def set_key(response: Response, key: str) -> None:
    response.set_cookie(
        name(),
        key,
        max_age=SECONDS,
        path="/",
        secure=current_app.config["PRODUCTION"],
        httponly=True,
        samesite="Lax",
    )


def given_key(response: Response) -> str:
    """The key that ``set_key`` has given with this response, "" for none."""
    sent = (parse_cookie(header) for header in response.headers.getlist("Set-Cookie"))
    return next((values[name()] for values in sent if name() in values), "")


def remove_key(response: Response) -> None:
    response.delete_cookie(
        name(),
        path="/",
        secure=current_app.config["PRODUCTION"],
        httponly=True,
        samesite="Lax",
    )
