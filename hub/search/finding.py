"""Finds documents, topics and posts for a search: by their words and by what they mean."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from typing import Any

from flask_babel import get_timezone
from sqlalchemy.orm import Session

from hub.search import queries
from hub.search.asking import Kind, Problem, Query, Trouble
from hub.search.highlights import words_of
from hub.search.queries import Narrowed, OpenDocument
from hub.search.remembering import Memory
from hub.search.words import MOST_WORDS, Wanted, audience_marks, words_in
from hub.wiring import parts
from knowledge.access import Reader
from knowledge.community import Proposed, is_near
from knowledge.contributions import tag_mark
from knowledge.errors import IndexDamaged, ModelUnavailable
from knowledge.evidence import Evidence

NEWEST = 200  # posts with the words that are ranked, the newest of all
NEWEST_STATES = 1_000  # where it must be looked up which topics are answered
MOST_POSTS = 150
MOST_DOCUMENTS = 20
RANK = 20.0  # how slowly a place in an order loses its worth (reciprocal rank fusion, Cormack 2009)
TITLE = 0.04  # what it is worth that all the words stand in the title
SECONDS = 45.0


@dataclass(frozen=True, slots=True)
class PostHit:
    """``start`` is where in its plain words it is near to what was looked for."""

    post_id: int
    start: int = 0


@dataclass(frozen=True, slots=True)
class DocumentHit:
    """The words of one version from ``start`` to ``end``; shown only as long as readers see that
    version of it."""

    document_id: int
    version_id: int
    section: tuple[str, ...]
    start: int
    end: int
    words: str


@dataclass(frozen=True, slots=True)
class Findings:
    """Best first. ``is_more``: there are more posts than were looked at. ``read`` has the documents
    that were read just now, None where what was found is remembered."""

    posts: Sequence[PostHit] = ()
    documents: Sequence[DocumentHit] = ()
    problems: tuple[Problem, ...] = field(default=())
    is_more: bool = False
    read: Mapping[int, OpenDocument] | None = field(default=None, compare=False)


NOTHING = Findings()
_MEMORY: Memory[Findings] = Memory(400, SECONDS)


def find(session: Session, reader: Reader, query: Query, language: str) -> Findings:
    """What fits, by number; not yet looked at whether it may still be shown."""
    if query.is_empty:
        return NOTHING
    built = parts()
    key = (
        *(query, language, reader.audiences, str(get_timezone()), id(built)),
        *(built.community.state_for(reader), _library_state(reader)),
    )
    fresh: list[Findings] = []

    def look() -> Findings:
        fresh.append(_find(session, Reader(reader.audiences), query, language))
        return replace(fresh[0], read=None)

    remembered = _MEMORY.recall(key, look)
    return fresh[0] if fresh else remembered


def forget() -> None:
    """Forgets what was found, as time does."""
    _MEMORY.forget()


def _library_state(reader: Reader) -> int:
    try:
        return parts().index.generation().number_for(reader.audiences)
    except IndexDamaged:
        return 0


def _find(session: Session, reader: Reader, query: Query, language: str) -> Findings:
    found = _posts(session, reader, query, language) if query.wants_posts else NOTHING
    evidence = _evidence(reader, query, language) if query.wants_documents else ()
    words = set(words_of([*query.words, *query.phrases]))
    hits = {one.document.id: _hit(one, words) for one in reversed(evidence)}
    best = [hits[number] for number in dict.fromkeys(one.document.id for one in evidence)]
    return replace(found, documents=best, read={one.document.id: _open(one) for one in evidence})


def _posts(session: Session, reader: Reader, query: Query, language: str) -> Findings:
    board_id, person_id = None, None
    if query.board or query.person:
        named = queries.named(session, reader, query.board, query.person)
        if query.board and named.board_id is None:
            return Findings(problems=(Problem(Trouble.BOARD, query.board),))
        if query.person and named.person_id is None:
            return NOTHING  # said to nobody: who is here is known to members only
        board_id, person_id = named.board_id, named.person_id
    narrowed = _narrowed(query, board_id, person_id)
    limit = NEWEST if query.answered is None else NEWEST_STATES
    proposed = _by_meaning(reader, query, language)
    wanted = _wanted(reader, query, narrowed)
    rows = queries.proposals(session, reader, wanted, proposed.ids, narrowed, limit)
    hits = _ranked(rows, proposed, set(words_of([*query.words, *query.phrases])))
    is_more = len(hits) > MOST_POSTS or len(rows) >= limit
    return Findings(hits[:MOST_POSTS], is_more=is_more)


def _narrowed(query: Query, board_id: int | None, person_id: int | None) -> Narrowed:
    return Narrowed(
        board_id=board_id,
        person_id=person_id,
        tags=tuple(map(tag_mark, query.tags)),
        is_first=_is_first(query),
        answered=query.answered,
        before=_begin_of(query.before),
        after=_begin_of(query.after),
    )


def _is_first(query: Query) -> bool | None:
    """Whether first posts are wanted, which stand for their topics, or the others."""
    if query.kind is Kind.POST:
        return False
    return True if query.kind is Kind.TOPIC or query.answered is not None else None


def _begin_of(day: date | None) -> datetime | None:
    return datetime.combine(day, time.min, get_timezone()) if day else None


def _wanted(reader: Reader, query: Query, narrowed: Narrowed) -> Wanted | None:
    marks: list[tuple[str, ...]] = [audience_marks(reader.audiences)]
    if narrowed.board_id is not None:
        marks.append((f"b{narrowed.board_id}",))
    if narrowed.person_id is not None:
        marks.append((f"p{narrowed.person_id}",))
    if narrowed.is_first is not None:
        marks.append(("ktopic" if narrowed.is_first else "kpost",))
    marks += [(tag,) for tag in narrowed.tags]
    return Wanted(
        words=words_of(query.words)[:MOST_WORDS],
        phrases=tuple(filter(None, map(words_in, query.phrases))),
        marks=tuple(marks),
        before=narrowed.before,
        after=narrowed.after,
    )


def _by_meaning(reader: Reader, query: Query, language: str) -> Proposed:
    """Nothing where exact words are wanted, or none are given."""
    if query.phrases or not query.words:
        return Proposed()
    return parts().community.proposed(query.free, reader, language)


def _ranked(rows: Sequence[Any], proposed: Proposed, words: set[str]) -> list[PostHit]:
    """Both orders in one: what stands early in either comes first."""
    by_words = [row for row in rows if not row.passage]
    by_passage = {row.passage: row for row in rows if row.passage}
    by_words.sort(key=lambda row: -row.id)
    near = [by_passage[passage] for passage in proposed.best(by_passage)]
    worth: dict[int, float] = {}
    starts: dict[int, int] = {}
    for order in (by_words, near):
        first = {row.post_id: row.start for row in reversed(order)}
        for place, post in enumerate(dict.fromkeys(row.post_id for row in order)):
            worth[post] = worth.get(post, 0.0) + 1 / (RANK + place)
            starts.setdefault(post, first[post])
    for post in {row.post_id for row in (*by_words, *near) if _is_titled(row.title, words)}:
        worth[post] += TITLE
    best = sorted(worth, key=lambda post: -worth[post])
    return [PostHit(post, starts[post]) for post in best]


def _is_titled(title: str, words: set[str]) -> bool:
    return bool(title and words) and words <= set(words_in(title))


def _evidence(reader: Reader, query: Query, language: str) -> Sequence[Evidence]:
    if not query.free:
        return ()
    try:
        found = parts().retriever.retrieve(
            query.free, reader, limit=MOST_DOCUMENTS, likely_language=language
        )
    except (IndexDamaged, ModelUnavailable):
        return ()
    phrases = [words_in(phrase) for phrase in query.phrases]
    return [
        evidence
        for evidence in found.evidence
        if is_near(evidence.candidate) and _fits(evidence, query, phrases)
    ]


def _fits(evidence: Evidence, query: Query, phrases: Sequence[tuple[str, ...]]) -> bool:
    """By its own date, as far as that is known; where exact words are wanted, by these."""
    day = evidence.document.date
    if query.before and not (day and day < query.before.isoformat()):
        return False
    if query.after and not (day and day >= query.after.isoformat()[: len(day)]):
        return False
    told = " ".join(words_in(evidence.stretch)) if phrases else ""
    return all(" ".join(phrase) in told for phrase in phrases)


def _hit(evidence: Evidence, words: set[str]) -> DocumentHit:
    """The sentence of the passage that holds most of the words."""
    sentences = evidence.sentences()
    best = max(
        range(len(sentences)), key=lambda n: len(words & set(words_in(sentences[n][2]))), default=0
    )
    start, end, text = sentences[best]
    return DocumentHit(
        evidence.document.id,
        evidence.version.id,
        tuple(evidence.passage.section),
        start,
        end,
        " ".join(text.split()),
    )


def _open(evidence: Evidence) -> OpenDocument:
    document, version = evidence.document, evidence.version
    return OpenDocument(
        *(document.id, document.title, str(document.status), document.date, document.language),
        *(document.mark, document.audience, version.id, version.number),
    )
