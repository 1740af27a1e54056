"""Every read for writing that spans several rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session, defer

from hub.accounts.models import Person
from hub.accounts.pseudonyms import key_of
from hub.forum.models import Board, Post, PostRevision, State, Topic, TopicTag
from hub.forum.readership import belongs_to
from hub.writing.models import Draft
from hub.writing.places import Kind, Place, place_named
from knowledge.access import Reader

MOST_SUGGESTED = 8
MOST_DRAFTS = 200


@dataclass(frozen=True, slots=True)
class KeptDraft:
    """``place``: None for a spelling that no place has. ``title``: of the topic or the board that
    it is for, "" where that cannot be read any more; ``board``: of that."""

    draft: Draft
    place: Place | None
    title: str
    board: str

    @property
    def is_reachable(self) -> bool:
        return bool(self.title)


def board(session: Session, reader: Reader, board_id: int) -> Board | None:
    """None where it is not for this reader."""
    return session.scalar(select(Board).where(Board.id == board_id, _readable(reader)))


def first_post(session: Session, topic_id: int) -> Post:
    return session.scalars(select(Post).where(Post.topic_id == topic_id, Post.number == 1)).one()


def name_of(session: Session, person_id: int) -> str:
    return session.scalar(select(Person.pseudonym).where(Person.id == person_id)) or ""


def revisions(session: Session, post_id: int, below: int, most: int) -> Sequence[PostRevision]:
    """What a post was before edits, without the texts, the latest below this number first."""
    return session.scalars(
        select(PostRevision)
        .where(PostRevision.post_id == post_id, PostRevision.number < below)
        .order_by(PostRevision.number.desc())
        .limit(most)
        .options(defer(PostRevision.text))
    ).all()


def revision(session: Session, post_id: int, number: int) -> PostRevision | None:
    return session.scalar(
        select(PostRevision).where(PostRevision.post_id == post_id, PostRevision.number == number)
    )


def draft(session: Session, person_id: int, place: Place) -> Draft | None:
    return session.scalar(
        select(Draft).where(Draft.person_id == person_id, Draft.place == str(place))
    )


def drafts(session: Session, reader: Reader, person_id: int) -> list[KeptDraft]:
    """A person's drafts, the latest first, with what each is for, as far as they may read it."""
    mine = select(Draft).where(Draft.person_id == person_id)
    kept = session.scalars(mine.order_by(Draft.kept_at.desc(), Draft.id).limit(MOST_DRAFTS)).all()
    places = [place_named(draft.place) for draft in kept]
    titles = _titles(session, reader, [place for place in places if place])
    return [
        KeptDraft(draft, place, *titles.get(draft.place, ("", "")))
        for draft, place in zip(kept, places, strict=True)
    ]


def _titles(
    session: Session, reader: Reader, places: Sequence[Place]
) -> dict[str, tuple[str, str]]:
    """For each place that can be read: what it is called, and the board."""
    numbers = {kind: [place.number for place in places if place.kind is kind] for kind in Kind}
    boards = select(Board.id, Board.name, Board.name).where(Board.id.in_(numbers[Kind.BOARD]))
    topics = select(Topic.id, Topic.title, Board.name).join(Topic.board)
    topics = topics.where(Topic.state == State.VISIBLE)
    posts = topics.join(Post, Post.topic_id == Topic.id).with_only_columns(
        Post.id, Topic.title, Board.name
    )
    asked: dict[Kind, Any] = {
        Kind.BOARD: boards,
        Kind.TOPIC: topics.where(Topic.id.in_(numbers[Kind.TOPIC])),
        Kind.POST: posts.where(Post.id.in_(numbers[Kind.POST])),
    }
    return {
        str(Place(kind, number)): (title, name)
        for kind, rows in asked.items()
        if numbers[kind]
        for number, title, name in session.execute(rows.where(_readable(reader)))
    }


def people(session: Session, board: Board, prefix: str, now: datetime) -> Sequence[str]:
    """The names, beginning so, of people who may read the board."""
    begins = [func.lower(Person.pseudonym).startswith(prefix.lower(), autoescape=True)]
    if key := key_of(prefix):
        begins.append(Person.pseudonym_key.startswith(key, autoescape=True))
    return session.scalars(
        select(Person.pseudonym)
        .where(belongs_to(board.audience, now), or_(*begins))
        .order_by(func.lower(Person.pseudonym), Person.id)
        .limit(MOST_SUGGESTED)
    ).all()


def tags(session: Session, reader: Reader, prefix: str, board_id: int = 0) -> Sequence[str]:
    """Tags, beginning so, that topics carry which this reader may read; those used most first.
    ``board_id``: only of this board, unless it is 0."""
    carried = and_(Topic.id == TopicTag.topic_id, Topic.state == State.VISIBLE)
    used = select(TopicTag.tag).join(Topic, carried).join(Board, Board.id == Topic.board_id)
    used = used.where(_readable(reader), TopicTag.tag.startswith(prefix, autoescape=True))
    if board_id:
        used = used.where(Topic.board_id == board_id)
    ranked = used.group_by(TopicTag.tag).order_by(func.count().desc(), TopicTag.tag)
    return session.scalars(ranked.limit(MOST_SUGGESTED)).all()


def _readable(reader: Reader) -> ColumnElement[bool]:
    return Board.audience.in_(sorted(reader.audiences))
