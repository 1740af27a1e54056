import logging
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Engine, select, update

from indexer.pipeline import Tools
from knowledge import deciding
from knowledge.access import ANYONE
from knowledge.answering import Assistant
from knowledge.answers import (
    Answered,
    AnswerEvent,
    Citation,
    Declined,
    DeclineReason,
    SourcesFound,
    StatementReady,
)
from knowledge.canonical import text_between
from knowledge.choosing import scored_sentences
from knowledge.models import PageRow, Version
from knowledge.orm import reading
from knowledge.retrieval import Retriever
from tests.factories import add_document, committed, make_tools, work

CAMERAS = """# Cameras

The camera in the station hall does record everything for two days.

How long the camera may record is written on a sign at its pole.

Whoever asks how the camera works is given a leaflet in four languages.

A camera does not record sound, and it does not record at night.
"""
QUESTION = "Which practices with cameras that recognise faces are prohibited?"


@pytest.fixture
def tools(engine: Engine, tmp_path: Path) -> Tools:
    return make_tools(engine, tmp_path)


@pytest.fixture(autouse=True)
def always_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    """The hashing embedder's cosines mean nothing to the model that decides."""
    monkeypatch.setattr(deciding, "THRESHOLD", 0.0)


def assistant(tools: Tools) -> Assistant:
    return Assistant(tools.engine, Retriever(tools.engine, tools.index, Path("no-model-here")))


def ask(tools: Tools, question: str = QUESTION) -> list[AnswerEvent]:
    return list(assistant(tools).answer(question, ANYONE))


def citations(events: list[AnswerEvent]) -> list[Citation]:
    return [event.statement.citation for event in events if isinstance(event, StatementReady)]


def test_an_answer_is_sources_then_statements_then_done(tools: Tools) -> None:
    add_document(tools)
    work(tools)

    first, *statements, last = ask(tools)

    assert isinstance(first, SourcesFound)
    assert isinstance(last, Answered)
    assert last.generation == 1
    assert statements
    assert all(isinstance(event, StatementReady) for event in statements)


def test_a_statement_is_exactly_what_the_stored_pages_say(tools: Tools) -> None:
    add_document(tools, title="The Act")
    work(tools)

    found = citations(ask(tools))

    assert [citation.n for citation in found] == list(range(1, len(found) + 1))
    assert any("recognise faces" in citation.quote for citation in found)
    with reading(tools.engine) as session:
        version = session.scalars(select(Version)).one()
        for citation in found:
            stands = text_between(session, version.id, citation.start, citation.end)
            assert stands == citation.quote


def test_statements_are_few_and_grouped_by_document(tools: Tools) -> None:
    add_document(tools, CAMERAS, "cameras.md")
    add_document(tools, CAMERAS.replace("camera", "video camera"), "videos.md")
    work(tools)

    found = citations(ask(tools, "How long does the camera record?"))

    documents = [citation.document for citation in found]
    assert 1 < len(found) <= 4
    assert documents == sorted(documents, key=documents.index)
    starts = [c.start for c in found if c.document == documents[0]]
    assert starts == sorted(starts)


def test_what_is_quoted_and_found_is_answered_however_unlikely(
    tools: Tools, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deciding, "THRESHOLD", 1.1)
    add_document(tools, CAMERAS, "cameras.md")
    work(tools)

    found = citations(ask(tools, 'Who says "a leaflet in four languages"?'))

    assert "a leaflet in four languages" in found[0].quote
    assert citations(ask(tools, 'Who says "a leaflet in five languages"?')) == []


def test_of_a_point_that_is_asked_for_this_point_is_quoted_first(tools: Tools) -> None:
    points = "\n\n".join(
        f"({letter}) the use of systems of kind {letter}, whatever they are used for, in public;"
        for letter in "abcdefgh"
    )
    add_document(
        tools, f"# Act\n\n## Article 5 Practices\n\n1. The following are prohibited.\n\n{points}"
    )
    work(tools)

    found = citations(ask(tools, "Article 5(1)(f)"))

    assert found[0].quote.startswith("(f)")
    assert found[0].place == ("1", "(f)")


def test_the_question_itself_is_compared_with_the_answer_too(tools: Tools) -> None:
    """What is searched has the law's words behind the question's."""
    add_document(tools)
    work(tools)
    retriever = Retriever(tools.engine, tools.index, Path("no-model-here"))
    plain = retriever.retrieve("the street", ANYONE)
    assert plain.embedder is not None
    searched = "the street; biometric systems"
    found = replace(
        plain,
        asked=replace(plain.asked, rewritten=searched),
        vector=plain.embedder.embed_question(searched),
    )

    alike = deciding.signals_of(plain, scored_sentences(plain))
    told_apart = deciding.signals_of(found, scored_sentences(found))

    assert alike.as_asked == alike.likeness
    assert told_apart.likeness != pytest.approx(alike.likeness, abs=1e-3)
    assert told_apart.as_asked == pytest.approx(alike.likeness, abs=1e-5)


def test_a_page_changed_between_two_statements_is_not_quoted(
    tools: Tools, caplog: pytest.LogCaptureFixture
) -> None:
    add_document(tools)
    work(tools)
    events = assistant(tools).answer(QUESTION, ANYONE)
    assert isinstance(next(events), SourcesFound)

    with committed(tools.engine) as session:
        for page in session.scalars(select(PageRow)):
            page.text = page.text.replace("faces", "faecs").replace("pictures", "picturse")
    with caplog.at_level(logging.ERROR):
        rest = list(events)

    quotes = [citation.quote for citation in citations(rest)]
    assert not any("fac" in quote or "fae" in quote for quote in quotes)
    assert "quote_mismatch" in caplog.text
    assert "recognise" not in caplog.text


def test_when_no_quote_can_be_verified_nothing_is_answered(tools: Tools) -> None:
    add_document(tools)
    work(tools)
    events = assistant(tools).answer(QUESTION, ANYONE)
    next(events)

    with committed(tools.engine) as session:
        session.execute(update(PageRow).values(text="gone"))

    [last] = events
    assert isinstance(last, Declined)
    assert last.nearest == ()


def test_a_weak_finding_is_declined_with_the_nearest_passages(
    tools: Tools, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deciding, "THRESHOLD", 1.1)
    add_document(tools)
    work(tools)

    events = ask(tools)

    last = events[-1]
    assert citations(events) == []
    assert isinstance(last, Declined)
    assert last.reason is DeclineReason.NOT_IN_LIBRARY
    assert last.nearest


def test_an_empty_library_says_so(tools: Tools) -> None:
    [last] = ask(tools)

    assert isinstance(last, Declined)
    assert last.reason is DeclineReason.NOTHING_INDEXED


@pytest.mark.parametrize("question", ["?", "123 456", "   "])
def test_a_question_without_words_is_unclear(tools: Tools, question: str) -> None:
    [last] = ask(tools, question)

    assert isinstance(last, Declined)
    assert last.reason is DeclineReason.UNCLEAR


def test_no_transaction_is_open_between_two_events(tools: Tools) -> None:
    add_document(tools)
    work(tools)

    for _ in assistant(tools).answer(QUESTION, ANYONE):
        with committed(tools.engine) as session:  # would wait for an open one on SQLite
            session.execute(update(Version).values(filename="x"))


@pytest.mark.parametrize("question", ["NUL \x00 in it", "\ud800 alone", "a" * 20_000, "'; --"])
def test_a_hostile_question_gets_an_ordinary_ending(tools: Tools, question: str) -> None:
    add_document(tools)
    work(tools)

    assert isinstance(ask(tools, question)[-1], Answered | Declined)
