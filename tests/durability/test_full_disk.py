"""A disk that is full for a while: it is said, nothing is lost, and the work goes on by itself."""

import errno
import logging
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from threading import Event, Thread

import pytest
from flask import Flask
from sqlalchemy import Engine, select

from hub.cli.assistant import commands as assistant_commands
from hub.cli.index import index as index_commands
from hub.cli.library import library as library_commands
from hub.extensions import db
from indexer import jobs, worker
from indexer.verifying import differences
from knowledge.disk import is_disk_full
from knowledge.index import FileIndex
from knowledge.models import IndexJob
from knowledge.orm import Base, open_engine, reading
from knowledge.protocols import Vectors
from tests.durability.library import PATIENCE, Library
from tests.factories import (
    ACT,
    CountingEmbedder,
    add_document,
    committed,
    found_by,
    make_tools,
    many_paragraphs,
    work,
)
from tests.hub.conftest import make_app
from tests.hub.paper import pdf
from tests.hub.shelf import Shelf

SIZE = 24_000_000


class SmallDisk:
    """A file system of a few megabytes, which can be filled and emptied."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.filler = folder / "filler"

    def fill(self, leaving: int = 0) -> None:
        status = os.statvfs(self.folder)
        with self.filler.open("ab") as out:
            os.posix_fallocate(
                out.fileno(), 0, out.tell() + max(0, status.f_bavail * status.f_frsize - leaving)
            )

    def empty(self) -> None:
        self.filler.unlink(missing_ok=True)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[SmallDisk]:
    folder = tmp_path / "small"
    folder.mkdir()
    options = ["-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", str(folder)]
    if not sys.platform.startswith("linux") or subprocess.run(["mount", *options]).returncode:
        reason = "a small file system cannot be mounted here; that needs Linux and its root"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    yield SmallDisk(folder)
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


@pytest.fixture
def hub(disk: SmallDisk) -> Iterator[Flask]:
    """A hub with its data, and on SQLite its database, on the small disk."""
    app = make_app(disk.folder / "data")
    with app.app_context():
        db.drop_all()
        db.create_all()
    Shelf(app).add("act.md", ACT)
    keeping_open = app.app_context()  # as a server does: SQLite needs room to open a database
    keeping_open.push()
    connection = db.engine.connect()
    yield app
    connection.close()
    db.session.remove()
    db.engine.dispose()
    keeping_open.pop()


def told(app: Flask, commands: object, *words: str) -> tuple[int, str]:
    """The exit status of a command, and everything that it said."""
    ended = app.test_cli_runner().invoke(commands, words)
    assert "Traceback" not in ended.output
    assert ended.exception is None or isinstance(ended.exception, SystemExit), ended.exception
    return ended.exit_code, ended.output


def answer_of(app: Flask) -> str:
    status, said = told(app, assistant_commands, "ask", "Which cameras are prohibited?")
    assert status == 0
    return said


@pytest.mark.parametrize("waits", [(), ("--wait",)])
def test_an_import_onto_a_full_disk_says_so_and_works_when_there_is_room(
    hub: Flask, disk: SmallDisk, tmp_path: Path, waits: Sequence[str]
) -> None:
    (tmp_path / "large.md").write_text(many_paragraphs(3_000))
    (tmp_path / "new.md").write_text(many_paragraphs(20))
    before = answer_of(hub)
    disk.fill()

    for file in ("large.md", "new.md"):
        status, said = told(hub, library_commands, "import", *waits, str(tmp_path / file))
        assert status == 1
        assert f"{file}: was not kept, because the disk is full" in said
    assert told(hub, library_commands, "list")[1].count("act.md") == 1
    assert answer_of(hub) == before
    disk.empty()

    assert told(hub, index_commands, "verify") == (0, "Everything agrees.\n")
    assert told(hub, library_commands, "import", "--wait", str(tmp_path / "new.md"))[0] == 0
    assert told(hub, index_commands, "verify") == (0, "Everything agrees.\n")


@pytest.mark.parametrize("leaving", [0, 40_000, 100_000, 200_000])
def test_a_disk_that_fills_up_during_the_work_is_said_in_one_sentence(
    hub: Flask, disk: SmallDisk, tmp_path: Path, leaving: int
) -> None:
    (tmp_path / "long.md").write_text(many_paragraphs(400))
    before = answer_of(hub)
    assert told(hub, library_commands, "import", str(tmp_path / "long.md"))[0] == 0
    disk.fill(leaving)

    assert told(hub, index_commands, "work", "--once") == (1, f"Error: {FULL}\n")
    assert answer_of(hub) == before
    status, said = told(hub, library_commands, "import", "--wait", str(tmp_path / "long.md"))
    assert (status, FULL in said or "was not kept, because the disk is full" in said) == (1, True)
    assert told(hub, index_commands, "rebuild") == (1, f"Error: {FULL}\n")
    assert answer_of(hub) == before
    disk.empty()

    later = time.monotonic() + PATIENCE
    while "2 ready" not in told(hub, index_commands, "status")[1]:
        assert time.monotonic() < later
        assert told(hub, index_commands, "work", "--once")[0] == 0
        time.sleep(0.5)
    assert told(hub, index_commands, "verify") == (0, "Everything agrees.\n")


FULL = (
    "The disk is full. Nothing that was stored is lost; free some space, and the work goes on "
    "where it was."
)


def test_pages_say_that_the_disk_is_full_and_reading_goes_on(
    hub: Flask, disk: SmallDisk, caplog: pytest.LogCaptureFixture
) -> None:
    document = Shelf(hub).add("paper.pdf", pdf([["Harbour patrol drones are registered."]]))
    client = hub.test_client()
    picture = f"/library/{document}/pages/1.webp"
    disk.fill()

    refused = client.get(picture)
    assert (refused.status_code, "no room left" in refused.text) == (507, True)
    assert client.get(f"/library/{document}").status_code == 200
    assert client.get("/library").status_code == 200
    if db.engine.dialect.name == "sqlite":
        asked = client.post("/assistant/ask", data={"question": "Which cameras are prohibited?"})
        assert (asked.status_code, "no room left" in asked.text) == (507, True)
    assert not any(record.exc_info for record in caplog.records)
    assert not list((disk.folder / "data").rglob(".drawing-*"))
    disk.empty()

    with client.get(picture) as drawn:
        assert drawn.status_code == 200
    asked = client.post("/assistant/ask", data={"question": "Which cameras are prohibited?"})
    assert asked.status_code == 303


def test_a_generation_that_does_not_fit_is_never_named_wherever_the_room_ends(
    engine: Engine, database_url: str, disk: SmallDisk
) -> None:
    library = Library(engine, database_url, disk.folder / "data")
    library.add("camera.md", sections=40)
    library.finish()
    index = library.index
    before, whole = found_by(library.tools, "camera"), index.generation()
    refused = 0
    # The whole generation takes about 70 kB.
    for room in range(0, 120_000, 4_096):
        disk.fill(room)
        try:
            index.replace(whole.embedder, whole.fingerprint, {})
        except Exception as error:
            if not is_disk_full(error):
                raise
            refused += 1
        else:
            break
        assert index.leftovers() == []
        assert FileIndex(index.folder, index.library).generation().number == whole.number
        assert found_by(library.tools, "camera") == before
        disk.empty()
    assert 5 < refused < 29
    disk.empty()
    index.replace(whole.embedder, whole.fingerprint, {})
    assert differences(engine, library.tools.files, index) == []


class Short(CountingEmbedder):
    """Has no room to work for the first times."""

    def __init__(self, times: int) -> None:
        super().__init__()
        self.left = times

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        self.left -= 1
        if self.left >= 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return super().embed_passages(texts)


def test_a_full_disk_costs_a_document_no_attempt_and_is_logged_once(
    engine: Engine,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(worker, "ROOM_PAUSE", 0.02)
    tools = make_tools(engine, tmp_path, embedder=Short(jobs.MAX_ATTEMPTS + 3))
    add_document(tools)
    with at_work(tools):
        wait_until_done(engine)

    with committed(engine) as session:
        [job] = session.scalars(select(IndexJob)).all()
        assert (job.state, job.attempts) == ("done", 1)
    assert [r.getMessage() for r in caplog.records if r.levelno >= logging.ERROR] == [FULL]
    assert found_by(tools, "cameras") == [("act.md", 1)]


@pytest.mark.slow
def test_a_worker_goes_on_without_a_restart_once_there_is_room(
    engine: Engine,
    database_url: str,
    disk: SmallDisk,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Here the database has room: what fails is the index, again and again."""
    monkeypatch.setattr(worker, "ROOM_PAUSE", 0.05)
    library = Library(engine, database_url, disk.folder / "data")
    library.add("camera.md")
    library.finish()
    library.add("drone.md", sections=200)
    disk.fill()
    with at_work(library.tools):
        time.sleep(2)
        assert found_by(library.tools, "camera") == [("camera.md", 1)]
        assert found_by(library.tools, "drone") == []
        disk.empty()
        wait_until_done(engine)

    assert [r.getMessage() for r in caplog.records if r.levelno >= logging.ERROR] == [FULL]
    assert found_by(library.tools, "drone") == [("drone.md", 1)]
    work(library.tools)
    library.assert_in_order()


class Filling(CountingEmbedder):
    """Finds the disk full when it has done its work, for the first times."""

    def __init__(self, disk: SmallDisk, times: int) -> None:
        super().__init__()
        self.disk, self.left = disk, times

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        self.left -= 1
        if self.left >= 0:
            self.disk.fill()
        return super().embed_passages(texts)


@pytest.mark.slow
def test_where_even_giving_back_a_job_finds_no_room_it_is_given_back_later(
    disk: SmallDisk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On SQLite the queue lies on the full disk as well."""
    monkeypatch.setattr(worker, "ROOM_PAUSE", 0.05)
    engine = open_engine(f"sqlite:///{disk.folder / 'hub.db'}")
    Base.metadata.create_all(engine)
    embedder = Filling(disk, jobs.MAX_ATTEMPTS + 1)
    tools = make_tools(engine, disk.folder / "data", embedder=embedder)
    add_document(tools, many_paragraphs(40))
    with at_work(tools):
        for left in range(jobs.MAX_ATTEMPTS, -1, -1):
            wait_until(lambda left=left: embedder.left == left, "embedded")
            time.sleep(0.3)
            disk.empty()
        wait_until_done(engine)

    with committed(engine) as session:
        assert session.scalars(select(IndexJob.attempts)).all() == [1]
    assert differences(engine, tools.files, tools.index) == []
    engine.dispose()


class at_work:
    """A worker in a thread of this process."""

    def __init__(self, tools: object) -> None:
        self.stop = Event()
        self.thread = Thread(target=worker.run, args=(tools, self.stop))

    def __enter__(self) -> None:
        self.thread.start()

    def __exit__(self, *_: object) -> None:
        self.stop.set()
        self.thread.join(PATIENCE)
        assert not self.thread.is_alive()


def wait_until_done(engine: Engine) -> None:
    def is_done() -> bool:
        with reading(engine) as session:
            return set(session.scalars(select(IndexJob.state))) == {"done"}

    wait_until(is_done, "every job is done")


def wait_until(is_true: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not is_true():
        assert time.monotonic() < deadline, f"waited in vain: {what}"
        time.sleep(0.02)
