"""A recorded answer as the page shows it: values for the template parts."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from flask import url_for

from hub.assistant import rules, wording
from hub.assistant.models import Answer, AnswerState
from hub.assistant.places import place_words
from hub.extensions import db
from hub.library.links import citation_url
from hub.library.queries import readable_among
from knowledge.access import PUBLIC, Reader
from knowledge.answers import Citation
from knowledge.orm import reading


@dataclass(frozen=True)
class ShownCitation:
    """A citation as ``macros/answer.html`` asks for it. ``section`` goes down to the point."""

    number: int
    url: str
    title: str
    status: str
    date: str
    printed_page: str
    pdf_page: str
    section: tuple[str, ...]
    language: str
    is_recognised: bool
    is_older: bool
    mark: str
    audience: str


@dataclass(frozen=True)
class ShownQuote:
    text: str
    citation: ShownCitation
    lead_in: str = ""


@dataclass(frozen=True)
class ShownAnswer:
    """``state`` is that of the record, or "interrupted". ``statements`` has the recorded ones in
    their order, None where the document is not open to the reader any more; ``closed`` says how
    many these are. ``message`` tells of an end that is not an answer; ``steps`` are (label, url)
    of what to do then."""

    state: str
    lead: str
    statements: Sequence[ShownQuote | None] = ()
    citations: Sequence[ShownCitation] = ()
    nearest: Sequence[ShownQuote] = ()
    message: str = ""
    steps: Sequence[tuple[str, str]] = field(default=())
    can_ask_again: bool = False
    closed: str = ""

    @property
    def quotes(self) -> list[ShownQuote]:
        return [quote for quote in self.statements if quote is not None]


def recorded_citation(fields: dict[str, Any]) -> Citation:
    """A citation as it was kept; older ones lack what was thought of later."""
    paths = {name: tuple(fields.get(name, ())) for name in ("section", "place")}
    return Citation(**{**fields, **paths})


def shown_citation(citation: Citation, base: str = "") -> ShownCitation:
    """``base`` is put before the address, for a text that leaves the site."""
    return ShownCitation(
        number=citation.n,
        url=base + citation_url(citation),
        title=citation.title,
        status=citation.status,
        date=citation.date,
        printed_page=citation.printed_page or "",
        pdf_page=str(citation.page or ""),
        section=(*citation.section, *place_words(citation.section, citation.place)),
        language=citation.language,
        is_recognised=citation.is_recognised,
        is_older=citation.is_older,
        mark=citation.mark,
        audience="" if citation.audience == PUBLIC else citation.audience,
    )


def shown_answer(answer: Answer, now: datetime, reader: Reader, base: str = "") -> ShownAnswer:
    """What this reader may still see of a recorded answer: a quote goes when its document is
    withdrawn, closed, or for others only, however long ago it was given.

    To be called in the language of the question (``wording.in_language``).
    """
    state = "interrupted" if rules.is_interrupted(answer, now) else str(answer.state)
    recorded = [recorded_citation(fields) for fields in answer.citations]
    nearest = [recorded_citation(fields) for fields in answer.nearest]
    open_ids = _open_among(reader, {citation.document_id for citation in recorded + nearest})
    citations = {cited.n: cited for cited in recorded if cited.document_id in open_ids}
    statements = shown_quotes(answer.statements, citations, base)
    return ShownAnswer(
        state=state,
        lead=_lead(answer, citations.values()),
        statements=statements,
        citations=[shown_citation(citation, base) for citation in citations.values()],
        nearest=[_nearest(near, base) for near in nearest if near.document_id in open_ids],
        message=_message(state, answer.reason),
        steps=_steps(answer.reason) if answer.state == AnswerState.DECLINED else (),
        can_ask_again=rules.can_ask_again(answer, now),
        closed=wording.closed(statements.count(None)) if None in statements else "",
    )


def _open_among(reader: Reader, document_ids: set[int]) -> set[int]:
    if not document_ids:
        return set()
    with reading(db.engine) as looking:
        return readable_among(looking, reader.now(), document_ids)


def shown_quotes(
    statements: Sequence[dict[str, Any]], citations: dict[int, Citation], base: str = ""
) -> list[ShownQuote | None]:
    """A quote has a lead-in where another document begins to speak; None without its citation."""
    quotes: list[ShownQuote | None] = []
    speaker = None
    for statement in statements:
        citation = citations.get(statement["citation"])
        if citation is None:
            quotes.append(None)
            continue
        begins = citation.document_id != speaker
        lead_in = wording.lead_in(citation.title, citation.status, citation.date) if begins else ""
        quotes.append(ShownQuote(statement["text"], shown_citation(citation, base), lead_in))
        speaker = citation.document_id
    return quotes


def _nearest(citation: Citation, base: str) -> ShownQuote:
    return ShownQuote(" ".join(citation.quote.split()), shown_citation(citation, base))


def _lead(answer: Answer, citations: Collection[Citation]) -> str:
    if answer.finished_at:
        documents = len({citation.document_id for citation in citations})
        return wording.answered(documents) if documents else ""
    if answer.found is None:
        return wording.searching()
    return wording.found(len(answer.found["titles"]))


def _message(state: str, reason: str) -> str:
    messages = {
        "declined": wording.declined(reason),
        "stopped": wording.stopped(),
        "failed": wording.failed(),
        "interrupted": wording.interrupted(),
    }
    return messages.get(state, "")


def _steps(reason: str) -> list[tuple[str, str]]:
    return [
        (wording.what_to_ask_instead(reason), "#ask"),
        (wording.browse_the_library(), url_for("library.index")),
    ]
