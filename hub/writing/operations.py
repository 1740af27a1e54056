"""Every change to drafts. They flush; whoever calls them commits."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Integer, String, bindparam, delete, func, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from hub.writing.models import Draft
from hub.writing.places import Place
from hub.writing.queries import MOST_DRAFTS
from knowledge.orm import run


class TooManyDrafts(Exception):
    """Some must be thrown away first."""


class DraftConflict(Exception):
    """Another device has kept something else since; ``draft`` is as it stands now."""

    def __init__(self, draft: Draft) -> None:
        super().__init__()
        self.draft = draft


@dataclass(frozen=True, slots=True)
class Typed:
    """What stands in the fields."""

    text: str
    title: str = ""
    tags: Sequence[str] = ()

    def is_in(self, draft: Draft) -> bool:
        kept = (draft.text, draft.title, list(draft.tags))
        return kept == (self.text, self.title, list(self.tags))

    @property
    def is_empty(self) -> bool:
        return not (self.text or self.title or self.tags)


def keep(
    session: Session, person_id: int, place: Place, typed: Typed, based_on: int, now: datetime
) -> Draft | None:
    """Keeps what was typed; ``based_on`` is the revision of the draft that the device saw, 0 for
    none. Keeping the same again changes nothing; of empty fields nothing is kept (None).

    Raises: DraftConflict, TooManyDrafts.
    """
    draft = _taken(session, person_id, place)
    if draft is None:
        return None if typed.is_empty else _begun(session, person_id, place, typed, now)
    if typed.is_in(draft):
        return draft
    if draft.revision != based_on:
        raise DraftConflict(draft)
    if typed.is_empty:
        session.delete(draft)
        session.flush()
        return None
    draft.text, draft.title, draft.tags = typed.text, typed.title, list(typed.tags)
    draft.revision, draft.kept_at = draft.revision + 1, now
    session.flush()
    return draft


def throw_away(session: Session, person_id: int, draft_id: int) -> bool:
    """False where there is none of theirs by this number."""
    mine = delete(Draft).where(Draft.id == draft_id, Draft.person_id == person_id)
    return session.scalar(mine.returning(Draft.id)) is not None


def done(session: Session, person_id: int, place: Place, text: str, based_on: int) -> None:
    """Removes the draft of what was posted. One that another device has changed since stays."""
    values = {"whose": person_id, "where": str(place), "posted": text, "based_on": based_on}
    run(session, _POSTED, values)


def _posted() -> Any:
    """Built once: it is part of every post."""
    is_same = or_(
        DRAFTS.c.revision == bindparam("based_on", type_=Integer),
        DRAFTS.c.text == bindparam("posted", type_=String),
    )
    return delete(DRAFTS).where(
        DRAFTS.c.person_id == bindparam("whose", type_=Integer),
        DRAFTS.c.place == bindparam("where", type_=String),
        is_same,
    )


DRAFTS: Any = Draft.__table__
_POSTED = _posted()


def _taken(session: Session, person_id: int, place: Place) -> Draft | None:
    """For this transaction alone."""
    return session.scalar(
        select(Draft)
        .where(Draft.person_id == person_id, Draft.place == str(place))
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def _begun(session: Session, person_id: int, place: Place, typed: Typed, now: datetime) -> Draft:
    """The first one for this place; of two devices that begin at once, one learns of the other."""
    mine = select(func.count()).select_from(Draft).where(Draft.person_id == person_id)
    if (session.scalar(mine) or 0) >= MOST_DRAFTS:
        raise TooManyDrafts
    draft = Draft(
        person_id=person_id,
        place=str(place),
        title=typed.title,
        text=typed.text,
        tags=list(typed.tags),
        kept_at=now,
    )
    try:
        with session.begin_nested():
            session.add(draft)
    except IntegrityError:
        other = _taken(session, person_id, place)
        if other is None or typed.is_in(other):
            return other or _begun(session, person_id, place, typed, now)
        raise DraftConflict(other) from None
    return draft
