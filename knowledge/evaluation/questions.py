"""A question set with known evidence run through the assistant.

A row holds ``question``, ``answerable``, and for answerable ones ``doc`` (the document's path in
the library), ``locator`` (article or heading), ``evidence`` (verbatim words), ``also_in`` (other
documents with the same words).
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from statistics import fmean, median
from typing import Any

from sqlalchemy import Engine, select

from knowledge.access import Reader
from knowledge.answering import Assistant
from knowledge.answers import Answered, Citation, Declined, StatementReady
from knowledge.canonical import text_between
from knowledge.choosing import scored_sentences
from knowledge.deciding import likelihood, signals_of
from knowledge.evidence import Retrieval
from knowledge.models import Version
from knowledge.orm import reading

Place = tuple[str, Sequence[str], str]  # document, section path, text

_ARTICLE = re.compile(r"\bart(?:icle|ikel|icolo|ículo)?\.?\s*(\d+)", re.IGNORECASE)
_BREAKS = re.compile(r"[\s\u00ad‐-]+")


def evaluate_questions(
    assistant: Assistant, questions: Sequence[dict[str, Any]], reader: Reader
) -> dict[str, Any]:
    """{rates, times_ms, questions}: a rate is a share from 0 to 1, None without such a question."""
    rows = [_ask(assistant, question, reader) for question in questions]
    answerable = [row for row in rows if row["answerable"]]
    others = [row for row in rows if not row["answerable"]]
    rates: dict[str, float | None] = {
        name: _share(answerable, name)
        for name in (
            "evidence_in_passages",
            "section_in_passages",
            "evidence_in_statement",
            "right_section",
        )
    }
    rates["wrongly_declined"] = _share(answerable, "declined")
    rates["declined"] = _share(others, "declined")
    quotes = [verified for row in rows for verified in row["verified"]]
    rates["quotes_verified"] = fmean(quotes) if quotes else None
    times = [row["ms"] for row in rows]
    return {
        "rates": rates,
        "times_ms": {"median": median(times), "max": max(times)} if times else {},
        "questions": rows,
    }


def _share(rows: Sequence[dict[str, Any]], name: str) -> float | None:
    known = [row[name] for row in rows if row[name] is not None]
    return round(fmean(known), 4) if known else None


def _ask(assistant: Assistant, question: dict[str, Any], reader: Reader) -> dict[str, Any]:
    found = assistant.retriever.retrieve(question["question"], reader)
    events = list(assistant.answer(question["question"], reader))
    citations = [e.statement.citation for e in events if isinstance(e, StatementReady)]
    [last] = [event for event in events if isinstance(event, Answered | Declined)]
    return {
        "id": question.get("id", ""),
        "question": question["question"],
        "answerable": bool(question.get("answerable", True)),
        "declined": isinstance(last, Declined),
        "evidence_in_passages": _held(question, [e.text for e in found.evidence]),
        "section_in_passages": _located(question, _places(found)),
        "evidence_in_statement": _held(question, [c.quote for c in citations]),
        "right_section": _located(question, [(c.document, c.section, c.quote) for c in citations]),
        "verified": [stands_there(assistant.engine, citation) for citation in citations],
        "likelihood": round(_likelihood(found), 3),
        "ms": round(sum(last.timings_ms.values()), 1),
        "cited": [f"{c.document} › {' › '.join(c.section)}" for c in citations],
    }


def _likelihood(found: Retrieval) -> float:
    return likelihood(signals_of(found, scored_sentences(found))) if found.evidence else 0.0


def _held(question: dict[str, Any], texts: Iterable[str]) -> bool | None:
    """Whether one of the texts holds the evidence; None without evidence."""
    return any(_holds(text, question) for text in texts) if question.get("evidence") else None


def _holds(text: str, question: dict[str, Any]) -> bool:
    wanted, stands = _bare(question.get("evidence") or ""), _bare(text)
    return bool(wanted) and (wanted in stands or (len(stands) >= 40 and stands in wanted))


def _bare(text: str) -> str:
    """Without white space and hyphens, which differ between two readings of one page."""
    return _BREAKS.sub("", unicodedata.normalize("NFKC", text))


def _places(found: Retrieval) -> list[Place]:
    return [(e.document.path, e.passage.section, e.text) for e in found.evidence]


def _located(question: dict[str, Any], places: Iterable[Place]) -> bool | None:
    """Whether one of the places is where the question's locator points; None without locator."""
    locator = str(question.get("locator") or "")
    documents = {question.get("doc"), *(question.get("also_in") or ())}
    if not locator:
        return None
    return any(
        path in documents and _is_section(section, text, locator) for path, section, text in places
    )


def _is_section(section: Sequence[str], text: str, locator: str) -> bool:
    heading = " › ".join(section)
    wanted = _ARTICLE.findall(locator)
    if wanted:
        return bool(set(wanted) & set(_ARTICLE.findall(heading)))
    return _bare(locator).casefold() in _bare(heading + text).casefold()


def stands_there(engine: Engine, citation: Citation) -> bool:
    """Looks the quote up once more, independently of the assistant."""
    with reading(engine) as session:
        version = session.scalar(
            select(Version.id).where(
                Version.document_id == citation.document_id, Version.number == citation.version
            )
        )
        if version is None:
            return False
        stands: str = text_between(session, version, citation.start, citation.end)
        return stands == citation.quote
