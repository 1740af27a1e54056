"""The only source of time in the web layer."""

from datetime import UTC, datetime


def now() -> datetime:
    return datetime.now(UTC)
