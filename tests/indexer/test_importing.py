"""Files and folders into the library: what is found, listed, refused and told."""

import json
import os
import subprocess
import sys
from pathlib import Path
from threading import Event

import pytest
from sqlalchemy import Engine, select

from indexer import worker
from indexer.importing import Result, Row, find, outcomes, queue_files
from indexer.metadata import parse_metadata, read_metadata
from indexer.pipeline import Tools
from indexer.status import status_of
from knowledge.errors import MetadataRefused
from knowledge.metadata import Metadata, checked_path
from knowledge.models import Document
from tests.factories import ACT, committed, found_by, make_tools

CHECKOUT = Path(__file__).resolve().parents[2]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "documents"
    (place / "law").mkdir(parents=True)
    (place / "law" / "act.md").write_text(ACT)
    (place / "note.txt").write_text("The police of the city keep a register of all cameras.\n")
    return place


def import_all(tools: Tools, *paths: Path, **given: str) -> dict[str, Row]:
    """What ``flask library import --wait`` does, without its words."""
    found = find(paths)
    rows = list(queue_files(tools, found.sources, Metadata(**given)))  # type: ignore[arg-type]
    worker.drive(tools, Event(), [row.job_id for row in rows if row.job_id], lambda: None)
    return {row.path: row for row in [*found.problems, *outcomes(tools.engine, rows)]}


def test_a_folder_is_imported_under_its_relative_paths(
    engine: Engine, tmp_path: Path, folder: Path
) -> None:
    tools = make_tools(engine, tmp_path)

    rows = import_all(tools, folder)

    assert {path: row.result for path, row in rows.items()} == {
        "law/act.md": Result.INDEXED,
        "note.txt": Result.INDEXED,
    }
    assert rows["law/act.md"].pages == 1
    assert rows["law/act.md"].passages > 0
    assert ("note.txt", 1) in found_by(tools, "register")
    again = import_all(tools, folder)
    assert {row.result for row in again.values()} == {Result.UNCHANGED}


def test_hidden_unknown_and_linked_files_are_passed_over(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("outside")
    (folder / "leads-out.txt").symlink_to(tmp_path / "secret.txt")
    (folder / ".hidden.md").write_text("# hidden")
    (folder / ".git").mkdir()
    (folder / ".git" / "a.md").write_text("# hidden")
    (folder / "picture.png").write_bytes(b"\x89PNG")
    os.mkfifo(folder / "pipe.txt")

    assert [source.path for source in find([folder]).sources] == ["note.txt", "law/act.md"]


def test_files_of_other_types_are_named_in_notes(folder: Path) -> None:
    for name in ("picture.png", "old.doc", "Makefile", ".hidden.png"):
        (folder / name).write_bytes(b"x")

    assert find([folder]).notes == (
        "Makefile is left out: files without an ending are not of a type that can be read",
        "old.doc is left out: files .doc are not of a type that can be read",
        "picture.png is left out: files .png are not of a type that can be read",
    )
    for number in range(60):
        (folder / f"{number:02}.png").write_bytes(b"x")
    assert find([folder]).notes[-1] == "files of other types that are left out as well: 13"


def test_nobody_guesses_the_status_of_a_document(
    engine: Engine, tmp_path: Path, folder: Path
) -> None:
    import_all(make_tools(engine, tmp_path), folder)

    with committed(engine) as session:
        assert set(session.scalars(select(Document.status))) == {"not stated"}


@pytest.mark.parametrize("mark", ["\u202e", "\u2066"])
def test_a_title_that_turns_the_text_around_is_refused(mark: str) -> None:
    with pytest.raises(MetadataRefused):
        Metadata(title=f"Report {mark}gpj.exe")
    with pytest.raises(MetadataRefused):
        checked_path(f"Report {mark}fdp.exe")


def test_what_is_not_there_or_there_twice_is_told(folder: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "note.txt").write_text("another note")

    found = find([folder, other, tmp_path / "missing.pdf"])

    assert {(row.path.rsplit("/", 1)[-1], row.problem) for row in found.problems} == {
        ("missing.pdf", "is not there"),
        ("note.txt", "has the same path as another file given"),
    }


def test_the_list_of_a_folder_describes_its_files(
    engine: Engine, tmp_path: Path, folder: Path
) -> None:
    (folder / "README.md").write_text("# About this folder")
    (folder / "metadata.csv").write_text(
        "path,title,type,language,date,status,publisher,replaced_by\n"
        'law/act.md,"The Act, as adopted",law,en,2024-06,superseded,Union,law/new.md\n'
        "note.txt,,,,,in force,,\n"
        "missing.md,Missing,,,,,,\n"
        "law/act.md,Again,,,,,,\n"
        "bad.md,Bad,,,2024-99,,,\n"
        "short.md,Short\n"
    )
    tools = make_tools(engine, tmp_path)

    rows = import_all(tools, folder, publisher="City")

    with committed(engine) as session:
        act = session.scalars(select(Document).where(Document.path == "law/act.md")).one()
        note = session.scalars(select(Document).where(Document.path == "note.txt")).one()
    assert (act.title, act.type, act.date) == ("The Act, as adopted", "law", "2024-06")
    assert (act.status, act.publisher, act.replaced_by) == ("superseded", "Union", "law/new.md")
    assert (note.title, note.publisher, note.language) == ("Note", "City", "en")
    failed = {path: row.problem for path, row in rows.items() if row.result is Result.FAILED}
    assert failed == {
        "metadata.csv, line 4": "There is no file “missing.md”.",
        "metadata.csv, line 5": "“law/act.md” stands in line 2 already.",
        "metadata.csv, line 6": "The date “2024-99” is not in the calendar.",
        "metadata.csv, line 7": "It has not as many cells as the first line.",
    }
    assert "README.md" not in rows


def test_sharing_marks_say_who_reads_and_contradictions_are_told(
    engine: Engine, tmp_path: Path, folder: Path
) -> None:
    for name in ("open.txt", "own.txt", "group.txt"):
        (folder / name).write_text(f"The {name} is about cameras.")
    (folder / "metadata.csv").write_text(
        "path,mark,audience\nopen.txt,,public\nown.txt,TLP:GREEN,\ngroup.txt,red,group-4\n"
    )
    tools = make_tools(engine, tmp_path)

    rows = import_all(tools, folder, mark="amber")

    with committed(engine) as session:
        found = {d.path: (d.audience, d.mark) for d in session.scalars(select(Document))}
    assert found == {
        "own.txt": ("lea", "green"),
        "group.txt": ("group-4", "red"),
        "note.txt": ("staff", "amber"),
        "law/act.md": ("staff", "amber"),
    }
    assert rows["open.txt"].problem == (
        "A text marked TLP:AMBER may be for staff or one group, not for the audience “public”."
    )
    (folder / "metadata.csv").unlink()
    again = import_all(tools, folder, audience="lea")
    refused = {path for path, row in again.items() if row.result is Result.FAILED}
    assert refused == {"group.txt", "note.txt", "law/act.md"}
    assert {again[path].result for path in ("own.txt", "open.txt")} == {
        Result.UNCHANGED,
        Result.INDEXED,
    }


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"\xff\xfe\x00", "The list is not in UTF-8."),
        (b"", "The list has no column “path” in its first line."),
        (b"title\nA\n", "The list has no column “path” in its first line."),
        (b'path,title\n"a.md,open\n', "The list ends here: unexpected end of data."),
    ],
)
def test_a_broken_list_is_told_and_the_files_are_found(
    folder: Path, content: bytes, problem: str
) -> None:
    (folder / "metadata.csv").write_bytes(content)

    found = find([folder])

    assert [row.problem for row in found.problems] == [problem]
    assert len(found.sources) == 2


def test_a_list_with_an_unknown_column_is_used_all_the_same() -> None:
    read = parse_metadata("\ufeffpath,colour\na.md,red\n".removeprefix("\ufeff"))

    assert list(read.by_path) == ["a.md"]
    assert [problem.cause for problem in read.problems] == ["The column “colour” is not known."]


def test_a_folder_without_a_list_has_none(tmp_path: Path) -> None:
    assert read_metadata(tmp_path) is None


def test_bad_files_are_told_with_their_cause_and_the_rest_is_indexed(
    engine: Engine, tmp_path: Path, folder: Path
) -> None:
    (folder / "broken.pdf").write_bytes(b"%PDF-1.4 broken")
    (folder / "empty.md").write_bytes(b"")
    (folder / "blank.md").write_bytes(b"  \n\n ")
    (folder / "picture.txt").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)))
    (folder / "nul.md").write_bytes(b"# A title\n\nIt holds a \x00 in the middle of it.\n")
    (folder / "locked.md").write_bytes(b"# locked")
    (folder / "locked.md").chmod(0)
    tools = make_tools(engine, tmp_path)

    rows = import_all(tools, folder)

    problems = {path: row.problem for path, row in rows.items() if row.result is Result.FAILED}
    assert problems["broken.pdf"] == "is damaged and cannot be read"
    assert problems["empty.md"] == "is empty"
    assert problems["blank.md"] == "holds no text"
    assert problems["picture.txt"].startswith("is of a type that cannot be read")
    assert rows["law/act.md"].result is Result.INDEXED
    assert {row.path for row in status_of(engine, tools.index).failed} == {
        path for path in problems if path not in ("locked.md",)
    }


def flask(folder: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    environ = {
        **os.environ,
        "HUB_DATA": str(folder),
        "HUB_EMBEDDER": "hashing",
        "HUB_ENV": "local",
        "DATABASE_URL": "",
    }
    return subprocess.run(
        [sys.executable, "-m", "flask", "--app", "wsgi", *arguments],
        cwd=CHECKOUT,
        env=environ,
        capture_output=True,
        text=True,
        timeout=120,
    )


@pytest.mark.slow
def test_the_command_line_imports_lists_withdraws_and_rebuilds(
    tmp_path: Path, folder: Path
) -> None:
    home = tmp_path / "home"

    first = flask(home, "library", "import", str(folder), "--wait", "--type", "law")
    assert "indexed    law/act.md   1 page, " in first.stdout, first.stderr
    assert first.returncode == 0

    (folder / "broken.pdf").write_bytes(b"%PDF-1.4 broken")
    second = flask(home, "library", "import", str(folder), "--wait", "--json")
    told = json.loads(second.stdout)
    assert (second.returncode, told["failed"], told["unchanged"]) == (1, 1, 2)
    assert {row["path"] for row in told["files"]} == {"broken.pdf", "law/act.md", "note.txt"}

    assert "law/act.md" in flask(home, "library", "list").stdout
    assert flask(home, "library", "withdraw", "law/act.md").returncode == 0
    assert flask(home, "library", "withdraw", "law/act.mdx").returncode == 1
    assert flask(home, "index", "work", "--once").returncode == 0

    status = json.loads(flask(home, "index", "status", "--json").stdout)
    assert (status["documents"], status["withdrawn"]) == (3, 1)
    assert status["index"]["passages"] == {"public": 1}
    assert status["failed"][0]["problem"] == "is damaged and cannot be read"
    assert "damaged" in flask(home, "index", "status").stdout

    rebuilt = flask(home, "index", "rebuild", "--parse")
    assert rebuilt.returncode == 0, rebuilt.stderr
    assert "serves, built with hashing" in rebuilt.stdout


@pytest.mark.slow
def test_wrong_options_are_refused_in_words(tmp_path: Path, folder: Path) -> None:
    wrong = (
        ["--date", "soon"],
        ["--status", "old"],
        ["--title", "One for all"],
        ["--mark", "pink"],
        ["--audience", "police"],
        ["--mark", "TLP:AMBER", "--audience", "public"],
    )
    for option in wrong:
        refused = flask(tmp_path / "home", "library", "import", str(folder), *option)

        assert refused.returncode == 2
        assert "Traceback" not in refused.stderr
        assert "Error: " in refused.stderr
