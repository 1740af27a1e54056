"""From a file in the queue to a passage that is found, whatever happens on the way."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from threading import Event, Thread

import pytest
from sqlalchemy import Engine, func, select

from indexer import jobs, pipeline, publishing, worker
from indexer.reading import FileReader
from indexer.rebuild import forget_unused_vectors, renew_all
from knowledge import documents
from knowledge.access import Reader
from knowledge.embedders import HashingEmbedder
from knowledge.index import FileIndex
from knowledge.models import Document, Embedding, IndexJob, PageRow, Passage, Status, Version
from tests.factories import (
    ACT,
    Clock,
    CountingEmbedder,
    add_document,
    committed,
    found_by,
    make_tools,
    many_paragraphs,
    work,
)

CHECKOUT = Path(__file__).resolve().parents[2]
SLOW_WORKER = """
import sys
from pathlib import Path
from indexer import jobs
from datetime import timedelta
from knowledge.orm import open_engine
from tests.factories import CountingEmbedder, make_tools, work

jobs.LEASE = timedelta(seconds=float(sys.argv[4]))
engine = open_engine(sys.argv[1])
tools = make_tools(engine, Path(sys.argv[2]), embedder=CountingEmbedder(pause=float(sys.argv[3])))
work(tools)
print(len(tools.embedder.texts))
engine.dispose()
"""


def rows(engine: Engine, table: type) -> int:
    with committed(engine) as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def start_worker(
    url: str, folder: Path, pause: float = 0.0, lease: float = 60
) -> "subprocess.Popen[str]":
    command = [sys.executable, "-c", SLOW_WORKER, url, str(folder), str(pause), str(lease)]
    return subprocess.Popen(command, cwd=CHECKOUT, stdout=subprocess.PIPE, text=True)


def indexed_ids(tools: object) -> frozenset[int]:
    return tools.index.ids("public")  # type: ignore[attr-defined, no-any-return]


def current_passages(engine: Engine) -> set[int]:
    with committed(engine) as session:
        shown = select(Passage.id).join(Document, Document.current_version_id == Passage.version_id)
        return set(session.scalars(shown.where(Document.withdrawn_at.is_(None))))


def test_an_imported_file_is_found(engine: Engine, tmp_path: Path) -> None:
    tools = make_tools(engine, tmp_path)
    add_document(tools, ACT, type="law")
    assert found_by(tools, "prohibited cameras") == []

    work(tools)

    assert found_by(tools, "prohibited cameras") == [("act.md", 1)]
    with committed(engine) as session:
        document = session.scalars(select(Document)).one()
        assert (document.title, document.language) == ("The Act", "en")
        version = document.current_version
        assert version is not None
        assert (version.state, version.media_type) == ("ready", "text/markdown")
        assert session.get_one(IndexJob, 1).state == "done"
    assert indexed_ids(tools) == current_passages(engine)


def test_what_a_file_says_of_itself_is_kept_unless_a_person_has_said_otherwise(
    engine: Engine, tmp_path: Path
) -> None:
    tools = make_tools(engine, tmp_path)
    add_document(tools, f"DRAFT\n\n{ACT}", path="said.md")
    add_document(tools, f"DRAFT\n\n{ACT} ", path="stated.md", status=Status.IN_FORCE, date="2020")

    work(tools)

    with committed(engine) as session:
        found = {row.path: (row.status, row.date) for row in session.scalars(select(Document))}
    assert found == {"said.md": ("draft", ""), "stated.md": ("in force", "2020")}


def test_places_and_definitions_are_kept_with_the_passages(engine: Engine, tmp_path: Path) -> None:
    tools = make_tools(engine, tmp_path)
    add_document(tools, "# Act\n\n## Article 3\n\nDefinitions:\n\n(4) ‘deployer’ means a body.")

    work(tools)

    with committed(engine) as session:
        passage = session.scalars(select(Passage)).one()
        assert passage.places == [[], ["(4)"]]
        assert passage.definitions == [[1, "deployer"]]


def test_importing_twice_parses_and_embeds_nothing_again(engine: Engine, tmp_path: Path) -> None:
    tools = make_tools(engine, tmp_path)
    add_document(tools)
    work(tools)
    embedded, generation = list(tools.embedder.texts), tools.index.generation().number
    pages = rows(engine, PageRow)

    assert add_document(tools).outcome == "unchanged"
    work(tools)

    assert tools.embedder.texts == embedded
    assert (rows(engine, PageRow), tools.index.generation().number) == (pages, generation)


def test_a_changed_file_costs_only_its_new_texts(engine: Engine, tmp_path: Path) -> None:
    tools = make_tools(engine, tmp_path)
    add_document(tools)
    work(tools)
    tools.embedder.texts.clear()

    add_document(tools, ACT + "\n## Article 3 Penalties\n\nMember States lay down fines.\n")
    work(tools)

    assert len(tools.embedder.texts) == 1
    assert "fines" in tools.embedder.texts[0]
    assert found_by(tools, "fines") == [("act.md", 2)]
    assert indexed_ids(tools) == current_passages(engine)


def test_the_old_version_serves_until_the_new_one_is_shown(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tools = make_tools(engine, tmp_path)
    add_document(tools)
    work(tools)
    add_document(tools, ACT.replace("cameras", "microphones"))
    real = publishing._show
    seen = []

    def look_before(*arguments: object) -> None:
        seen.append((found_by(tools, "cameras"), found_by(tools, "microphones")))
        real(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(publishing, "_show", look_before)
    work(tools)

    # The new passages are in the index already; the database does not show them yet.
    assert seen[0] == ([("act.md", 1)], [])
    assert (found_by(tools, "cameras"), found_by(tools, "microphones")) == ([], [("act.md", 2)])
    assert indexed_ids(tools) == current_passages(engine)
    assert rows(engine, PageRow) == 2  # old citations still open


@pytest.mark.parametrize("step", ["replace", "_show"])
def test_a_crash_while_publishing_is_repaired(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    tools = make_tools(engine, tmp_path)
    add_document(tools)
    work(tools)
    add_document(tools, ACT.replace("cameras", "microphones"))

    def crash(*_: object) -> None:
        raise SystemExit

    with monkeypatch.context() as broken:
        broken.setattr(*((FileIndex, step) if step == "replace" else (publishing, step)), crash)
        with pytest.raises(SystemExit):
            work(tools)
    assert found_by(tools, "cameras") == [("act.md", 1)]
    assert found_by(tools, "microphones") == []

    work(tools)

    assert found_by(tools, "microphones") == [("act.md", 2)]
    assert indexed_ids(tools) == current_passages(engine)


def test_a_withdrawn_document_is_gone_at_once_and_then_from_the_index(
    engine: Engine, tmp_path: Path
) -> None:
    tools = make_tools(engine, tmp_path)
    add_document(tools)
    add_document(tools, "# Other\n\nOther cameras.", "other.md", language="en")
    work(tools)
    with committed(engine) as session:
        act = session.scalars(select(Document).where(Document.path == "act.md")).one()
        documents.withdraw(session, act, tools.now())
    assert found_by(tools, "cameras") == [("other.md", 1)]

    work(tools)
    assert indexed_ids(tools) == current_passages(engine)
    assert len(indexed_ids(tools)) == 1

    tools.embedder.texts.clear()
    add_document(tools)
    work(tools)
    assert ("act.md", 1) in found_by(tools, "cameras")
    assert tools.embedder.texts == []


def test_another_audience_moves_the_passages_without_embedding(
    engine: Engine, tmp_path: Path
) -> None:
    tools = make_tools(engine, tmp_path)
    add_document(tools)
    work(tools)
    tools.embedder.texts.clear()

    add_document(tools, audience="lea")
    assert found_by(tools, "cameras") == []
    work(tools)

    assert tools.embedder.texts == []
    assert tools.index.audiences() == frozenset({"lea"})
    assert found_by(tools, "cameras", Reader(frozenset({"lea"}))) == [("act.md", 1)]


def test_another_title_is_searched_from_then_on(engine: Engine, tmp_path: Path) -> None:
    tools = make_tools(engine, tmp_path)
    add_document(tools)
    work(tools)

    add_document(tools, title="Law of Lenses")
    work(tools)

    assert found_by(tools, "lenses") == [("act.md", 1)]


def test_a_poisonous_file_is_parked_and_the_others_are_indexed(
    engine: Engine, tmp_path: Path
) -> None:
    tools = make_tools(engine, tmp_path)
    add_document(tools, b"%PDF-1.7\n garbage", "broken.pdf")
    add_document(tools, b"", "empty.md")
    add_document(tools)

    work(tools)

    with committed(engine) as session:
        states = {v.filename: (v.state, v.problem) for v in session.scalars(select(Version)).all()}
        parked = [job.state for job in session.scalars(select(IndexJob).order_by(IndexJob.id))]
    assert states["broken.pdf"] == ("failed", "is damaged and cannot be read")
    assert states["empty.md"] == ("failed", "is empty")
    assert states["act.md"][0] == "ready"
    assert parked == ["parked", "parked", "done"]


def test_an_embedder_that_fails_is_tried_again_later(engine: Engine, tmp_path: Path) -> None:
    class Failing(CountingEmbedder):
        def embed_passages(self, texts):  # type: ignore[no-untyped-def]
            raise RuntimeError("no memory")

    clock = Clock()
    tools = make_tools(engine, tmp_path, embedder=Failing(), now=clock)
    add_document(tools)
    work(tools)
    with committed(engine) as session:
        job = session.get_one(IndexJob, 1)
        assert (job.state, job.attempts, job.error) == ("waiting", 1, "RuntimeError: no memory")
        clock.now = job.run_after

    healthy = make_tools(engine, tmp_path, now=clock)
    work(healthy)

    assert found_by(healthy, "cameras") == [("act.md", 1)]
    assert rows(engine, PageRow) == 1


def test_a_job_that_goes_on_does_not_parse_again(engine: Engine, tmp_path: Path) -> None:
    parsed = []

    class Counting(FileReader):
        def read(self, *given):  # type: ignore[no-untyped-def]
            parsed.append(given)
            return super().read(*given)

    tools = make_tools(engine, tmp_path, reader=Counting())
    version = add_document(tools).version.id

    pipeline.index_version(tools, version, lambda done, total: None)
    pipeline.index_version(tools, version, lambda done, total: None)

    assert len(parsed) == 1


def test_two_that_parse_the_same_version_write_its_pages_once(
    engine: Engine, tmp_path: Path
) -> None:
    tools = make_tools(engine, tmp_path)
    version = add_document(tools).version.id

    class Overtaken(FileReader):
        def read(self, *given):  # type: ignore[no-untyped-def]
            pipeline.index_version(tools, version, lambda done, total: None)
            return super().read(*given)

    slow = make_tools(engine, tmp_path, reader=Overtaken())
    pipeline.index_version(slow, version, lambda done, total: None)

    assert rows(engine, PageRow) == 1


def test_another_embedder_rebuilds_while_the_old_index_answers(
    engine: Engine, tmp_path: Path
) -> None:
    tools = make_tools(engine, tmp_path)
    add_document(tools)
    work(tools)
    seen = []

    class Watching(CountingEmbedder):
        def embed_passages(self, texts):  # type: ignore[no-untyped-def]
            seen.append((found_by(tools, "cameras"), tools.index.generation().fingerprint))
            return super().embed_passages(texts)

    other = make_tools(engine, tmp_path, embedder=Watching(64))
    work(other)

    assert seen == [([("act.md", 1)], "hashing-1-256")]
    assert other.index.generation().fingerprint == "hashing-1-64"
    assert found_by(other, "cameras") == [("act.md", 1)]
    assert rows(engine, PageRow) == 1
    assert forget_unused_vectors(engine, "hashing-1-64") == rows(engine, Passage)


def test_a_damaged_index_is_built_again_from_the_database(engine: Engine, tmp_path: Path) -> None:
    tools = make_tools(engine, tmp_path)
    add_document(tools)
    work(tools)
    tools.embedder.texts.clear()
    for file in (tmp_path / "index").rglob("dense.faiss"):
        file.write_bytes(b"\0" * file.stat().st_size)
    restarted = make_tools(engine, tmp_path, embedder=tools.embedder)

    work(restarted)

    assert found_by(restarted, "cameras") == [("act.md", 1)]
    assert tools.embedder.texts == []
    assert indexed_ids(restarted) == current_passages(engine)


def test_reading_every_file_again_keeps_old_versions_and_vectors(
    engine: Engine, tmp_path: Path
) -> None:
    tools = make_tools(engine, tmp_path)
    add_document(tools)
    work(tools)
    tools.embedder.texts.clear()

    renewed = renew_all(engine, tools.now())
    worker.drive(tools, Event(), renewed, lambda: None)

    assert found_by(tools, "cameras") == [("act.md", 2)]
    assert tools.embedder.texts == []
    assert rows(engine, PageRow) == 2


def test_a_stopped_worker_gives_its_job_back(engine: Engine, tmp_path: Path) -> None:
    tools = make_tools(engine, tmp_path, embedder=CountingEmbedder(pause=0.3))
    add_document(tools, many_paragraphs(200))
    stop = Event()
    thread = Thread(target=worker.run, args=(tools, stop))
    thread.start()
    while rows(engine, Embedding) == 0:
        time.sleep(0.05)
    stop.set()
    thread.join(10)

    with committed(engine) as session:
        job = session.get_one(IndexJob, 1)
        assert (job.state, job.attempts) == ("waiting", 0)
    assert not thread.is_alive()


@pytest.mark.slow
def test_a_killed_worker_loses_nothing_and_doubles_nothing(
    engine: Engine, database_url: str, tmp_path: Path
) -> None:
    tools = make_tools(engine, tmp_path)
    add_document(tools, many_paragraphs(300))
    victim = start_worker(database_url, tmp_path, pause=0.3, lease=2)
    deadline = time.monotonic() + 30
    while rows(engine, Embedding) < 64 and time.monotonic() < deadline:
        time.sleep(0.05)
    os.kill(victim.pid, signal.SIGKILL)
    victim.communicate()
    before = rows(engine, Embedding)
    assert 64 <= before < 300
    assert found_by(tools, "camera") == [("act.md", 1)]  # by its words

    time.sleep(2.2)  # the lease runs out
    heir = start_worker(database_url, tmp_path, lease=2)
    embedded, _ = heir.communicate(timeout=60)

    assert int(embedded) == 300 - before
    assert (rows(engine, Embedding), rows(engine, Passage)) == (300, 300)
    assert rows(engine, PageRow) == 1
    assert found_by(tools, "camera") == [("act.md", 1)]
    assert indexed_ids(tools) == current_passages(engine)


@pytest.mark.slow
def test_two_workers_share_one_queue(engine: Engine, database_url: str, tmp_path: Path) -> None:
    tools = make_tools(engine, tmp_path)
    for n in range(12):
        add_document(tools, many_paragraphs(5, f"word{n}"), f"{n}.md")

    pair = [start_worker(database_url, tmp_path, pause=0.05) for _ in range(2)]
    embedded = [int(one.communicate(timeout=60)[0]) for one in pair]
    work(tools)  # what the slower one left to publish

    assert sum(embedded) == 12 * 5
    assert min(embedded) > 0
    with committed(engine) as session:
        done = session.scalars(select(IndexJob)).all()
        assert {(job.state, job.attempts) for job in done} == {("done", 1)}
    assert indexed_ids(tools) == current_passages(engine)
    assert len(indexed_ids(tools)) == 60


def test_only_one_publishes_at_a_time(engine: Engine) -> None:
    with publishing.publishing_turn(engine) as first, publishing.publishing_turn(engine) as second:
        assert (first, second) == (True, False)
    with publishing.publishing_turn(engine) as again:
        assert again


def test_a_job_that_another_took_over_is_dropped_quietly(engine: Engine, tmp_path: Path) -> None:
    clock = Clock()

    class Robbed(HashingEmbedder):
        def embed_passages(self, texts):  # type: ignore[no-untyped-def]
            clock.now += jobs.LEASE * 2
            with committed(engine) as session:
                assert jobs.claim(session, "thief", clock.now)
            return super().embed_passages(texts)

    tools = make_tools(engine, tmp_path, embedder=Robbed(), now=clock)
    add_document(tools)

    work(tools)

    with committed(engine) as session:
        job = session.get_one(IndexJob, 1)
        assert (job.state, job.worker) == ("leased", "thief")
