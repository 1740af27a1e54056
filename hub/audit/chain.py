"""How the entries of the audit log hang together.

Each entry holds a keyed hash over itself and over the hash of the entry before it, so one that is
changed, taken out of the middle, put in or moved no longer fits. The key comes from SECRET_KEY,
which is not in the database: who can write there, and nothing else, cannot compute the chain anew.

A chain cannot show by itself that its end was cut off. For that somebody notes a *head* (the number
and the hash of an entry) elsewhere, or compares with the server's log, which names each entry too.
"""

import hashlib
import hmac
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

START = "0" * 64  # stands where the first entry would name the one before it
HEAD = re.compile(r"([1-9][0-9]{0,9}):([0-9a-f]{64})")
# What the hash covers, in the words of the columns: everything but the hash.
COVERED = (
    *("id", "at", "act", "actor_id", "actor", "subject_kind", "subject_id"),
    *("before", "after", "reason", "previous_hash", "key_mark"),
)


@dataclass(frozen=True, slots=True)
class Key:
    """What the hashes are made with. ``mark`` tells keys apart and gives nothing of them away."""

    secret: bytes
    mark: str


@dataclass(frozen=True, slots=True)
class Head:
    """An entry's number and hash, which stand for all entries up to it."""

    number: int
    hash: str

    def __str__(self) -> str:
        return f"{self.number}:{self.hash}"


def key_from(secret_key: str | bytes) -> Key:
    raw = secret_key.encode() if isinstance(secret_key, str) else secret_key
    secret = hmac.digest(raw, b"audit log", "sha256")
    return Key(secret, hmac.digest(secret, b"mark of the key", "sha256").hex()[:16])


def head_from(text: str) -> Head | None:
    """The head that NUMBER:HASH names; None where the text is none."""
    match = HEAD.fullmatch(text.strip().lower())
    return Head(int(match[1]), match[2]) if match else None


def hash_of(key: Key, fields: Mapping[str, Any]) -> str:
    """The hash of an entry. Raises: TypeError or ValueError for what was never written by us."""
    covered = {name: fields[name] for name in COVERED}
    at: datetime = covered["at"]
    covered["at"] = at.astimezone(UTC).isoformat(timespec="microseconds")
    text = json.dumps(covered, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hmac.new(key.secret, text.encode(), hashlib.sha256).hexdigest()
