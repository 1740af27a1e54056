"""Contributions as passages: their text in windows of sentences, below the title of the topic."""

import hashlib
import logging
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session, aliased

from indexer.chunking import embedded_text, passage_text
from indexer.sentence import Sentence
from indexer.vectors import Searchable
from indexer.windows import windows
from knowledge.community_models import Contribution, ContributionPassage, Progress
from knowledge.contributions import IS_UNFINISHED
from knowledge.language import language_of
from knowledge.sentences import split_sentences

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Searched:
    """A contribution as it was when the worker took it. ``title`` is that of the topic."""

    id: int
    revision: int
    title: str
    text: str
    language: str


@dataclass(frozen=True, slots=True)
class Stretch:
    """What one passage holds: a stretch of the text, and the words that are embedded."""

    start: int
    end: int
    language: str
    embedded: str
    text_hash: str


def searched(session: Session, limit: int) -> list[Searched]:
    """The oldest of those that wait."""
    first = _first_posts()
    waiting = (
        select(Contribution, first.title)
        .outerjoin(first, (first.topic_id == Contribution.topic_id) & first.is_first)
        .where(IS_UNFINISHED, Contribution.progress == Progress.WAITING)
        .order_by(Contribution.id)
        .limit(limit)
    )
    return [
        Searched(row.id, row.revision, row.title or title or "", row.text, row.language)
        for row, title in session.execute(waiting)
    ]


def write_passages(session: Session, waiting: Sequence[Searched]) -> list[Searchable]:
    """Writes the passages of these where they are others than before; those that cannot be split
    are left to be found by their words."""
    known = _known(session, [one.id for one in waiting])
    for one in waiting:
        wanted = _split(session, one)
        if [(s.start, s.end, s.text_hash) for s in wanted] == known.get(one.id, []):
            continue
        of_this = ContributionPassage.contribution_id == one.id
        session.execute(
            delete(ContributionPassage).where(of_this),
            execution_options={"synchronize_session": False},
        )
        if wanted:
            session.execute(insert(ContributionPassage), list(_rows(one.id, wanted)))
    return _of_contributions(session, [one.id for one in waiting])


def _known(session: Session, ids: Sequence[int]) -> dict[int, list[tuple[int, int, str]]]:
    stored = (
        select(ContributionPassage)
        .where(ContributionPassage.contribution_id.in_(ids))
        .order_by(ContributionPassage.contribution_id, ContributionPassage.ordinal)
    )
    known: dict[int, list[tuple[int, int, str]]] = defaultdict(list)
    for row in session.scalars(stored):
        known[row.contribution_id].append((row.start, row.end, row.text_hash))
    return known


def _split(session: Session, one: Searched) -> list[Stretch]:
    try:
        return stretches_of(one.title, one.text, one.language)
    except Exception as error:  # whatever somebody wrote, the others behind it must not wait
        log.exception("contribution=%d cannot be split: %s", one.id, type(error).__name__)
        row = session.get_one(Contribution, one.id)
        row.progress, row.revision = Progress.WORDS, row.revision + 1
        return []


def stretches_of(title: str, text: str, language: str) -> list[Stretch]:
    """The passages of a text. A topic whose first post has no words is found by its title."""
    language = language or language_of(f"{title}\n{text}")
    sentences = [Sentence(start, end) for start, end in split_sentences(text, language)]
    spans = [(window[0].start, window[-1].end) for window in windows(sentences)]
    if not spans and title:
        spans = [(0, 0)]
    return [
        Stretch(start, end, language, words := _embedded(title, text[start:end]), post_hash(words))
        for start, end in spans
    ]


def searchable_passages(session: Session, ids: Sequence[int]) -> list[Searchable]:
    """These passages with their words, in the order of their ids."""
    return _searchable(session, ContributionPassage.id.in_(ids))


def _of_contributions(session: Session, ids: Sequence[int]) -> list[Searchable]:
    return _searchable(session, ContributionPassage.contribution_id.in_(ids))


def _searchable(session: Session, which: Any) -> list[Searchable]:
    """The name of a text is the stored one: what is embedded is what was split."""
    first = _first_posts()
    found = session.execute(
        select(ContributionPassage, Contribution.title, Contribution.text, first.title)
        .join(Contribution, Contribution.id == ContributionPassage.contribution_id)
        .outerjoin(first, (first.topic_id == Contribution.topic_id) & first.is_first)
        .where(which)
        .order_by(ContributionPassage.id)
    )
    return [
        Searchable(
            passage.id,
            passage.language,
            embedded := _embedded(own or title or "", text[passage.start : passage.end]),
            post_hash(embedded),
        )
        for passage, own, text, title in found
    ]


def post_hash(embedded: str) -> str:
    """The name of a post's text in the table of vectors. No document's text has that name, even
    where it has the same words: a document's has the vectors of its sentences beside it."""
    return hashlib.sha256(b"contribution\0" + embedded.encode()).hexdigest()


def _embedded(title: str, words: str) -> str:
    return embedded_text(title, (), passage_text(words, [(0, len(words))]))


def _first_posts() -> Any:
    return aliased(Contribution)


def _rows(contribution_id: int, wanted: Sequence[Stretch]) -> Iterator[dict[str, Any]]:
    for ordinal, stretch in enumerate(wanted):
        yield {
            "contribution_id": contribution_id,
            "ordinal": ordinal,
            "start": stretch.start,
            "end": stretch.end,
            "language": stretch.language,
            "text_hash": stretch.text_hash,
        }
