"""Every read of notifications: only of what the person may read now, wherever it stands now."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Integer, Row, and_, bindparam, func, or_, select
from sqlalchemy.orm import Session

from hub.accounts.standing import MOST_UNREAD
from hub.forum.models import Board, Post, State, Topic
from hub.notifications.models import Notification, NotificationChoice, Rhythm
from knowledge.access import Reader

PAGE_SIZE = 30


@dataclass(frozen=True, slots=True)
class Choice:
    """What somebody chose, or the defaults."""

    rhythm: Rhythm = Rhythm.DAILY
    reactions: bool = True


@dataclass(slots=True)
class Group:
    """What is told about one topic, the latest first. ``topic_id`` 0: about no topic."""

    topic_id: int
    title: str
    board: str
    rows: list[Row[Any]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Listing:
    """``next_id`` is where the page after this one begins, ``newest_id`` the newest on it; 0 for
    none."""

    groups: Sequence[Group]
    next_id: int
    newest_id: int

    @property
    def actor_ids(self) -> set[int]:
        return {row.actor_id for group in self.groups for row in group.rows if row.actor_id}


def listing(
    session: Session, person_id: int, reader: Reader, *, before: int = 0, unread_only: bool = False
) -> Listing:
    """A page of what somebody was told, the latest first, by topics."""
    found = told(reader).where(Notification.person_id == person_id)
    if before:
        found = found.where(Notification.id < before)
    if unread_only:
        found = found.where(Notification.read_at.is_(None))
    rows = session.execute(found.order_by(Notification.id.desc()).limit(PAGE_SIZE + 1)).all()
    page = rows[:PAGE_SIZE]
    return Listing(
        list(_by_topics(page).values()),
        page[-1].id if len(rows) > PAGE_SIZE else 0,
        page[0].id if page else 0,
    )


def told(reader: Reader) -> Any:
    """Rows of what this reader may be told. A topic that was merged is the one it was merged into:
    its posts stand there."""
    return (
        select(
            *(Notification.id, Notification.about, Notification.actor_id, Notification.post_id),
            *(Notification.subject_id, Notification.made_at, Notification.read_at),
            *(Topic.id.label("topic_id"), Topic.title, Topic.mark.label("topic_mark")),
            *(Board.name.label("board"), Board.audience, Board.mark, Post.number),
        )
        .outerjoin(Post, Post.id == Notification.post_id)
        .outerjoin(Topic, Topic.id == func.coalesce(Post.topic_id, Notification.topic_id))
        .outerjoin(Board, Board.id == Topic.board_id)
        .where(_is_told_to(reader))
    )


def mine(session: Session, person_id: int, notification_id: int) -> Notification | None:
    """One of somebody's own."""
    found = session.get(Notification, notification_id)
    return found if found is not None and found.person_id == person_id else None


def choice(session: Session, person_id: int) -> Choice:
    found = session.execute(
        select(NotificationChoice.rhythm, NotificationChoice.reactions).where(
            NotificationChoice.person_id == person_id
        )
    ).one_or_none()
    return Choice(Rhythm(found.rhythm), found.reactions) if found else Choice()


def unread_counts(session: Session, person_ids: Collection[int]) -> dict[int, int]:
    """How much waits for these people, up to ``MOST_UNREAD`` each."""
    rows = session.execute(_UNREAD, {"people": list(person_ids)})
    counts: dict[int, int] = {row[0]: row[1] for row in rows}
    return {person_id: min(counts.get(person_id, 0), MOST_UNREAD) for person_id in person_ids}


# Asked with every post that somebody is told of: made once.
_UNREAD = (
    select(Notification.person_id, func.count())
    .where(Notification.person_id.in_(bindparam("people", type_=Integer, expanding=True)))
    .where(Notification.read_at.is_(None))
    .group_by(Notification.person_id)
)


def _is_told_to(reader: Reader) -> ColumnElement[bool]:
    is_readable = and_(Topic.state == State.VISIBLE, Board.audience.in_(sorted(reader.audiences)))
    is_there = or_(Notification.post_id.is_(None), Post.state == State.VISIBLE)
    about_a_topic = or_(Notification.topic_id.is_not(None), Notification.post_id.is_not(None))
    return or_(~about_a_topic, and_(is_readable, is_there))


def _by_topics(rows: Sequence[Row[Any]]) -> dict[int, Group]:
    groups: dict[int, Group] = {}
    for row in rows:
        group = groups.setdefault(
            row.topic_id or 0, Group(row.topic_id or 0, row.title or "", row.board or "")
        )
        group.rows.append(row)
    return groups
