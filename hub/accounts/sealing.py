"""Secrets that are kept in rows and forms: encrypted, or as digests that need the hub's secret.

Each purpose has a key of its own, derived from SECRET_KEY (HKDF, RFC 5869): a copy of the database
alone gives away no secret, and what was sealed for one purpose or person cannot be passed off as
another's. Without the SECRET_KEY that sealed them they are lost.
"""

import base64
import hmac
from hashlib import sha256

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from flask import current_app

LONGEST = 2_000


def seal(text: str, purpose: str) -> str:
    """The text, encrypted and dated, in letters, digits, - and _."""
    return _box(purpose).encrypt(text.encode()).decode()


def opened(sealed: str, purpose: str, seconds: int | None = None) -> str | None:
    """The text that was sealed for this purpose, and not longer ago than that; else None."""
    if not sealed or len(sealed) > LONGEST:
        return None
    try:
        return _box(purpose).decrypt(sealed.encode(), ttl=seconds).decode()
    except (InvalidToken, ValueError):
        return None


def digest(text: str, purpose: str) -> str:
    """64 digits from which the text cannot be found without the secret of the hub."""
    return hmac.new(key_for(purpose), text.encode(), sha256).hexdigest()


def key_for(purpose: str) -> bytes:
    derived = HKDF(SHA256(), 32, salt=None, info=f"popAI hub: {purpose}".encode())
    return derived.derive(current_app.config["SECRET_KEY"].encode())


def _box(purpose: str) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(key_for(purpose)))
