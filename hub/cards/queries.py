"""What cards show: one statement for all that stand on a page."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Integer,
    Select,
    String,
    Text,
    and_,
    case,
    cast,
    func,
    literal,
    null,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import Session

from hub.accounts.models import Person
from hub.assistant.models import Conversation
from hub.cards.asked import ANSWER, DOCUMENT, POST, TOPIC, Asked
from hub.forum.models import Board, Post, State, Topic
from hub.membership.models import LeaMembership, MembershipState
from knowledge.access import Mark, Reader, readable_by
from knowledge.models import Document, Version, VersionState
from knowledge.orm import UtcDateTime

# Of a post: enough for an excerpt.
LONGEST_BEGINNING = 1_500


@dataclass(frozen=True, slots=True)
class Facts:
    """Of a document: ``place`` is its status, ``who`` its language, ``words`` its date, ``number``
    the version. Of a topic or a post: the board, the author, the beginning of the text, and the
    number of the post. ``at`` is when it was written or asked."""

    kind: str
    key: str
    title: str
    place: str
    who: str
    words: str
    mark: str
    audience: str
    number: int
    pages: int
    version_id: int
    is_current: int
    at: datetime | None


def facts(
    session: Session, asked: Collection[Asked], reader: Reader, owner: str, now: datetime
) -> Mapping[Asked, Facts]:
    """Of what the reader may see. ``owner`` is who asked the conversations that may be shown."""
    made = (arm(asked, reader, owner, now) for arm in ARMS)
    arms = [arm for arm in made if arm is not None]
    if not arms:
        return {}
    rows = [Facts(*row) for row in session.execute(union_all(*arms))]
    return {one: row for one in asked for row in rows if _is_of(row, one)}


def _is_of(row: Facts, asked: Asked) -> bool:
    is_same = (row.kind, row.key) == (asked.kind, asked.key)
    if asked.kind != DOCUMENT:
        return is_same
    is_version = row.is_current if asked.version is None else row.number == asked.version
    return is_same and bool(is_version)


def _documents(
    asked: Collection[Asked], reader: Reader, _owner: str, _now: datetime
) -> Select[*tuple[Any, ...]] | None:
    wanted = [one for one in asked if one.kind == DOCUMENT]
    if not wanted:
        return None
    is_current = Version.id == Document.current_version_id
    versions = [
        and_(
            Document.id == int(one.key),
            is_current if one.version is None else Version.number == one.version,
        )
        for one in wanted
    ]
    columns = [
        *_texts(DOCUMENT, Document.id, Document.title, Document.status),
        *(Document.language, Document.date, Document.mark, Document.audience, Version.number),
        cast(Version.has_pages, Integer) * Version.page_count,
        *(Version.id, cast(is_current, Integer), cast(null(), UtcDateTime)),
    ]
    return (
        select(*columns)
        .join(Version, Version.document_id == Document.id)
        .where(or_(*versions), readable_by(reader), Version.state == VersionState.READY)
    )


def _topics(
    asked: Collection[Asked], reader: Reader, _owner: str, now: datetime
) -> Select[*tuple[Any, ...]] | None:
    wanted = [int(one.key) for one in asked if one.kind == TOPIC]
    return (
        _posts_that(TOPIC, Topic.id, reader, now).where(Topic.id.in_(wanted), Post.number == 1)
        if wanted
        else None
    )


def _posts(
    asked: Collection[Asked], reader: Reader, _owner: str, now: datetime
) -> Select[*tuple[Any, ...]] | None:
    wanted = [int(one.key) for one in asked if one.kind == POST]
    return _posts_that(POST, Post.id, reader, now).where(Post.id.in_(wanted)) if wanted else None


def _posts_that(kind: str, key: Any, reader: Reader, now: datetime) -> Select[*tuple[Any, ...]]:
    """Visible posts in visible topics of boards that the reader may read."""
    columns = [
        *_texts(kind, key, Topic.title, Board.name),
        *(_shown_name(now), func.substr(Post.text, 1, LONGEST_BEGINNING), _mark()),
        *(Board.audience, Post.number, *[literal(0)] * 3, Post.created_at),
    ]
    return (
        select(*columns)
        .join(Topic, Topic.id == Post.topic_id)
        .join(Board, Board.id == Topic.board_id)
        .join(Person, Person.id == Post.author_id)
        .where(Post.state == State.VISIBLE, Topic.state == State.VISIBLE)
        .where(Topic.merged_into_id.is_(None), Board.audience.in_(sorted(reader.audiences)))
    )


def _mark() -> Any:
    """The stricter one of the topic and of its board."""
    marks = tuple(map(str, Mark))
    topics, boards = (
        case({mark: rank for rank, mark in enumerate(marks, 1)}, value=marked, else_=0)
        for marked in (Topic.mark, Board.mark)
    )
    return case((topics > boards, Topic.mark), else_=Board.mark)


def _answers(
    asked: Collection[Asked], _reader: Reader, owner: str, _now: datetime
) -> Select[*tuple[Any, ...]] | None:
    """Nobody else opens a conversation, so nobody else sees a card of it."""
    wanted = [one.key for one in asked if one.kind == ANSWER]
    if not wanted or not owner:
        return None
    nothing = literal("", String)
    columns = [
        *_texts(ANSWER, Conversation.token, Conversation.title, nothing),
        *([nothing] * 4 + [literal(0)] * 4),
        Conversation.created_at,
    ]
    return select(*columns).where(Conversation.token.in_(wanted), Conversation.owner == owner)


def _texts(kind: str, key: Any, title: Any, place: Any) -> list[Any]:
    """The columns that all kinds begin with, of the same types in each."""
    return [literal(kind, String).label("kind"), cast(key, String), title, cast(place, Text)]


def _shown_name(now: datetime) -> Any:
    """The name under which an author appears, as ``hub.membership.queries.shown_as`` says."""
    shown = (
        select(LeaMembership.shown_name)
        .where(LeaMembership.person_id == Person.id, Person.erased_at.is_(None))
        .where(LeaMembership.state == MembershipState.GRANTED, LeaMembership.expires_at > now)
        .order_by(LeaMembership.expires_at.desc(), LeaMembership.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    return func.coalesce(func.nullif(shown, ""), Person.pseudonym)


ARMS = (_documents, _topics, _posts, _answers)
