"""A library that processes work on until they are killed, and what must hold of it ever after."""

import hashlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event
from typing import Any

from sqlalchemy import Engine, func, select

from indexer import worker
from indexer.pipeline import Tools
from indexer.verifying import differences
from knowledge.access import ANYONE
from knowledge.choosing import scored_sentences
from knowledge.documents import library_name
from knowledge.index import FileIndex
from knowledge.models import Document, IndexJob, PageRow, Passage, Version
from knowledge.quoting import verified_citation
from knowledge.retrieval import Retriever
from tests.factories import add_document, committed, make_tools, many_paragraphs

CHECKOUT = Path(__file__).resolve().parents[2]
PATIENCE = 30.0


@dataclass
class Library:
    """``promised`` maps the path of every file that an import has reported to its sha256."""

    engine: Engine
    url: str
    folder: Path
    promised: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.index = FileIndex(self.folder / "index", lambda: library_name(self.engine))
        self.tools: Tools = make_tools(self.engine, self.folder, index=self.index)

    def add(self, path: str, sections: int = 12) -> None:
        content = many_paragraphs(sections, path.removesuffix(".md").replace("-", ""))
        add_document(self.tools, content, path)
        self.promised[path] = hashlib.sha256(content.encode()).hexdigest()

    def finish(self) -> None:
        """Starts workers, as a supervisor would, until nothing is left to do."""
        deadline = time.monotonic() + PATIENCE
        while True:
            worker.run(self.tools, Event(), once=True)
            if not self.open_jobs():
                return
            assert time.monotonic() < deadline, "jobs are left that no worker takes"
            time.sleep(0.1)  # PostgreSQL lets go of a dead client's lock a moment later

    def open_jobs(self) -> int:
        with committed(self.engine) as session:
            of_these = IndexJob.state.not_in(("done", "parked"))
            return session.scalar(select(func.count()).where(of_these)) or 0

    def assert_nothing_half(self) -> None:
        """At any moment: whatever is shown is whole, is in the index, and can be quoted."""
        ids = frozenset[int]().union(*map(self.index.ids, self.index.audiences()))
        with committed(self.engine) as session:
            for document in session.scalars(select(Document)):
                version = document.current_version
                if version is None:
                    continue
                passages = select(Passage.id).where(Passage.version_id == version.id)
                assert set(session.scalars(passages)) <= ids, f"{document.path} is half indexed"
                pages = select(func.count()).where(PageRow.version_id == version.id)
                assert session.scalar(pages) == version.page_count > 0
        self.assert_quotes_hold()

    def assert_quotes_hold(self) -> None:
        retriever = Retriever(self.engine, FileIndex(self.index.folder, self.index.library), Path())
        found = retriever.retrieve("In which street stands the number 3?", ANYONE)
        for choice in scored_sentences(found)[:10] if found.evidence else []:
            assert verified_citation(self.engine, choice, 1, ANYONE) is not None

    def assert_in_order(self) -> None:
        """When nothing is left to do: nothing lost, nothing doubled, index equals database."""
        self.assert_nothing_half()
        with committed(self.engine) as session:
            documents = session.scalars(select(Document)).all()
            stored = {(d.path, version.sha256) for d in documents for version in d.versions}
            jobs = session.execute(
                select(IndexJob.version_id, IndexJob.state, Version.state).join(Version)
            ).all()
            versions = session.scalar(select(func.count()).select_from(Version))
        assert stored >= self.promised.items(), "a document that was accepted is lost"
        assert {(job, version) for _, job, version in jobs} <= {("done", "ready")}
        assert len({version for version, _, _ in jobs}) == len(jobs) == versions
        for _, sha256 in stored:
            with self.tools.files.open(sha256):
                pass
        assert differences(self.engine, self.tools.files, self.index) == []
        self.assert_tidy()

    def assert_tidy(self) -> None:
        left = [p for p in self.folder.rglob(".*") if p.name not in (".writing", ".workers")]
        assert left == []
        assert list((self.tools.files.folder / ".workers").iterdir()) == []
        assert len(list(self.index.folder.glob("gen-*"))) <= 2


class Victims:
    """The process of ``tests/durability/victim.py``, to which tasks are given."""

    def __init__(self, library: Library) -> None:
        self.library = library
        self.log = library.folder.parent / "victim.log"
        self.parent = subprocess.Popen(
            [sys.executable, "-m", "tests.durability.victim"],
            cwd=CHECKOUT,
            env={**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def start(
        self, task: str, sources: Path | None = None, die_at: tuple[int, str, int] | None = None
    ) -> int:
        """Returns the child's number, once it is about to begin."""
        self.log.unlink(missing_ok=True)
        child = self._tell(
            {
                "task": task,
                "url": self.library.url,
                "folder": str(self.library.folder),
                "sources": str(sources or ""),
                "die_at": die_at,
                "log": str(self.log),
            }
        )
        deadline = time.monotonic() + PATIENCE
        while "READY" not in self.said():
            assert time.monotonic() < deadline, self.said()
            time.sleep(0.002)
        return child

    def reap(self) -> int:
        """Waits for the child; its exit status, -9 if it was killed."""
        status = self._tell("reap")
        assert status in (0, -9), self.said()
        return status

    def said(self) -> str:
        return self.log.read_text() if self.log.exists() else ""

    def steps(self) -> int:
        """How many steps the task took that has come to its end."""
        return int(self.said().rpartition("STEPS ")[2])

    def accepted(self) -> list[str]:
        return [line.split()[1] for line in self.said().splitlines() if line.startswith("ACCEPTED")]

    def end(self) -> None:
        assert self.parent.stdin is not None
        self.parent.stdin.close()
        self.parent.wait(PATIENCE)
        assert self.parent.stdout is not None
        self.parent.stdout.close()

    def _tell(self, order: Any) -> int:
        assert self.parent.stdin is not None
        assert self.parent.stdout is not None
        self.parent.stdin.write(json.dumps(order) + "\n")
        self.parent.stdin.flush()
        return int(self.parent.stdout.readline())


@contextmanager
def victims(library: Library) -> Iterator[Victims]:
    started = Victims(library)
    try:
        yield started
    finally:
        started.end()
