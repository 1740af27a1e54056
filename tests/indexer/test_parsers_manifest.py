"""Every messy file behaves as its row in the manifest says, read the way the worker reads it."""

import difflib
import re
import time
from pathlib import Path
from threading import Event

import pytest
from sqlalchemy import Engine, select

from indexer import worker
from indexer.importing import Result, find, outcomes, queue_files
from indexer.parsers import Limits, ParsedDocument, UnreadableFile
from indexer.parsers.tesseract import installed_languages
from indexer.problems import problem_of
from knowledge.metadata import Metadata
from knowledge.models import Document, PageRow, Passage
from tests.factories import READER, committed, make_tools
from tests.indexer.manifest import FEWEST, MESSY, Messy, parameters, plain, rows

SENTENCE = re.compile(r"(?:is|holds|needs|stops|takes|could) [^\n{}<>]{3,150}")
QUICK = 20.0  # seconds, of which text recognition may have more
NO_RECOGNITION = Limits(max_recognised_pages=0)


def read(row: Messy, limits: Limits) -> ParsedDocument:
    return READER.read(row.file, row.file.name, limits)[1]


def text_of(document: ParsedDocument) -> str:
    return "".join(page.text for page in document.pages)


@pytest.mark.parametrize("row", parameters())
def test_a_messy_file_behaves_as_the_manifest_says(row: Messy) -> None:
    assert row is not None, "the messy files are not here"
    started = time.monotonic()
    try:
        document = read(row, NO_RECOGNITION)
    except UnreadableFile as error:
        check_refusal(row, error)
    else:
        check_text(row, document)
    assert time.monotonic() - started < QUICK


def check_text(row: Messy, document: ParsedDocument) -> None:
    assert row.may_be_text, f"read as text: {text_of(document)[:60]!r}"
    assert text_of(document).strip()
    assert row.must_contain in plain(text_of(document))
    assert row.pages is None or len(document.pages) == row.pages
    assert [page.number for page in document.pages] == list(range(1, len(document.pages) + 1))
    assert "root:" not in text_of(document)  # a local file that an entity has drawn in


def check_refusal(row: Messy, error: UnreadableFile) -> None:
    assert not row.must_be_text, str(error)
    assert error.cause in UnreadableFile.CAUSES
    sentence = problem_of(error, row.file.name)
    assert SENTENCE.fullmatch(sentence), sentence
    expected = {
        "error:encrypted": ("encrypted", "password"),
        "empty:scanned": ("no_text", "text recognition is needed"),
        "empty": (("no_text", "empty"), ""),
        "unsupported": ("unknown_type", "of a type that cannot be read"),
        "unsupported-or-text": ("unknown_type", "of a type that cannot be read"),
        "error": (("damaged", "empty"), ""),
    }
    causes, words = expected.get(row.expect, (UnreadableFile.CAUSES, ""))
    assert error.cause in causes
    assert words in sentence


def test_the_list_is_whole(shared_data: Path) -> None:
    found = rows()
    assert len(found) >= FEWEST
    assert all(row.file.is_file() for row in found)


def test_three_forms_of_one_document_give_the_same_words(shared_data: Path) -> None:
    words = {}
    for suffix in ("docx", "odt", "pdf"):
        row = Messy(f"Jupyter_submission.{suffix}", "text", "", None)
        words[suffix] = plain(text_of(read(row, NO_RECOGNITION))).split()
    assert alike(words["docx"], words["odt"]) > 0.999
    # The PDF has its footnote at the foot of a page, and cells of tables that cross pages.
    assert alike(words["docx"], words["pdf"]) > 0.97


def alike(one: list[str], other: list[str]) -> float:
    return difflib.SequenceMatcher(None, one, other, autojunk=False).ratio()


@pytest.mark.slow
def test_the_whole_folder_as_one_batch(shared_data: Path, engine: Engine, tmp_path: Path) -> None:
    """The good files are found, the bad ones are named with their cause, none stops the others."""
    tools = make_tools(engine, tmp_path, limits=NO_RECOGNITION)
    found = find([MESSY])
    queued = list(queue_files(tools, found.sources, Metadata()))
    worker.drive(tools, Event(), [row.job_id for row in queued if row.job_id], lambda: None)
    told = {row.path: row for row in outcomes(engine, queued)}
    left_out = [note for note in found.notes if "is left out" in note]

    for row in rows():
        outcome = told.get(row.path)
        if outcome is None:
            assert row.expect.startswith("unsupported"), row.path
            assert any(note.startswith(row.path) for note in left_out)
        elif outcome.result is Result.INDEXED:
            assert row.may_be_text, row.path
            assert outcome.passages, row.path
        else:
            assert outcome.result is Result.FAILED
            assert not row.must_be_text, (row.path, outcome.problem)
            assert SENTENCE.fullmatch(outcome.problem), (row.path, outcome.problem)
    check_database(engine, {path for path, row in told.items() if row.result is Result.FAILED})


def check_database(engine: Engine, failed: set[str]) -> None:
    """What could not be read has left nothing behind that could be found."""
    with committed(engine) as session:
        documents = session.scalars(select(Document)).all()
        unread = [d for d in documents if d.path in failed]
        assert len(unread) == len(failed) > 5
        assert all(document.current_version is None for document in unread)
        versions = [version.id for document in unread for version in document.versions]
        for table in (PageRow, Passage):
            left = select(table.id).where(table.version_id.in_(versions))
            assert session.scalars(left).all() == []


@pytest.mark.slow
@pytest.mark.parametrize("name", ["congress.pdf", "single_table.pdf"])
def test_a_scan_is_read_where_text_recognition_is_installed(
    shared_data: Path, tesseract: frozenset[str], name: str
) -> None:
    document = read(Messy(name, "empty:scanned", "", 1), Limits())
    assert document.pages[0].is_recognised
    assert "eng" in installed_languages()
    wanted = {"congress.pdf": "united states", "single_table.pdf": "chipper 20 843 260 57"}
    assert wanted[name] in plain(text_of(document))
    assert "may hold mistakes" in document.warnings[0]
