"""Every read of the search. The search proposes ids; what of it this reader may see is decided
here, by the forum's own tables, each time that something is shown."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    exists,
    func,
    literal,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import Session

from hub.accounts.models import Person
from hub.accounts.pseudonyms import key_of
from hub.forum.models import Board, Post, State, Topic
from hub.search.words import Wanted, matching
from knowledge.access import Reader, readable_by
from knowledge.among import among
from knowledge.community_models import Contribution, ContributionPassage
from knowledge.contributions import findable_by
from knowledge.models import Document, Version
from knowledge.orm import rows

LONGEST_TEXT = 8_000
LARGEST_NUMBER = 2**31


@dataclass(frozen=True, slots=True)
class Named:
    """What the names in a search stand for; None where they stand for nothing."""

    board_id: int | None = None
    person_id: int | None = None


@dataclass(frozen=True, slots=True)
class OpenDocument:
    """A document that the reader may read, in the version that they see."""

    id: int
    title: str
    status: str
    date: str
    language: str
    mark: str
    audience: str
    version_id: int
    version: int


@dataclass(frozen=True, slots=True)
class Narrowed:
    """What contributions are asked for; None leaves it open."""

    board_id: int | None = None
    person_id: int | None = None
    tags: tuple[str, ...] = ()
    is_first: bool | None = None
    answered: bool | None = None
    before: datetime | None = None
    after: datetime | None = None

    def conditions(self) -> list[ColumnElement[bool]]:
        exact: list[tuple[Any, Any]] = [
            (Contribution.board_id, self.board_id),
            (Contribution.author_id, self.person_id),
            (Contribution.is_first, self.is_first),
        ]
        found = [column == value for column, value in exact if value is not None]
        found += [Contribution.tags.contains(tag, autoescape=True) for tag in self.tags]
        if self.before:
            found.append(Contribution.written_at < self.before)
        if self.after:
            found.append(Contribution.written_at >= self.after)
        if self.answered is not None:
            is_answered = exists().where(
                Topic.id == Contribution.topic_id, Topic.accepted_post_id.is_not(None)
            )
            found.append(is_answered if self.answered else ~is_answered)
        return found


def named(session: Session, reader: Reader, board: str, person: str) -> Named:
    """The board, among those that the reader may read, and the person of these names. One query."""
    asked: list[Any] = []
    if board:
        asked.append(
            select(literal("board").label("kind"), Board.id).where(
                Board.audience.in_(sorted(reader.audiences)), _is_called(board)
            )
        )
    if person:
        asked.append(
            select(literal("person").label("kind"), Person.id).where(
                Person.pseudonym_key == key_of(person), Person.erased_at.is_(None)
            )
        )
    found = {row.kind: row.id for row in session.execute(union_all(*asked))}
    return Named(found.get("board"), found.get("person"))


def _is_called(name: str) -> ColumnElement[bool]:
    """SQLite compares without case in ASCII only, so the other spellings are asked for too."""
    spellings = {name, name.lower(), name.upper(), name.capitalize(), name.title()}
    called = or_(Board.name.in_(sorted(spellings)), func.lower(Board.name) == name.lower())
    number = int(name) if re.fullmatch("[0-9]{1,10}", name) else LARGEST_NUMBER
    return or_(Board.id == number, called) if number < LARGEST_NUMBER else called


def proposals(
    session: Session,
    reader: Reader,
    wanted: Wanted | None,
    passages: Sequence[int],
    narrowed: Narrowed,
    limit: int,
) -> Sequence[Any]:
    """What is found by words, the newest first, and those of ``passages`` that fit: rows of
    (passage or 0, contribution, post, topic, title, start). One query."""
    shown = (Contribution.id, Contribution.post_id, Contribution.topic_id, Contribution.title)
    fits = and_(findable_by(reader), *narrowed.conditions())
    asked: list[Any] = []
    if wanted is not None:
        newest = matching(session.get_bind().dialect.name, wanted, limit).subquery("newest")
        asked.append(
            select(literal(0).label("passage"), *shown, literal(0).label("start"))
            .join(newest, newest.c.id == Contribution.id)
            .where(fits)
        )
    if passages:
        asked.append(
            select(
                ContributionPassage.id.label("passage"),
                *shown,
                ContributionPassage.start.label("start"),
            )
            .join(Contribution, Contribution.id == ContributionPassage.contribution_id)
            .where(ContributionPassage.id.in_(passages), fits)
        )
    if not asked:
        return []
    return session.execute(union_all(*asked)).all()


def posts(session: Session, reader: Reader, ids: Iterable[int]) -> dict[int, Any]:
    """By id: those of these posts that the reader may read now, with where they stand."""
    found = rows(session, _posts(), {"ids": list(ids), "audiences": sorted(reader.audiences)})
    return {row.id: row for row in found}


@cache
def _posts() -> Select[*tuple[Any, ...]]:
    """The statement, made once: making one takes longer than it takes to run."""
    return (
        select(
            Post.id,
            Post.number,
            Post.created_at,
            Post.language,
            Topic.id.label("topic_id"),
            Topic.title,
            Topic.tags,
            Topic.posts,
            Topic.accepted_post_id,
            Topic.mark.label("topic_mark"),
            Board.id.label("board_id"),
            Board.name.label("board"),
            Board.mark,
            Person.pseudonym,
            Person.erased_at,
            func.substr(Contribution.text, 1, LONGEST_TEXT).label("text"),
        )
        .join(Topic, Topic.id == Post.topic_id)
        .join(Board, Board.id == Topic.board_id)
        .join(Person, Person.id == Post.author_id)
        .join(Contribution, Contribution.post_id == Post.id)
        .where(
            among(Post.id, "ids"),
            Post.state == State.VISIBLE,
            Topic.state == State.VISIBLE,
            among(Board.audience, "audiences"),
        )
    )


def documents(session: Session, reader: Reader, ids: Iterable[int]) -> dict[int, OpenDocument]:
    """By id: those of these documents that the reader may read now."""
    columns: tuple[Any, ...] = (
        *(Document.id, Document.title, Document.status, Document.date, Document.language),
        *(Document.mark, Document.audience, Version.id, Version.number),
    )
    found = session.execute(
        select(*columns)
        .join(Version, Version.id == Document.current_version_id)
        .where(Document.id.in_(list(ids)), readable_by(reader))
    )
    return {row[0]: OpenDocument(*row) for row in found}
