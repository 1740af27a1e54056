"""How fast a folder of PDF files becomes searchable, and what a restart would embed again."""

import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event

from sqlalchemy import Engine, func, select

from hub.cli.measuring.figures import Figure
from hub.clock import now
from indexer.importing import Source, queue_files
from indexer.pipeline import Tools
from indexer.vectors import known_hashes
from indexer.worker import drive
from knowledge import models  # noqa: F401 - the tables of the library
from knowledge.files import FileStore
from knowledge.index import FileIndex
from knowledge.metadata import Metadata
from knowledge.models import Document, Passage, Version
from knowledge.orm import Base, open_engine, reading
from knowledge.protocols import Embedder, PassageIndex

LOOK_EVERY = 0.2  # seconds


def measure_indexing(embedder: Embedder, folder: Path) -> list[Figure]:
    """Imports every PDF file in ``folder``. The model is loaded before the clock starts."""
    embedder.embed_question("warm")
    files = sorted(folder.rglob("*.pdf"))
    with temporary_library(embedder) as tools:
        watch = _Watch(tools.engine)
        start, worked = time.perf_counter(), _processor_time()
        sources = [Source(file, file.relative_to(folder).as_posix()) for file in files]
        rows = list(queue_files(tools, sources, Metadata()))
        drive(tools, Event(), [row.job_id for row in rows if row.job_id], watch)
        seconds, worked = time.perf_counter() - start, _processor_time() - worked
        watch.look()
        pages, passages = watch.pages, _passages(tools.engine)
    first = max(watch.seen_at.values(), default=start) - start
    return [
        _rate("with vectors", pages, seconds, 10),
        _rate("first searchable text", pages, first, 60),
        Figure("indexing", "pages", pages, "pages"),
        Figure("indexing", "passages", passages, "passages"),
        Figure("indexing", "time", seconds, "s"),
        Figure("indexing", "processor time", worked, "s"),
    ]


def measure_restart(engine: Engine, index: PassageIndex) -> list[Figure]:
    """Counts the texts that readers see and that have no stored vector of the serving space."""
    fingerprint = index.generation().fingerprint
    with reading(engine) as session:
        shown = select(Passage.text_hash).join(
            Document, Document.current_version_id == Passage.version_id
        )
        hashes = set(session.scalars(shown.where(Document.withdrawn_at.is_(None))))
        missing = len(hashes) - len(known_hashes(session, fingerprint, hashes))
    return [Figure("restart", "texts embedded again", missing, "texts", 0)]


def _rate(name: str, pages: int, seconds: float, bar: float) -> Figure:
    rate = pages / seconds if seconds else 0.0
    return Figure("indexing", name, rate, "pages/s", bar, is_at_least=True)


@contextmanager
def temporary_library(embedder: Embedder) -> Iterator[Tools]:
    with TemporaryDirectory() as name:
        home = Path(name)
        engine = open_engine(f"sqlite:///{home / 'hub.db'}")
        Base.metadata.create_all(engine)
        index = FileIndex(home / "index")
        try:
            yield Tools(engine, FileStore(home / "files"), index, embedder, now)
        finally:
            engine.dispose()


@dataclass
class _Watch:
    """Notes when each version is first shown; called again and again while the worker works."""

    engine: Engine
    seen_at: dict[int, float] = field(default_factory=dict)
    pages: int = 0
    looked: float = 0.0

    def __call__(self) -> None:
        if time.perf_counter() > self.looked + LOOK_EVERY:
            self.look()

    def look(self) -> None:
        self.looked = time.perf_counter()
        shown: Sequence[tuple[int, int]]
        with reading(self.engine) as session:
            joined = select(Version.id, Version.page_count).join(
                Document, Document.current_version_id == Version.id
            )
            shown = [(version, pages) for version, pages in session.execute(joined)]
        for version, _ in shown:
            self.seen_at.setdefault(version, self.looked)
        self.pages = sum(pages for _, pages in shown)


def _processor_time() -> float:
    """Of this process and of those of its children that have ended: where it is much less than the
    cores could give in the time, something else was running."""
    return sum(os.times()[:4])


def _passages(engine: Engine) -> int:
    with reading(engine) as session:
        return session.scalar(select(func.count()).select_from(Passage)) or 0
