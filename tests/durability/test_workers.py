"""Several workers on one queue: killed, frozen, and with clocks that jump."""

import random
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from threading import Event

import pytest
from sqlalchemy import Engine, func, select

from indexer import jobs, worker
from knowledge.index.generations import MANIFEST
from knowledge.models import Embedding, IndexJob, PageRow, Passage, Version
from tests.durability.library import CHECKOUT, PATIENCE, Library, Victims, victims
from tests.factories import committed, make_tools

WORKER = """
import sys, time
from pathlib import Path
from knowledge.documents import library_name
from knowledge.index import FileIndex
from knowledge.orm import open_engine
from tests.factories import CountingEmbedder, make_tools, work

class Watched(FileIndex):
    def replace(self, *given):
        began = time.time()
        try:
            return super().replace(*given)
        finally:
            print("TURN", began, time.time(), flush=True)

engine = open_engine(sys.argv[1])
folder = Path(sys.argv[2])
index = Watched(folder / "index", lambda: library_name(engine))
work(make_tools(engine, folder, index=index, embedder=CountingEmbedder(pause=0.02)))
engine.dispose()
"""


@pytest.fixture
def library(engine: Engine, database_url: str, tmp_path: Path) -> Library:
    (tmp_path / "data").mkdir()
    return Library(engine, database_url, tmp_path / "data")


def start_worker(library: Library) -> "subprocess.Popen[str]":
    command = [sys.executable, "-c", WORKER, library.url, str(library.folder)]
    return subprocess.Popen(command, cwd=CHECKOUT, stdout=subprocess.PIPE, text=True)


@pytest.mark.slow
@pytest.mark.parametrize("count", [2, 3])
def test_workers_share_the_jobs_and_publish_one_at_a_time(library: Library, count: int) -> None:
    for n in range(8 * count):
        library.add(f"word{n}.md", sections=4)
    pack = [start_worker(library) for _ in range(count)]
    told = [one.communicate(timeout=60)[0] for one in pack]
    assert {one.returncode for one in pack} == {0}
    library.finish()

    library.assert_in_order()
    with committed(library.engine) as session:
        done = session.execute(select(IndexJob.worker, IndexJob.attempts)).all()
    assert {attempts for _, attempts in done} == {1}
    assert len({name for name, _ in done}) == count, "one worker did it all; give it more to do"
    lines = [line for one in told for line in one.splitlines() if line.startswith("TURN")]
    turns = sorted(tuple(map(float, line.split()[1:])) for line in lines)
    assert len(turns) > 1
    assert all(one[1] <= other[0] for one, other in pairwise(turns))


@pytest.mark.slow
def test_one_of_three_is_killed_and_the_others_take_its_job_at_once(library: Library) -> None:
    for n in range(12):
        library.add(f"word{n}.md", sections=40)
    pack = [start_worker(library) for _ in range(3)]
    wait_until(lambda: count(library, Embedding) > 100)
    pack[0].kill()
    began = time.monotonic()
    for one in pack:
        one.communicate(timeout=60)
    library.finish()

    assert time.monotonic() - began < jobs.LEASE.total_seconds() / 2
    library.assert_in_order()


def wait_until(is_true: object) -> None:
    deadline = time.monotonic() + PATIENCE
    while not is_true():  # type: ignore[operator]
        assert time.monotonic() < deadline
        time.sleep(0.01)


def count(library: Library, table: type) -> int:
    with committed(library.engine) as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def snapshot(library: Library) -> list[object]:
    """Every row that a worker may write, and the index that serves."""
    with committed(library.engine) as session:
        rows: list[object] = [
            session.execute(select(*table.__table__.columns)).all()
            for table in (IndexJob, Version, PageRow, Passage)
        ]
    return [*rows, count(library, Embedding), (library.index.folder / MANIFEST).read_bytes()]


def is_stopped(pid: int) -> bool:
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "T"


def replace_the_frozen(library: Library) -> None:
    """A second worker, to which the lease of the first has run out."""
    later = timedelta(seconds=1) + jobs.LEASE
    tools = make_tools(
        library.engine, library.folder, index=library.index, now=lambda: datetime.now(UTC) + later
    )
    worker.run(tools, Event(), once=True)


def freeze(library: Library, started: Victims, step: int) -> bool:
    """Stops a worker at its n-th step, lets another do its work, and wakes it. Says whether it
    had been overtaken: one that publishes has its turn, and keeps it."""
    child = started.start("work", None, (step, "after", signal.SIGSTOP))
    wait_until(lambda: is_stopped(child) or "STEPS" in started.said())
    replace_the_frozen(library)
    is_overtaken = is_stopped(child) and not library.open_jobs()
    before = snapshot(library) if is_overtaken else []
    subprocess.run(["kill", "-CONT", str(child)], check=True)
    assert started.reap() == 0
    if is_overtaken:
        assert snapshot(library) == before, f"a worker frozen at step {step} changed something"
    return is_overtaken


@pytest.mark.slow
def test_a_frozen_worker_that_goes_on_too_late_changes_nothing(library: Library) -> None:
    if not sys.platform.startswith("linux"):
        pytest.skip("looks into /proc for processes that are stopped")
    seed = random.randrange(1_000_000)
    print(f"seed={seed}")
    with victims(library) as started:
        library.add("first.md")
        started.start("work")
        assert started.reap() == 0
        dice, steps = random.Random(seed), started.steps()
        overtaken = 0
        for n in range(12):
            library.add(f"word{n}.md")
            overtaken += freeze(library, started, dice.randint(1, steps))
            library.finish()
            library.assert_in_order()
    assert overtaken > 0


def test_a_clock_that_was_put_back_holds_no_job_up(library: Library) -> None:
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    early = make_tools(library.engine, library.folder, index=library.index, now=lambda: tomorrow)
    library.tools, tools = early, library.tools
    library.add("camera.md")
    library.add("drone.md")
    with committed(library.engine) as session:
        assert jobs.claim(session, "elsewhere", tomorrow)  # and it is never heard of again
    library.tools = tools

    library.finish()

    library.assert_in_order()


def test_a_clock_that_jumps_ahead_takes_no_job_from_who_works(library: Library) -> None:
    """The lease looks run out, a second worker takes it, and the first finds out."""
    library.add("camera.md")
    with committed(library.engine) as session:
        lease = jobs.claim(session, "first", datetime.now(UTC))
    assert lease is not None
    replace_the_frozen(library)
    with pytest.raises(jobs.LeaseLost), committed(library.engine) as session:
        jobs.hand_on(session, lease)
    library.assert_in_order()
