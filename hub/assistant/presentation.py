"""A recorded answer as the page shows it: values for the template parts."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from flask import url_for

from hub.assistant import rules, wording
from hub.assistant.models import Answer, AnswerState
from hub.assistant.places import place_words
from hub.library.links import citation_url
from knowledge.answers import Citation


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


@dataclass(frozen=True)
class ShownQuote:
    text: str
    citation: ShownCitation
    lead_in: str = ""


@dataclass(frozen=True)
class ShownAnswer:
    """``state`` is that of the record, or "interrupted". ``message`` tells of an end that is not an
    answer; ``steps`` are (label, url) of what to do then."""

    state: str
    lead: str
    quotes: Sequence[ShownQuote] = ()
    citations: Sequence[ShownCitation] = ()
    nearest: Sequence[ShownQuote] = ()
    message: str = ""
    steps: Sequence[tuple[str, str]] = field(default=())
    can_ask_again: bool = False


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
    )


def shown_answer(answer: Answer, now: datetime, base: str = "") -> ShownAnswer:
    """To be called in the language of the question (``wording.in_language``)."""
    state = "interrupted" if rules.is_interrupted(answer, now) else str(answer.state)
    citations = {fields["n"]: recorded_citation(fields) for fields in answer.citations}
    return ShownAnswer(
        state=state,
        lead=_lead(answer),
        quotes=shown_quotes(answer.statements, citations, base),
        citations=[shown_citation(citation, base) for citation in citations.values()],
        nearest=[_nearest(recorded_citation(fields), base) for fields in answer.nearest],
        message=_message(state, answer.reason),
        steps=_steps(answer.reason) if answer.state == AnswerState.DECLINED else (),
        can_ask_again=rules.can_ask_again(answer, now),
    )


def shown_quotes(
    statements: Sequence[dict[str, Any]], citations: dict[int, Citation], base: str = ""
) -> list[ShownQuote]:
    """A quote has a lead-in where another document begins to speak."""
    quotes = []
    speaker = None
    for statement in statements:
        citation = citations[statement["citation"]]
        begins = citation.document_id != speaker
        lead_in = wording.lead_in(citation.title, citation.status, citation.date) if begins else ""
        quotes.append(ShownQuote(statement["text"], shown_citation(citation, base), lead_in))
        speaker = citation.document_id
    return quotes


def _nearest(citation: Citation, base: str) -> ShownQuote:
    return ShownQuote(" ".join(citation.quote.split()), shown_citation(citation, base))


def _lead(answer: Answer) -> str:
    if answer.finished_at:
        documents = len({citation["document_id"] for citation in answer.citations})
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
