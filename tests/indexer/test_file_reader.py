"""Files are read in a process of their own: whatever happens to it, this one goes on."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from threading import Event, Timer

import pytest
from sqlalchemy import Engine

from indexer.parsers import Block, BlockKind, Limits, Page, ParsedDocument, UnreadableFile
from indexer.parsers.parsed import NoteSign
from indexer.problems import problem_of
from indexer.reading import FileReader, ReaderUnavailable, frames
from indexer.reading.child import LARGEST_FILE
from indexer.worker import Stopped, drive
from knowledge.models import IndexJob
from tests.factories import READER, add_document, committed, make_tools

CHECKOUT = Path(__file__).resolve().parents[2]
# A parser of plain text that does what the file says, in the real child.
OBEDIENT = """
import ctypes, os, resource, subprocess, sys, time
from indexer.parsers import registry, sniffing
from indexer.parsers.text import TextParser
from indexer.reading import child

class Obedient(TextParser):
    def parse(self, stream):
        words = stream.read().decode().split()
        stream.seek(0)
        if words[0] == "fall":
            ctypes.string_at(0)
        if words[0] == "fall-once" and not os.path.exists(words[1]):
            open(words[1], "w").close()
            os.kill(os.getpid(), 9)
        if words[0] == "hang":
            time.sleep(600)
        if words[0] == "compute":
            while True: pass
        if words[0] == "remember":
            kept = []
            while True: kept.append(bytearray(10_000_000))
        if words[0] == "write":
            with open(words[1], "w") as file:
                for _ in range(25):
                    file.write("x" * 10_000_000)
        if words[0] == "shout":
            os.write(1, b"nonsense" * 10_000)
        if words[0] == "lie":
            os.write(3, b"R" * 1000)
            os._exit(0)
        if words[0] == "environment":
            stream = __import__("io").BytesIO(" ".join(os.environ).encode())
        if words[0] == "child":
            started = subprocess.Popen(["sleep", "600"])
            raise registry.UnreadableFile("damaged", str(started.pid))
        if words[0] == "open-files":
            kept = [os.dup(0) for _ in range(1000)]
        return super().parse(stream)

registry._LOADERS[sniffing.TEXT] = Obedient
child.main()
"""
QUICK = Limits(max_seconds=2, max_computing_seconds=30, max_memory=600_000_000)


@pytest.fixture
def obedient():
    reader = FileReader(("-c", OBEDIENT))
    yield reader
    reader.close()


def write(folder: Path, words: str) -> Path:
    file = folder / "order.txt"
    file.write_text(words)
    return file


def refused(reader: FileReader, file: Path, limits: Limits = QUICK) -> UnreadableFile:
    with pytest.raises(UnreadableFile) as caught:
        reader.read(file, file.name, limits)
    return caught.value


def text_of(document: ParsedDocument) -> str:
    return "".join(page.text for page in document.pages)


def pid_of(reader: FileReader) -> int:
    assert reader._process is not None
    return reader._process._popen.pid


def is_alive(pid: int) -> bool:
    """Whether the process runs; one that nobody has buried yet does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def wait_for(condition, seconds: float = 10) -> bool:  # type: ignore[no-untyped-def]
    until = time.monotonic() + seconds
    while not condition() and time.monotonic() < until:
        time.sleep(0.02)
    return condition()


@pytest.mark.parametrize(
    ("order", "limits", "cause", "words"),
    [
        ("fall down", QUICK, "crashes", "stops the program that reads it"),
        ("hang", QUICK, "too_slow", "takes too long to read"),
        ("compute", Limits(max_computing_seconds=1), "too_slow", "takes too long to read"),
        ("remember", QUICK, "too_much_memory", "needs too much memory to be read"),
        ("lie", QUICK, "damaged", "is damaged and cannot be read"),
    ],
)
def test_what_a_file_does_to_its_reader_is_told_and_the_next_file_is_read(
    tmp_path: Path, obedient: FileReader, order: str, limits: Limits, cause: str, words: str
) -> None:
    started = time.monotonic()
    error = refused(obedient, write(tmp_path, order), limits)

    assert error.cause == cause
    assert words in problem_of(error, "order.txt")
    assert time.monotonic() - started < 30
    assert text_of(obedient.read(write(tmp_path, "plain words"), "a.txt", limits)[1]) == (
        "plain words\n"
    )


def test_a_process_that_somebody_else_has_ended_is_started_again(
    tmp_path: Path, obedient: FileReader
) -> None:
    file = write(tmp_path, f"fall-once {tmp_path / 'fallen'}")
    obedient.read(write(tmp_path, "words"), "a.txt", QUICK)
    os.kill(pid_of(obedient), signal.SIGKILL)
    assert text_of(obedient.read(write(tmp_path, "words"), "a.txt", QUICK)[1]) == "words\n"

    file = write(tmp_path, f"fall-once {tmp_path / 'fallen'}")
    assert text_of(obedient.read(file, "a.txt", QUICK)[1]).startswith("fall-once")


def test_it_writes_no_large_file_and_opens_only_a_few(tmp_path: Path, obedient: FileReader) -> None:
    target = tmp_path / "written"
    assert refused(obedient, write(tmp_path, f"write {target}")).detail == "OSError"
    assert target.stat().st_size <= LARGEST_FILE
    assert refused(obedient, write(tmp_path, "open-files")).detail == "OSError"


def test_what_libraries_print_does_not_disturb(tmp_path: Path, obedient: FileReader) -> None:
    assert text_of(obedient.read(write(tmp_path, "shout"), "a.txt", QUICK)[1]) == "shout\n"


def test_it_knows_no_password_of_the_hub(
    tmp_path: Path, obedient: FileReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HUB_SECRET_KEY", "x")
    monkeypatch.setenv("DATABASE_URL", "x")
    found = text_of(obedient.read(write(tmp_path, "environment"), "a.txt", QUICK)[1])
    assert "PATH" in found
    assert not {"HUB_SECRET_KEY", "DATABASE_URL"} & set(found.split())


def test_one_process_reads_many_files(tmp_path: Path) -> None:
    reader = FileReader()
    pids = set()
    for number in range(5):
        reader.read(write(tmp_path, f"file {number}"), "a.txt", Limits())
        pids.add(pid_of(reader))
    refused(reader, write(tmp_path, " "), Limits())  # refusing a file is no reason to end it
    pids.add(pid_of(reader))
    reader.close()
    assert len(pids) == 1
    assert not is_alive(pids.pop())


def test_a_process_that_has_grown_large_is_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("indexer.reading.reader.MOST_MEMORY", 1_000_000)
    reader = FileReader()
    reader.read(write(tmp_path, "words"), "a.txt", Limits())
    assert reader._process is None


def test_how_large_its_parent_is_does_not_matter(tmp_path: Path) -> None:
    file = write(tmp_path, "words")
    code = (
        "from pathlib import Path\nfrom indexer.parsers import Limits\n"
        "from indexer.reading import FileReader\n"
        "ballast = b'x' * 600_000_000\nreader = FileReader()\n"
        f"reader.read(Path({str(file)!r}), 'a.txt', Limits())\n"
        "print(reader._process is not None)\nreader.close()\n"
    )
    found = subprocess.run([sys.executable, "-c", code], cwd=CHECKOUT, capture_output=True)
    assert found.stdout == b"True\n", found.stderr


def test_whoever_watches_can_stop_the_reading(tmp_path: Path, obedient: FileReader) -> None:
    class Enough(Exception):
        pass

    pids = []

    def watch(done: int, total: int) -> None:
        pids.append(pid_of(obedient))
        raise Enough

    with pytest.raises(Enough):
        obedient.read(write(tmp_path, "hang"), "a.txt", Limits(), watch)
    assert wait_for(lambda: not is_alive(pids[0]))


def test_its_own_children_end_with_it(tmp_path: Path, obedient: FileReader) -> None:
    error = refused(obedient, write(tmp_path, "child"))
    assert is_alive(int(error.detail))
    obedient.close()
    assert wait_for(lambda: not is_alive(int(error.detail)))


def test_it_ends_with_a_parent_that_is_killed(tmp_path: Path) -> None:
    """Even while it computes without pause."""
    file = write(tmp_path, "compute")
    code = (
        "import sys; from pathlib import Path\n"
        "from indexer.parsers import Limits\nfrom indexer.reading import FileReader\n"
        f"reader = FileReader(('-c', {OBEDIENT!r}))\n"
        "def watch(done, total): print(reader._process._popen.pid, flush=True)\n"
        f"reader.read(Path({str(file)!r}), 'a.txt', Limits(), watch)\n"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", code], cwd=CHECKOUT, stdout=subprocess.PIPE, text=True
    )
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    assert is_alive(child)

    parent.kill()
    parent.wait()
    parent.stdout.close()

    assert wait_for(lambda: not is_alive(child))


def test_a_worker_that_is_stopped_ends_the_reading_and_gives_the_job_back(
    engine: Engine, tmp_path: Path, obedient: FileReader
) -> None:
    tools = make_tools(engine, tmp_path, reader=obedient)
    add_document(tools, "hang", "slow.txt")
    stop = Event()
    Timer(1.5, stop.set).start()
    started = time.monotonic()

    with pytest.raises(Stopped):
        drive(tools, stop, [1], lambda: None)

    assert time.monotonic() - started < 20
    assert obedient._process is None
    with committed(engine) as session:
        assert session.get_one(IndexJob, 1).state == "waiting"


def test_no_file_is_blamed_where_the_process_does_not_start(tmp_path: Path) -> None:
    with pytest.raises(ReaderUnavailable):
        FileReader(("-c", "raise SystemExit(3)")).read(write(tmp_path, "x"), "a.txt", Limits())


# What crosses


def a_document() -> ParsedDocument:
    text = "Größe, déjà vu \N{GREEK SMALL LETTER OMEGA}\n1 note\n"
    blocks = [
        Block(0, 16, BlockKind.HEADING, 2),
        Block(17, 23, BlockKind.FOOTNOTE, continues=True, sign="1"),
    ]
    boxes = [(float(n), 2.5, n + 1.0, 9.0) for n in range(len(text))]
    notes = [NoteSign(6, "1")]
    pages = (
        Page(1, "iv", text, blocks, 595.2, 842.0, boxes, notes, is_recognised=True),
        Page(2, None, "", []),
    )
    return ParsedDocument(pages, True, "Title", "de", "2024-06", "draft", ("careful",))


def crossed(document: ParsedDocument) -> tuple[str, ParsedDocument]:
    whole = b"".join(frames.document_frame("text/plain", document, 5))
    _kind, told, _packed = frames.HEADER.unpack_from(whole)
    start = frames.HEADER.size
    content = frames.json.loads(whole[start : start + told])
    return frames.document_of(content, whole[start + told :])


def test_a_document_arrives_as_it_was_sent() -> None:
    sent = a_document()
    kind, arrived = crossed(sent)

    assert kind == "text/plain"
    for before, after in zip(sent.pages, arrived.pages, strict=True):
        assert list(after.boxes) == list(before.boxes)
        for name in ("number", "label", "text", "width", "height", "is_recognised"):
            assert getattr(after, name) == getattr(before, name)
        assert (list(after.blocks), list(after.notes)) == (list(before.blocks), list(before.notes))
    for name in ("has_pages", "title", "language", "date", "status", "warnings"):
        assert getattr(arrived, name) == getattr(sent, name)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda told: told["pages"][0].update(text="short"),
        lambda told: told["pages"][0]["blocks"].append([0, 5, "row", 0, False, ""]),
        lambda told: told["pages"][0]["blocks"][0].__setitem__(1, 10**9),
        lambda told: told["pages"][0]["blocks"][0].__setitem__(2, "spell"),
        lambda told: told["pages"][0]["notes"].append([-1, "x"]),
        lambda told: told.pop("warnings"),
        lambda told: told.update(pages=[]),
        lambda told: told.update(pages=7),
    ],
)
def test_what_a_parser_would_not_say_is_not_believed(spoil) -> None:  # type: ignore[no-untyped-def]
    whole = b"".join(frames.document_frame("text/plain", a_document(), 5))
    _kind, told, _packed = frames.HEADER.unpack_from(whole)
    start = frames.HEADER.size
    content = frames.json.loads(whole[start : start + told])
    spoil(content)
    with pytest.raises(frames.BrokenFrame):
        frames.document_of(content, whole[start + told :])


def test_the_real_reader_refuses_with_the_parsers_words(tmp_path: Path) -> None:
    file = tmp_path / "locked.pdf"
    file.write_bytes(b"<!DOCTYPE html><html><body>404</body></html>")
    error = refused(READER, file, Limits())
    assert (error.cause, error.detail) == ("damaged", "named .pdf but holds HTML")
