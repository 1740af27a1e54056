"""Documents written straight into a database and an index in memory: many at once, and fast."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, insert, update
from sqlalchemy.orm import Session

from knowledge.embedders import HashingEmbedder
from knowledge.index.generations import FileGeneration
from knowledge.models import Document, Embedding, PageRow, Passage, Version
from knowledge.protocols import Entry, PartChange
from knowledge.sentence_vectors import packed
from tests.knowledge.random_libraries import index_of

EMBEDDER = HashingEmbedder()


@dataclass
class Held:
    """A generation in memory, where a retriever looks for its index."""

    serving: FileGeneration
    problem: str = ""

    def generation(self) -> FileGeneration:
        return self.serving


@dataclass(frozen=True)
class Shelved:
    """A document with its one version, and its passages as rows and as the index has them."""

    document: Document
    version: Version
    page: PageRow
    passages: list[tuple[Passage, Entry]]


def store(session: Session, shelf: Iterable[Shelved]) -> None:
    for table in (Embedding, Version, Document):  # pages and passages go with their version
        session.execute(delete(table))
    shelf = list(shelf)
    rows = {
        Document: [{**values(s.document), "current_version_id": None} for s in shelf],
        Version: [values(s.version) for s in shelf],
        PageRow: [values(s.page) for s in shelf],
        Passage: [values(row) for s in shelf for row, _ in s.passages],
        Embedding: [stored_vectors(s, row) for s in shelf for row, _ in s.passages[:2]],
    }
    for table, some in rows.items():
        if some:
            session.execute(insert(table), some)
    shown = [{"id": s.document.id, "current_version_id": s.document.current_version_id}
             for s in shelf]  # fmt: skip
    if shown:
        session.execute(update(Document), shown)


def values(row: Any) -> dict[str, Any]:
    return {c.key: getattr(row, c.key) for c in type(row).__table__.columns if c.key in vars(row)}


def stored_vectors(shelved: Shelved, row: Passage) -> dict[str, Any]:
    texts = [shelved.page.text[start:end] for start, end in row.sentences]
    whole = EMBEDDER.embed_question(" ".join(texts)).astype("<f4").tobytes()
    sentences = packed(EMBEDDER.embed_passages(texts))
    space = EMBEDDER.fingerprint
    return {"fingerprint": space, "text_hash": row.text_hash, "vector": whole,
            "sentences": sentences}  # fmt: skip


def indexed(shelf: Iterable[Shelved]) -> FileGeneration:
    """The index as the worker leaves it: of what is shown, whoever may see it."""
    parts: dict[str, list[Entry]] = {}
    for shelved in shelf:
        document = shelved.document
        if document.withdrawn_at is None and document.current_version_id is not None:
            entries = parts.setdefault(document.audience, [])
            entries += [entry for _, entry in shelved.passages]
    changes = {audience: PartChange(frozenset(), entries) for audience, entries in parts.items()}
    return index_of([changes] if changes else [], EMBEDDER.fingerprint)
