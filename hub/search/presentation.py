"""What was found, as the page shows it: each in its voice, with where it stands."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from markupsafe import Markup
from sqlalchemy.orm import Session

from hub.arranging.rules import stricter
from hub.forum.links import board_url, post_url
from hub.library.links import Address
from hub.library.marks import Mark
from hub.search import queries
from hub.search.asking import Kind, Query
from hub.search.finding import DocumentHit, Findings, PostHit
from hub.search.highlights import excerpt, marked, pattern_of, words_of
from hub.search.queries import OpenDocument
from hub.search.wording import former_member
from knowledge.access import PUBLIC, Reader

PAGE_SIZE = 15
FEW_DOCUMENTS = 4
MOST_FACETS = 6


class ShownPost(NamedTuple):
    """Plain values, so that what was drawn of it is remembered. ``title`` is the topic's.
    ``replies``: how many posts stand below the first. ``mark`` is the stricter of the topic's and
    the board's.
    """

    url: str
    title: Markup
    words: Markup
    language: str
    is_topic: bool
    is_answered: bool
    replies: int
    author: str
    at: datetime
    board: str
    board_url: str
    mark: str
    tags: tuple[str, ...]


class ShownDocument(NamedTuple):
    """``words`` are the document's own, letter for letter."""

    url: str
    title: Markup
    words: Markup
    language: str
    section: str
    status: str
    date: str
    mark: str
    audience: str


@dataclass(frozen=True, slots=True)
class Shown:
    """One page. ``total`` counts what this page is one of; ``all_documents`` says how many there
    are where only the first are shown. ``boards`` and ``tags`` are what the posts stand in."""

    posts: Sequence[ShownPost] = ()
    documents: Sequence[ShownDocument] = ()
    found_posts: int = 0
    found_documents: int = 0
    pages: int = 1
    boards: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()


def shown(session: Session, reader: Reader, query: Query, found: Findings, page: int) -> Shown:
    """What of this page the reader may read now."""
    pattern = pattern_of(words_of([*query.words, *query.phrases]))
    only_documents = query.kind is Kind.DOCUMENT
    hits = found.documents if only_documents else found.posts
    posts = _posts(session, reader, _slice(found.posts, page), pattern)
    some = _some_documents(found, query, page)
    read = found.read
    if read is None and some:
        read = queries.documents(session, reader, [hit.document_id for hit in some])
    documents = _documents(some, read or {}, pattern)
    return Shown(
        posts=posts,
        documents=documents,
        found_posts=len(found.posts),
        found_documents=len(found.documents),
        pages=max(1, -(-len(hits) // PAGE_SIZE)),
        boards=_common(post.board for post in posts),
        tags=_common(tag for post in posts for tag in post.tags),
    )


def _some_documents(found: Findings, query: Query, page: int) -> Sequence[DocumentHit]:
    """All of them by pages where nothing else is asked for; else the first above the posts."""
    if query.kind is Kind.DOCUMENT:
        return _slice(found.documents, page)
    return found.documents[:FEW_DOCUMENTS] if page == 1 else ()


def _slice(hits: Sequence[Any], page: int) -> Sequence[Any]:
    return hits[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]


def _posts(
    session: Session, reader: Reader, hits: Sequence[PostHit], pattern: re.Pattern[str] | None
) -> list[ShownPost]:
    if not hits:
        return []
    rows = queries.posts(session, reader, [hit.post_id for hit in hits])
    return [
        shown_post(rows[hit.post_id], hit.start, pattern) for hit in hits if hit.post_id in rows
    ]


def shown_post(row: Any, start: int, pattern: re.Pattern[str] | None) -> ShownPost:
    """A row of ``queries.posts``."""
    return ShownPost(
        url=post_url(row.id),
        title=marked(row.title, pattern),
        words=excerpt(row.text, start, pattern),
        language=row.language,
        is_topic=row.number == 1,
        is_answered=row.accepted_post_id is not None,
        replies=max(0, row.posts - 1),
        author=former_member() if row.erased_at else row.pseudonym,
        at=row.created_at,
        board=row.board,
        board_url=board_url(row.board_id),
        mark=stricter(row.topic_mark, row.mark),
        tags=tuple(row.tags or ()),
    )


def _documents(
    hits: Sequence[DocumentHit],
    rows: Mapping[int, OpenDocument],
    pattern: re.Pattern[str] | None,
) -> list[ShownDocument]:
    """One that has another version by now is left out: its words may stand elsewhere."""
    return [
        _document(rows[hit.document_id], hit, pattern)
        for hit in hits
        if hit.document_id in rows and rows[hit.document_id].version_id == hit.version_id
    ]


def _document(
    row: OpenDocument, hit: DocumentHit, pattern: re.Pattern[str] | None
) -> ShownDocument:
    address = Address(row.id, row.version, marks=(Mark(hit.start, hit.end, 1),))
    return ShownDocument(
        url=address.text(),
        title=marked(row.title, pattern),
        words=marked(hit.words, pattern),
        language=row.language,
        section=" › ".join(hit.section),
        status=row.status,
        date=row.date,
        mark=row.mark,
        audience="" if row.audience == PUBLIC else row.audience,
    )


def _common(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(name for name, _ in Counter(names).most_common(MOST_FACETS))
