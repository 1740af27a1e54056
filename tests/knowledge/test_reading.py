"""Opening documents at a place."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from knowledge import reading
from knowledge.access import ANYONE, Reader
from knowledge.boxes import pack
from knowledge.models import Document, PageRow, Version, VersionState
from knowledge.orm import Base, open_engine

NOW = datetime(2026, 11, 1, tzinfo=UTC)
STAFF = Reader(frozenset({"public", "staff"}))
TEXTS = ("First page.\n", "Second page.\n", "Third.\n")


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    engine = open_engine(f"sqlite:///{tmp_path / 'hub.db'}")
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        yield session
    engine.dispose()


def document(session: Session, path: str, **values: object) -> Document:
    row = Document(path=path, title=path, created_at=NOW, updated_at=NOW, **values)
    session.add(row)
    session.flush()
    return row


def version(session: Session, of: Document, number: int, state: str = "ready") -> Version:
    row = Version(
        document_id=of.id, number=number, sha256="a" * 64, filename="a.pdf", size=1,
        state=VersionState(state), has_pages=True, page_count=3, created_at=NOW,
    )  # fmt: skip
    session.add(row)
    session.flush()
    if state == "ready":
        of.current_version_id = row.id
    start = 0
    for n, text in enumerate(TEXTS, 1):
        boxes = pack([(10.0 * i, 20.0, 10.0 * i + 9, 30.0) for i in range(len(text))])
        page = PageRow(version_id=row.id, number=n, start=start, text=text, boxes=boxes)
        session.add(page)
        start += len(text)
    session.flush()
    return row


def test_a_document_opens_in_its_current_version(session: Session) -> None:
    act = document(session, "act")
    version(session, act, 1)
    newest = version(session, act, 2)
    opened = reading.open_document(session, act.id, ANYONE)
    assert opened is not None
    assert (opened.version.id, opened.is_current) == (newest.id, True)


def test_an_older_version_opens_by_its_number(session: Session) -> None:
    act = document(session, "act")
    oldest = version(session, act, 1)
    version(session, act, 2)
    opened = reading.open_document(session, act.id, ANYONE, 1)
    assert opened is not None
    assert (opened.version.id, opened.is_current) == (oldest.id, False)
    assert [each.number for each in reading.ready_versions(session, act)] == [2, 1]


@pytest.mark.parametrize("number", [0, 2, 3])
def test_versions_that_are_not_ready_do_not_open(session: Session, number: int) -> None:
    act, other = document(session, "act"), document(session, "other")
    version(session, act, 1)
    version(session, act, 2, "waiting")
    version(session, other, 3)
    assert reading.open_document(session, act.id, ANYONE, number) is None
    assert [each.number for each in reading.ready_versions(session, act)] == [1]


@pytest.mark.parametrize(
    "values", [{"audience": "staff"}, {"withdrawn_at": NOW}], ids=["staff", "withdrawn"]
)
def test_what_is_hidden_does_not_open(session: Session, values: dict[str, object]) -> None:
    act = document(session, "act", **values)
    version(session, act, 1)
    assert reading.open_document(session, act.id, ANYONE) is None
    assert reading.open_document(session, act.id, ANYONE, 1) is None


def test_a_reader_of_the_audience_opens_it(session: Session) -> None:
    act = document(session, "act", audience="staff")
    version(session, act, 1)
    assert reading.open_document(session, act.id, STAFF)


def test_a_successor_is_named_to_those_who_may_see_it(session: Session) -> None:
    new = document(session, "new", audience="staff")
    version(session, new, 1)
    old = document(session, "old", replaced_by="new")
    assert reading.successor(session, old, ANYONE) is None
    assert reading.successor(session, old, STAFF) is new
    assert reading.successor(session, new, STAFF) is None


def test_positions_lead_to_their_page(session: Session) -> None:
    row = version(session, document(session, "act"), 1)
    ends = [0, 11, 12, 24, 25, 31]
    numbers = [reading.page_number_at(session, row, position) for position in ends]
    assert numbers == [1, 1, 2, 2, 3, 3]
    assert reading.text_length(session, row) == sum(map(len, TEXTS))


def test_a_text_of_no_pages_has_no_length(session: Session) -> None:
    assert reading.text_length(session, Version(id=99)) == 0


def test_pages_come_by_their_number(session: Session) -> None:
    row = version(session, document(session, "act"), 1)
    second = reading.page(session, row, 2)
    assert second is not None
    assert second.text == TEXTS[1]
    assert reading.page(session, row, 4) is None


def test_highlights_are_those_of_this_page(session: Session) -> None:
    row = version(session, document(session, "act"), 1)
    second = reading.page(session, row, 2)
    assert second is not None
    (box,) = reading.highlights_on(second, 5, 12 + 6)
    assert (box.left, box.right) == (0.0, 59.0)
    (rest,) = reading.highlights_on(second, 12 + 7, 999)
    assert rest.left == 70.0
    assert reading.highlights_on(second, 0, 12) == []
