"""Puts a text into the draft of somebody's next post; what is there already stays above it."""

from datetime import datetime

from sqlalchemy.orm import Session

from hub.forum.models import LONGEST_POST, LONGEST_TITLE
from hub.writing import operations, queries
from hub.writing.operations import DraftConflict, Typed
from hub.writing.places import Place

TRIES = 3


class NoRoom(Exception):
    """With it the text would be longer than a post may be; nothing was changed."""


def add_to_draft(
    session: Session, person_id: int, place: Place, text: str, now: datetime, title: str = ""
) -> None:
    """Flushes. A title that is there stays. Raises: NoRoom, operations.TooManyDrafts."""
    for _ in range(TRIES):
        kept = queries.draft(session, person_id, place)
        above = f"{kept.text.rstrip()}\n\n" if kept and kept.text.strip() else ""
        typed = Typed(
            above + text + "\n",
            (kept.title if kept else "") or title[:LONGEST_TITLE],
            tuple(kept.tags) if kept else (),
        )
        if len(typed.text) > LONGEST_POST:
            raise NoRoom
        try:
            operations.keep(session, person_id, place, typed, kept.revision if kept else 0, now)
        except DraftConflict:  # another device was there in between
            session.expire_all()
            continue
        return
    raise NoRoom
