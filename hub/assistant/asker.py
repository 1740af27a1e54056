"""Who asks: a random key in the signed session cookie, and what this reader may read."""

import secrets

from flask import session

from knowledge.access import ANYONE, Reader

SESSION_KEY = "reader"


def known_key() -> str:
    """The reader's key, empty where this browser has none yet."""
    return str(session.get(SESSION_KEY, ""))


def ensured_key() -> str:
    """The reader's key, made where there was none; it lives as long as the session cookie."""
    if not known_key():
        session[SESSION_KEY] = secrets.token_urlsafe(24)
        session.permanent = True
    return known_key()


def reader() -> Reader:
    return ANYONE
