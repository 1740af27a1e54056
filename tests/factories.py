"""Things that tests begin with, made with as few words as possible."""

import io
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from threading import Event
from typing import Any

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from indexer import worker
from indexer.pipeline import Tools
from indexer.reading import FileReader
from knowledge.access import ANYONE, Reader, readable_by
from knowledge.documents import Added, add
from knowledge.embedders import HashingEmbedder
from knowledge.files import FileStore
from knowledge.index import FileIndex
from knowledge.metadata import Metadata
from knowledge.models import Document, Passage
from knowledge.protocols import Vectors
from knowledge.terms import terms_of

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
ACT = """# The Act

## Article 1 Subject matter

This Act lays down rules for cameras in public places.

## Article 2 Prohibited practices

1. The following practices shall be prohibited:

(a) the use of cameras that recognise faces in public places;

(b) the sale of pictures of persons without their consent.
"""
READER = FileReader()  # one process for all tests: starting it takes a third of a second


class CountingEmbedder(HashingEmbedder):
    """A real embedder that says what it was asked, and may be slow."""

    def __init__(self, dimension: int = 256, pause: float = 0.0) -> None:
        super().__init__(dimension)
        self.texts: list[str] = []
        self.pause = pause

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        self.texts += texts
        time.sleep(self.pause)
        return super().embed_passages(texts)


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self, now: datetime = NOON) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


def make_tools(engine: Engine, folder: Path, **changes: Any) -> Tools:
    """The indexer's tools over ``engine``, with its files and index in ``folder``."""
    parts = {
        "files": FileStore(folder / "files"),
        "index": FileIndex(folder / "index"),
        "embedder": CountingEmbedder(),
        "now": lambda: datetime.now(UTC),
        "reader": READER,
    }
    return Tools(engine=engine, **{**parts, **changes})


def add_document(
    tools: Tools, content: str | bytes = ACT, path: str = "act.md", **metadata: Any
) -> Added:
    """Adds a file to the library and commits."""
    raw = content.encode() if isinstance(content, str) else content
    with committed(tools.engine) as session:
        stream = io.BytesIO(raw)
        return add(session, tools.files, stream, Metadata(**metadata), path, tools.now())


@contextmanager
def committed(engine: Engine) -> Iterator[Session]:
    with Session(engine, expire_on_commit=False) as session, session.begin():
        yield session


def work(tools: Tools) -> None:
    """Lets one worker do everything that is due."""
    worker.run(tools, Event(), once=True)


def found_by(tools: Tools, question: str, reader: Reader = ANYONE) -> list[tuple[str, int]]:
    """What a search finds, as the retriever does it: (path, version number), best words first."""
    searched = tools.index.generation().search(
        HashingEmbedder(getattr(tools.embedder, "dimension", 256)).embed_question(question),
        terms_of(question, "en"),
        reader.audiences,
        50,
    )
    ids = [c.passage_id for c in sorted(searched, key=lambda c: -c.lexical) if c.lexical > 0]
    with committed(tools.engine) as session:
        shown = select(Passage, Document).join(
            Document, Document.current_version_id == Passage.version_id
        )
        rows = session.execute(shown.where(Passage.id.in_(ids), readable_by(reader))).all()
        places = {p.id: (d.path, d.current_version.number) for p, d in rows if d.current_version}
    return list(dict.fromkeys(places[i] for i in ids if i in places))


def many_paragraphs(count: int, word: str = "camera") -> str:
    """A Markdown file of ``count`` sections, each with one sentence that no other has."""
    return "# Long\n\n" + "\n\n".join(
        f"## Section {n}\n\nThe {word} number {n} stands in street {n} and records for {n} days."
        for n in range(1, count + 1)
    )
