"""What SQLite's word index still holds of words that were taken out: a chore of the night.

Taking out only notes that something is gone; the words lie in older parts of the index until those
are merged. Since SQLite 3.42 FTS5 can be told to overwrite them at once; the hub runs on older
ones too. PostgreSQL clears its rows by itself.
"""

from datetime import datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

from hub.mail.worker import go_on
from hub.search.word_index import NAME

AT_NIGHT = 3  # the hour, in UTC: once between two middays
PAGES_AT_ONCE = 2_000  # of four kilobytes; nobody else writes meanwhile
_MERGE = text(f"INSERT INTO {NAME} ({NAME}, rank) VALUES ('merge', {-PAGES_AT_ONCE})")  # noqa: S608


def forget_words(session: Session, now: datetime) -> None:
    """Merges some of the index into one part, in which nothing stands but what is there; asks to go
    on where there may be more."""
    if now.hour != AT_NIGHT or session.get_bind().dialect.name != "sqlite":
        return
    changes = text("SELECT total_changes()")
    before = session.scalar(changes) or 0
    session.execute(_MERGE)
    if (session.scalar(changes) or 0) - before >= 2:  # less: there was nothing to merge
        go_on(session)
