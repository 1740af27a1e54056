"""What is closed while an answer is given is not in what comes after."""

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Engine, select, update

from indexer.pipeline import Tools
from knowledge import choosing, deciding
from knowledge.access import ANYONE, Reader, reader_of
from knowledge.answering import Assistant
from knowledge.answers import (
    Answered,
    AnswerEvent,
    Declined,
    DeclineReason,
    SourcesFound,
    StatementReady,
)
from knowledge.documents import set_audience, withdraw
from knowledge.models import Document, Version
from knowledge.retrieval import Retriever
from tests.factories import NOON, add_document, committed, make_tools, work

OPEN = """# Cameras

The camera in the station hall records for two days at most.

Who asks how long the camera records is given a leaflet.
"""
CLOSED = """# Zebra

How long the zebra camera records is written in the zebra order.

The zebra camera in the yard records for nine days and longer.

A zebra camera also records who asks how long it records.
"""
QUESTION = "How long does the camera record?"


class Lent:
    """A reader from whom something may be taken."""

    def __init__(self) -> None:
        self.is_staff = True
        self.looked_up = 0

    def reader(self) -> Reader:
        return reader_of(is_staff=True, renew=self.renew)

    def renew(self) -> Reader:
        self.looked_up += 1
        return reader_of(is_staff=True) if self.is_staff else ANYONE


@pytest.fixture
def tools(engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tools:
    monkeypatch.setattr(deciding, "THRESHOLD", 0.0)  # hashed words say nothing of likelihood
    monkeypatch.setattr(choosing, "MARGIN", 2.0)
    tools = make_tools(engine, tmp_path)
    add_document(tools, CLOSED, "zebra.md", title="Zebra order", audience="staff", mark="amber")
    return tools


def assistant(tools: Tools) -> Assistant:
    return Assistant(tools.engine, Retriever(tools.engine, tools.index, Path("no-model-here")))


def document(tools: Tools) -> Document:
    with committed(tools.engine) as session:
        return session.scalars(select(Document).where(Document.path == "zebra.md")).one()


def withdrawn(tools: Tools, _lent: Lent) -> None:
    with committed(tools.engine) as session:
        withdraw(session, session.merge(document(tools)), NOON)


def moved(tools: Tools, _lent: Lent) -> None:
    with committed(tools.engine) as session:
        set_audience(session, session.merge(document(tools)), "group-1", "red", NOON)


def lost(_tools: Tools, lent: Lent) -> None:
    lent.is_staff = False


def is_told(events: list[AnswerEvent]) -> bool:
    return "zebra" in repr(events).lower()


ways = pytest.mark.parametrize("close", [withdrawn, moved, lost])
Close = Callable[[Tools, Lent], None]


def test_a_citation_says_for_whom_its_document_is(tools: Tools) -> None:
    work(tools)

    events = list(assistant(tools).answer(QUESTION, Lent().reader()))

    [first, *_] = [e.statement.citation for e in events if isinstance(e, StatementReady)]
    assert (first.mark, first.audience) == ("amber", "staff")


@ways
@pytest.mark.parametrize("after", [0, 1, 2, 3, 4])
def test_no_later_event_holds_anything_of_what_was_closed(
    tools: Tools, close: Close, after: int
) -> None:
    add_document(tools, OPEN, "open.md")
    work(tools)
    lent = Lent()
    events = assistant(tools).answer(QUESTION, lent.reader())
    before = [next(events) for _ in range(after)]
    assert is_told(before) == (after > 0)

    close(tools, lent)
    later = list(events)

    assert not is_told(later)
    assert isinstance(later[-1], Answered | Declined)
    if after < 2:
        assert "two days" in repr(later), "what is open is said all the same"


@ways
def test_when_nothing_was_said_yet_and_all_is_closed_it_is_declined(
    tools: Tools, close: Close
) -> None:
    work(tools)
    lent = Lent()
    events = assistant(tools).answer(QUESTION, lent.reader())
    assert isinstance(next(events), SourcesFound)

    close(tools, lent)

    [last] = events
    assert isinstance(last, Declined)
    assert (last.reason, last.nearest) == (DeclineReason.NOT_IN_LIBRARY, ())


@ways
def test_nearest_passages_are_those_still_open(
    tools: Tools, close: Close, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deciding, "THRESHOLD", 1.1)
    add_document(tools, OPEN, "open.md")
    work(tools)
    lent = Lent()
    answer = assistant(tools).answer
    assert is_told(list(answer(QUESTION, lent.reader())))
    events = answer(QUESTION, lent.reader())
    next(events)

    close(tools, lent)

    [last] = events
    assert isinstance(last, Declined)
    assert [citation.document for citation in last.nearest] == ["open.md"]


@ways
def test_titles_are_not_told_when_closed_right_before(tools: Tools, close: Close) -> None:
    """Between the search and the first event, at the reader's own second look-up."""
    add_document(tools, OPEN, "open.md")
    work(tools)
    lent = Lent()

    def renew() -> Reader:
        if lent.looked_up == 1:
            close(tools, lent)
        return lent.renew()

    events = list(assistant(tools).answer(QUESTION, reader_of(is_staff=True, renew=renew)))

    assert not is_told(events)
    assert isinstance(events[0], SourcesFound)
    assert events[0].titles == ("Cameras",)


@ways
def test_a_library_that_is_closed_before_the_first_event_has_nothing(
    tools: Tools, close: Close
) -> None:
    work(tools)
    lent = Lent()

    def renew() -> Reader:
        if lent.looked_up == 1:
            close(tools, lent)
        return lent.renew()

    [last] = assistant(tools).answer(QUESTION, reader_of(is_staff=True, renew=renew))

    assert isinstance(last, Declined)
    assert (last.reason, last.nearest) == (DeclineReason.NOTHING_INDEXED, ())


def test_who_has_lost_an_audience_before_asking_is_asked_anew(tools: Tools) -> None:
    work(tools)
    lent = Lent()
    lent.is_staff = False

    [last] = assistant(tools).answer(QUESTION, lent.reader())

    assert isinstance(last, Declined)
    assert last.reason is DeclineReason.NOTHING_INDEXED


def test_a_text_is_not_older_than_one_that_was_closed(tools: Tools) -> None:
    about = "AI Act, Regulation (EU) 2024/1689"
    add_document(tools, OPEN, "open.md", title=about, date="2024")
    add_document(tools, CLOSED, "zebra.md", title=f"Zebra of the {about}", date="2026")
    work(tools)
    lent = Lent()
    answer = assistant(tools).answer
    whole = [e.statement.citation for e in answer(QUESTION, lent.reader()) if said(e)]  # type: ignore[union-attr]
    assert {c.is_older for c in whole if c.document == "open.md"} == {True}
    events = answer(QUESTION, lent.reader())
    next(events)
    while "zebra" not in repr(next(events)).lower():
        continue

    lent.is_staff = False

    left = [e.statement.citation for e in events if said(e)]  # type: ignore[union-attr]
    assert {c.is_older for c in left} == {False}


def said(event: AnswerEvent) -> bool:
    return isinstance(event, StatementReady)


def test_a_version_that_failed_after_it_was_found_is_not_quoted(tools: Tools) -> None:
    work(tools)
    events = assistant(tools).answer(QUESTION, Lent().reader())
    next(events)

    with committed(tools.engine) as session:
        session.execute(update(Document).values(current_version_id=None))
        session.execute(update(Version).values(state="failed"))

    assert not is_told(list(events))


@ways
def test_what_was_closed_takes_no_place_from_what_is_open(
    tools: Tools, close: Close, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(choosing, "MOST_STATEMENTS", 1)
    add_document(tools, OPEN, "open.md")
    work(tools)
    lent = Lent()
    answer = assistant(tools).answer
    question = "How long the zebra camera records is written where?"
    [_, only, _] = answer(question, lent.reader())
    assert is_told([only])
    events = answer(question, lent.reader())
    next(events)

    close(tools, lent)

    [statement, last] = events
    assert said(statement)
    assert isinstance(last, Answered)
    assert not is_told([statement])
