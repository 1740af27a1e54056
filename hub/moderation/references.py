"""The number with which somebody asks what became of their report: R-XXXX-XXXX-XXXX.

Sixty bits: nobody finds one by trying. It is made from the key of the form, so that a form that is
sent twice has one number, and from a secret, so that nobody chooses theirs.
"""

import hmac
import re
import secrets
from hashlib import sha256

from hub.accounts.sealing import key_for

# Crockford's base 32: no letter that reads like a digit.
SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
GROUPS, SIZE = 3, 4
LONGEST_KEY = 64
_SHAPE = re.compile(rf"R-?([{SIGNS}]{{4}})-?([{SIGNS}]{{4}})-?([{SIGNS}]{{4}})")
_READ_AS = str.maketrans("OIL", "011")


def new_key() -> str:
    """For a form that is about to be shown."""
    return secrets.token_hex(16)


def reference_of(key: str, post_id: int) -> str:
    octets = f"{post_id} {key[:LONGEST_KEY] or new_key()}".encode("utf-8", "replace")
    number = int.from_bytes(hmac.new(key_for("references"), octets, sha256).digest())
    signs = [SIGNS[number >> 5 * place & 31] for place in range(GROUPS * SIZE)]
    groups = ["".join(signs[at : at + SIZE]) for at in range(0, len(signs), SIZE)]
    return "-".join(["R", *groups])


def as_typed(text: str) -> str | None:
    """The reference that somebody means, in one spelling; None for what is none."""
    typed = "".join(text.split()).upper()
    found = _SHAPE.fullmatch(typed[:1] + typed[1:].translate(_READ_AS)) if len(typed) < 30 else None
    return "-".join(("R", *found.groups())) if found else None
