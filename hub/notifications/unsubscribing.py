"""The link at the end of a mail with which mails stop, without signing in (RFC 8058).

It names the person and what stops, signed; it works as often and as long as somebody may look for
an old mail.
"""

from flask import current_app
from itsdangerous import BadSignature, URLSafeSerializer

MAILS = "notifications by mail"
LONGEST_TOKEN = 200


def token_for(person_id: int, what: str = MAILS) -> str:
    return str(_serializer().dumps([person_id, what]))


def person_named(token: str) -> int | None:
    """Whose mails stop by this token; None for what is none."""
    if len(token) > LONGEST_TOKEN:
        return None
    try:
        named = _serializer().loads(token)
    except (BadSignature, UnicodeError):
        return None
    is_ours = isinstance(named, list) and len(named) == 2 and named[1] == MAILS
    return named[0] if is_ours and type(named[0]) is int else None


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="unsubscribe")
