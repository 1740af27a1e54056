"""What becomes of a contribution when the forum changes: one or two statements each, in the
transaction of the change, so that the search stands as the forum does. Nothing here commits.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, cast

from sqlalchemy import (
    ColumnElement,
    Table,
    and_,
    case,
    delete,
    exists,
    func,
    insert,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from knowledge.access import Reader
from knowledge.community_models import Contribution, ContributionPassage, Progress

_TABLE = cast(Table, Contribution.__table__)
_KEPT = (
    *("post_id", "topic_id", "board_id", "author_id", "is_first", "audience", "title", "text"),
    *("tags", "language", "progress", "written_at"),
)
_NOT_SYNCHRONISED: dict[str, Any] = {"synchronize_session": False}
UNFINISHED = (Progress.WAITING, Progress.EMBEDDED)
# Word for word as the index is declared: else the database does not see that it may use it.
IS_UNFINISHED: Any = text("contribution.progress IN ('waiting', 'embedded')")


@dataclass(frozen=True, slots=True)
class Contributed:
    """A post that readers see, in plain words. ``title`` is the topic's, for its first post."""

    post_id: int
    topic_id: int
    board_id: int
    author_id: int
    audience: str
    text: str
    written_at: datetime
    title: str = ""
    tags: tuple[str, ...] = ()
    language: str = ""
    is_first: bool = False


def keep(session: Session, said: Contributed) -> None:
    """The contribution as it is now, found from this transaction on; its vectors follow."""
    session.connection().execute(_keeping(_dialect(session)), _values(said))


def keep_all(session: Session, said: Iterable[Contributed]) -> None:
    """Many at once, of which none is there yet: found by their words, and not embedded."""
    rows = [{**_values(one), "progress": Progress.WORDS} for one in said]
    if rows:
        session.connection().execute(insert(_TABLE), rows)


@cache
def _keeping(dialect: str) -> Any:
    """Made once: to make it costs more than to run it."""
    added = (postgresql_insert if dialect == "postgresql" else sqlite_insert)(_TABLE)
    later: dict[str, Any] = {name: added.excluded[name] for name in _KEPT if name != "post_id"}
    later |= {"revision": _TABLE.c.revision + 1, "withdrawn_at": None}
    return added.on_conflict_do_update(index_elements=["post_id"], set_=later)


def _dialect(session: Session) -> str:
    return session.get_bind().dialect.name


def _values(said: Contributed) -> dict[str, Any]:
    return {
        "post_id": said.post_id,
        "topic_id": said.topic_id,
        "board_id": said.board_id,
        "author_id": said.author_id,
        "is_first": said.is_first,
        "audience": said.audience,
        "title": said.title,
        "text": said.text,
        "tags": " ".join(map(tag_mark, said.tags)),
        "language": said.language,
        "progress": Progress.WAITING,
        "written_at": said.written_at,
        "revision": 1,
    }


def of_post(post_id: int) -> ColumnElement[bool]:
    return Contribution.post_id == post_id


def of_topic(topic_id: int) -> ColumnElement[bool]:
    return Contribution.topic_id == topic_id


def of_board(board_id: int) -> ColumnElement[bool]:
    return Contribution.board_id == board_id


def withdraw(session: Session, which: ColumnElement[bool], now: datetime) -> None:
    """Not found from this transaction on; the words are kept, for it may come back."""
    _change(session, which, withdrawn_at=now, progress=_to_be_moved())


def put_back(session: Session, which: ColumnElement[bool]) -> None:
    """Found again, without being embedded again."""
    _change(session, which, withdrawn_at=None, progress=_to_be_moved())


def forget(session: Session, which: ColumnElement[bool], now: datetime) -> None:
    """Withdrawn for good: the words go. The row stays, so that its number is not used again."""
    of_these = select(Contribution.id).where(which)
    session.execute(
        delete(ContributionPassage).where(ContributionPassage.contribution_id.in_(of_these)),
        execution_options=_NOT_SYNCHRONISED,
    )
    _change(
        session,
        which,
        withdrawn_at=func.coalesce(Contribution.withdrawn_at, now),
        title="",
        text="",
        tags="",
        progress=Progress.EMBEDDED,
    )


def move(session: Session, which: ColumnElement[bool], board_id: int, audience: str) -> None:
    """For the readers of another board from now on. The vectors move with it."""
    _change(session, which, board_id=board_id, audience=audience, progress=_to_be_moved())


def rename(session: Session, topic_id: int, title: str, tags: Iterable[str]) -> None:
    """Another title or other tags of the topic. What stands under the title is embedded again; what
    is forgotten stays so."""
    shown = case((Contribution.is_first, title), else_="")
    _change(
        session,
        and_(of_topic(topic_id), ~_is_forgotten()),
        title=shown,
        tags=" ".join(map(tag_mark, tags)),
        progress=to_be_embedded(),
    )


def reword(session: Session, which: ColumnElement[bool], words: str) -> None:
    """Other words where some are kept; what is withdrawn stays so, what is forgotten too."""
    _change(session, and_(which, Contribution.text != ""), text=words, progress=to_be_embedded())


def findable_by(reader: Reader) -> ColumnElement[bool]:
    """The condition on ``contribution`` for what a search may propose to this reader."""
    return and_(
        Contribution.withdrawn_at.is_(None), Contribution.audience.in_(sorted(reader.audiences))
    )


def has_unfinished(session: Session) -> bool:
    """Whether the worker has something to do."""
    return bool(session.scalar(select(exists(select(Contribution.id).where(IS_UNFINISHED)))))


def counted(session: Session) -> dict[str, int]:
    """How many there are in each state of their progress."""
    rows = select(Contribution.progress, func.count()).group_by(Contribution.progress)
    found = {str(progress): int(count) for progress, count in session.execute(rows)}
    return {str(progress): found.get(str(progress), 0) for progress in Progress}


def tag_mark(tag: str) -> str:
    """A tag as one word of letters and digits, by which it can be searched in any script."""
    return "t" + hashlib.sha256(tag.casefold().encode("utf-8", "replace")).hexdigest()[:16]


def community_name(session: Session) -> str:
    """What tells this forum's contributions from those of another database: its first one."""
    first = select(Contribution.id, Contribution.post_id).order_by(Contribution.id).limit(1)
    found = session.execute(first).one_or_none()
    return f"{found.id} {found.post_id}" if found else ""


def _is_forgotten() -> ColumnElement[bool]:
    return and_(
        Contribution.withdrawn_at.is_not(None),
        Contribution.title == "",
        Contribution.text == "",
        Contribution.tags == "",
    )


def _to_be_moved() -> Any:
    """What the index holds is to be brought into line; what it does not hold yet will be."""
    return case(
        (Contribution.progress == Progress.READY, Progress.EMBEDDED), else_=Contribution.progress
    )


def to_be_embedded() -> Any:
    """Anew, where it was: other words have other vectors."""
    return case(
        (Contribution.progress.in_((Progress.READY, Progress.EMBEDDED)), Progress.WAITING),
        else_=Contribution.progress,
    )


def _change(session: Session, which: ColumnElement[bool], **values: Any) -> None:
    values["revision"] = Contribution.revision + 1
    session.execute(
        update(Contribution).where(which).values(values), execution_options=_NOT_SYNCHRONISED
    )
