"""Audience and mark of a document: said at import, by the list of a folder, and by curators."""

from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select

from indexer.metadata import parse_metadata
from indexer.pipeline import Tools
from knowledge.access import ANYONE, reader_of
from knowledge.documents import Outcome, set_audience, withdraw
from knowledge.errors import AudienceRefused, MetadataRefused
from knowledge.metadata import Metadata
from knowledge.models import Document, IndexJob, JobState
from knowledge.retrieval import Retriever
from tests.factories import NOON, CountingEmbedder, add_document, committed, make_tools, work

STAFF = reader_of(is_staff=True)
QUESTION = "Which use of cameras that recognise faces is prohibited?"


@pytest.fixture
def tools(engine: Engine, tmp_path: Path) -> Tools:
    return make_tools(engine, tmp_path)


def state(tools: Tools) -> tuple[str, str]:
    with committed(tools.engine) as session:
        document = session.scalars(select(Document)).one()
        return document.audience, document.mark


def waiting(tools: Tools) -> int:
    unfinished = select(func.count()).where(IndexJob.state != JobState.DONE)
    with committed(tools.engine) as session:
        return session.scalar(unfinished) or 0


def moved(tools: Tools, audience: str | None, mark: str = "") -> set[str]:
    with committed(tools.engine) as session:
        document = session.scalars(select(Document)).one()
        return set_audience(session, document, audience, mark, NOON)


def found(tools: Tools, reader: object) -> list[str]:
    retriever = Retriever(tools.engine, tools.index, Path("no-model-here"))
    evidence = retriever.retrieve(QUESTION, reader).evidence  # type: ignore[arg-type]
    return sorted({e.document.audience for e in evidence})


@pytest.mark.parametrize(
    ("given", "audience"),
    [
        ({}, "public"),
        ({"mark": "clear"}, "public"),
        ({"mark": "green"}, "lea"),
        ({"mark": "amber"}, "staff"),
        ({"mark": "red", "audience": "group-3"}, "group-3"),
        ({"mark": "clear", "audience": "group-3"}, "group-3"),
        ({"audience": "members"}, "members"),
    ],
)
def test_a_new_document_is_for_whom_its_mark_says(
    tools: Tools, given: dict[str, str], audience: str
) -> None:
    add_document(tools, **given)

    assert state(tools) == (audience, given.get("mark", ""))


@pytest.mark.parametrize(
    "given",
    [
        {"mark": "red"},
        {"mark": "red", "audience": "staff"},
        {"mark": "amber", "audience": "lea"},
        {"mark": "green", "audience": "members"},
        {"mark": "green", "audience": "public"},
    ],
)
def test_a_mark_and_an_audience_that_contradict_each_other_are_refused(
    tools: Tools, given: dict[str, str]
) -> None:
    with pytest.raises(AudienceRefused):
        add_document(tools, **given)

    with committed(tools.engine) as session:
        assert session.scalars(select(Document)).all() == []


def test_a_mark_of_an_earlier_import_binds_the_later_one_and_nothing_is_half_written(
    tools: Tools,
) -> None:
    add_document(tools, mark="amber", title="The Act")

    with pytest.raises(AudienceRefused, match="TLP:AMBER may be for staff or one group, not for"):
        add_document(tools, "# Other\n\nWords.", audience="public", title="Another", date="2026")

    with committed(tools.engine) as session:
        document = session.scalars(select(Document)).one()
        assert (document.title, document.date, len(document.versions)) == ("The Act", "", 1)
    assert state(tools) == ("staff", "amber")
    with pytest.raises(AudienceRefused):
        add_document(tools, mark="red")
    assert state(tools) == ("staff", "amber")
    add_document(tools, mark="red", audience="group-9")
    assert state(tools) == ("group-9", "red")


def test_who_catches_the_refusal_has_nothing_in_the_session(tools: Tools) -> None:
    with committed(tools.engine) as session:
        with pytest.raises(AudienceRefused):
            Metadata(mark="red").apply(document := Document(path="a", title="A"))
        assert document not in session
    assert not document.mark
    assert not document.audience


def test_a_later_mark_closes_a_document_and_opens_none(tools: Tools) -> None:
    add_document(tools)
    add_document(tools, mark="green")
    assert state(tools) == ("lea", "green")

    add_document(tools, audience="group-2")
    add_document(tools, mark="clear")
    assert state(tools) == ("group-2", "clear")
    add_document(tools, mark="red")
    assert state(tools) == ("group-2", "red")
    add_document(tools, mark="")
    assert state(tools) == ("group-2", "")


def test_a_document_without_a_mark_is_what_it_was(tools: Tools) -> None:
    add_document(tools, audience="lea")

    assert add_document(tools, title="Named").document.audience == "lea"
    assert state(tools) == ("lea", "")


def test_curators_move_a_document_without_embedding_it(tools: Tools) -> None:
    add_document(tools)
    work(tools)
    assert isinstance(tools.embedder, CountingEmbedder)
    tools.embedder.texts.clear()

    assert moved(tools, None, "amber") == {"audience", "mark"}

    # Until the index has moved its passages, the database decides.
    assert tools.index.ids("public")
    assert found(tools, ANYONE) == []
    assert found(tools, STAFF) == ["staff"]  # proposed by the old part, open to staff by now
    assert waiting(tools) == 1
    work(tools)
    assert tools.index.audiences() == {"staff"}
    assert found(tools, ANYONE) == []
    assert found(tools, STAFF) == ["staff"]
    assert tools.embedder.texts == []


def test_a_document_that_moved_is_not_found_by_the_old_audience_nor_breaks_the_new_one(
    tools: Tools,
) -> None:
    add_document(tools, audience="group-1")
    work(tools)

    moved(tools, "group-2")

    assert found(tools, reader_of(groups=[1])) == []
    assert found(tools, reader_of(groups=[2])) == []  # from when the index has moved it
    work(tools)
    assert found(tools, reader_of(groups=[1])) == []
    assert found(tools, reader_of(groups=[2])) == ["group-2"]


def test_a_mark_alone_changes_nothing_in_the_index(tools: Tools) -> None:
    add_document(tools, audience="staff")
    work(tools)

    assert moved(tools, "staff", "amber") == {"mark"}
    assert moved(tools, "staff", "amber") == set()
    assert waiting(tools) == 0


def test_curators_are_refused_what_contradicts_and_nothing_changes(tools: Tools) -> None:
    add_document(tools, mark="amber")

    for audience, mark in (("public", "amber"), ("staff", "red"), ("nobody", ""), ("lea", "x")):
        with pytest.raises(MetadataRefused):
            moved(tools, audience, mark)
    with pytest.raises(AudienceRefused):
        moved(tools, None, "red")
    assert state(tools) == ("staff", "amber")


def test_a_curator_decides_on_the_document_as_it_is_now(tools: Tools) -> None:
    add_document(tools)
    with committed(tools.engine) as session:
        read_before = session.scalars(select(Document)).one()
    moved(tools, "staff", "amber")

    with committed(tools.engine) as session:
        session.add(read_before)  # as another curator's page had it
        changed = set_audience(session, read_before, "lea", "", NOON)

    assert changed == {"audience", "mark"}
    assert state(tools) == ("lea", "")


def test_a_withdrawn_document_may_be_moved(tools: Tools) -> None:
    add_document(tools)
    work(tools)
    with committed(tools.engine) as session:
        withdraw(session, session.scalars(select(Document)).one(), NOON)
    moved(tools, "staff")
    work(tools)

    assert tools.index.audiences() == frozenset()


def test_a_changed_file_for_others_leaves_the_index_at_once(tools: Tools) -> None:
    """Not only once the new file is read: it may turn out to be unreadable."""
    add_document(tools)
    work(tools)

    assert add_document(tools, b"\x00\x01", mark="amber").outcome is Outcome.CHANGED
    assert waiting(tools) == 2  # the new file's, and one that takes the old text out of the part
    work(tools)

    assert tools.index.ids("public") == frozenset()
    assert found(tools, STAFF) == ["staff"]


def test_the_list_of_a_folder_may_name_marks() -> None:
    read = parse_metadata(
        "path,audience,mark\na.md,,TLP:AMBER\nb.md,group-3,red\nc.md,,red\nd.md,public,green\n"
        "e.md,,pink\nf.md,,\ng.md,police,\n"
    )

    assert read.by_path["a.md"] == Metadata(mark="amber")
    assert read.by_path["b.md"] == Metadata(mark="red", audience="group-3")
    assert read.by_path["f.md"] == Metadata()
    assert [(p.line, p.cause.split(" ")[1]) for p in read.problems] == [
        (5, "text"),
        (6, "sharing"),
        (8, "audience"),
    ]
