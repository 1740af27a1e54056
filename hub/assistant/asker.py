"""Who asks: the person who is signed in, else a random key in the signed session cookie."""

import secrets

from flask import session

from hub.accounts.visitor import visitor
from knowledge.access import Reader

SESSION_KEY = "reader"


def known_key() -> str:
    """What conversations of this reader are kept under, empty where there is nothing yet.

    Those of a person are found in every browser in which they are signed in, and in none in which
    they are not.
    """
    person = visitor().person_id
    return f"person:{person}" if person else str(session.get(SESSION_KEY, ""))


def ensured_key() -> str:
    """The reader's key, made where there was none; it lives as long as the session cookie."""
    if not known_key():
        session[SESSION_KEY] = secrets.token_urlsafe(24)
        session.permanent = True
    return known_key()


def person_id() -> int | None:
    return visitor().person_id or None


def reader() -> Reader:
    return visitor().reader
