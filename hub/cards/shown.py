"""A card as its template shows it."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from flask import get_template_attribute

from hub.cards.asked import ANSWER, DOCUMENT, Asked
from hub.cards.queries import Facts
from hub.markup import plain
from knowledge.access import PUBLIC
from knowledge.canonical import Piece

LONGEST_EXCERPT = 220
LONGEST_SHOWN = 700


@dataclass(frozen=True, slots=True)
class Shown:
    """What a card is made of. ``pieces``: the words that are quoted, page by page."""

    path: str
    asked: Asked
    facts: Facts
    pieces: Sequence[Piece] = ()


@dataclass(frozen=True, slots=True)
class Source:
    """A document as ``source_line`` of macros/answer.html asks for it."""

    url: str
    title: str
    status: str
    date: str
    language: str
    mark: str
    audience: str
    printed_page: str = ""
    pdf_page: str = ""
    is_recognised: bool = False


def shown(card: Shown) -> str:
    """ "" where the address asks for what the document does not have: it stays a link."""
    if card.facts.kind == DOCUMENT:
        return _document(card)
    name = "answer_card" if card.facts.kind == ANSWER else "post_card"
    return _drawn(name, card.path, card.facts, excerpt(card.facts.words))


@lru_cache(maxsize=256)
def excerpt(text: str) -> str:
    return plain(text, LONGEST_EXCERPT)


def _document(card: Shown) -> str:
    page, mark = card.asked.page, card.asked.mark
    if page is not None and not 1 <= page <= card.facts.pages:
        return ""
    stored = "".join(piece.text for piece in card.pieces)
    if mark is None or len(stored) != mark.end - mark.start:
        return _drawn("document_card", _source(card, page), "")
    first = card.pieces[0]
    source = _source(card, first.number, first)
    return _drawn("document_card", source, _cut(" ".join(stored.split())))


def _source(card: Shown, page: int | None, piece: Piece | None = None) -> Source:
    facts = card.facts
    has_page = page and facts.pages
    return Source(
        url=card.path,
        title=facts.title,
        status=facts.place,
        date=facts.words,
        language=facts.who,
        mark=facts.mark,
        audience="" if facts.audience == PUBLIC else facts.audience,
        printed_page=(piece.label or "") if piece and has_page else "",
        pdf_page=str(page) if has_page else "",
        is_recognised=bool(piece and any(each.is_recognised for each in card.pieces)),
    )


def _cut(quote: str) -> str:
    """Word for word, up to where a sign says that it goes on."""
    if len(quote) <= LONGEST_SHOWN:
        return quote
    return quote[:LONGEST_SHOWN].rpartition(" ")[0] + " […]"


def _drawn(name: str, *values: Any) -> str:
    return str(get_template_attribute("cards/_card.html", name)(*values))
