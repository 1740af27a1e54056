"""A search set (corpus, questions, what is relevant) run through the retriever.

The set's passages become documents of a temporary library with a temporary index, so that the same
code is measured that answers readers. A question with a ``doc_filter`` is asked by a reader who may
see only that document: the filter is the partition by audience.
"""

import csv
import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import fmean
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import Engine, insert
from sqlalchemy.orm import Session

from knowledge.access import Reader
from knowledge.evaluation.measures import ndcg, recall
from knowledge.fusion import Arm
from knowledge.index import FileIndex
from knowledge.language import language_of
from knowledge.models import Document, PageRow, Passage, Version, VersionState
from knowledge.orm import Base, open_engine
from knowledge.protocols import Embedder, Entry, PartChange
from knowledge.retrieval import CANDIDATES, Retriever
from knowledge.terms import terms_of

BATCH = 64
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class SearchSet:
    """``passages`` are {id, title, text, doc?}, ``questions`` {id, text, doc_filter?} with at
    least one relevant passage, ``relevant`` question id → passage id → gain."""

    passages: list[dict[str, Any]]
    questions: list[dict[str, Any]]
    relevant: dict[str, dict[str, float]]


def read_set(folder: Path, corpus: Path | None = None, limit: int | None = None) -> SearchSet:
    """A folder in the layout corpus.jsonl, queries.jsonl, qrels.tsv. Raises: FileNotFoundError."""
    relevant: dict[str, dict[str, float]] = {}
    with (folder / "qrels.tsv").open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines, delimiter="\t"):
            if float(row["score"]) > 0:
                relevant.setdefault(row["query-id"], {})[row["corpus-id"]] = float(row["score"])
    asked = [q for q in _rows(folder / "queries.jsonl") if str(q["id"]) in relevant]
    return SearchSet(list(_rows((corpus or folder) / "corpus.jsonl")), asked[:limit], relevant)


def _rows(file: Path) -> Iterator[dict[str, Any]]:
    with file.open(encoding="utf-8") as lines:
        yield from (json.loads(line) for line in lines if line.strip())


def evaluate_ranking(
    search_set: SearchSet, embedder: Embedder, model_folder: Path, progress: Progress
) -> dict[str, dict[str, float]]:
    """By arm: nDCG@10, Recall@10, Recall@100, means over the questions."""
    with TemporaryDirectory(prefix="hub-evaluation-") as place:
        engine = open_engine(f"sqlite:///{place}/library.db")
        try:
            index = FileIndex(Path(place) / "index")
            names = _build(engine, index, search_set.passages, embedder, progress)
            retriever = Retriever(engine, index, model_folder)
            return {arm.value: _measure(retriever, search_set, names, arm, progress) for arm in Arm}
        finally:
            engine.dispose()


def _measure(
    retriever: Retriever,
    search_set: SearchSet,
    names: dict[int, str],
    arm: Arm,
    progress: Progress,
) -> dict[str, float]:
    everything = frozenset(_audience(row) for row in search_set.passages)
    figures: list[tuple[float, float, float]] = []
    for number, question in enumerate(search_set.questions):
        only = question.get("doc_filter")
        reader = Reader(frozenset({only[:60]}) if only else everything)
        found = retriever.retrieve(question["text"], reader, CANDIDATES, arm)
        ranked = [names[evidence.passage.id] for evidence in found.evidence]
        gains = search_set.relevant[str(question["id"])]
        figures.append(
            (ndcg(ranked, gains, 10), recall(ranked, gains, 10), recall(ranked, gains, 100))
        )
        progress(arm.value, number + 1, len(search_set.questions))
    columns = zip(("ndcg@10", "recall@10", "recall@100"), zip(*figures, strict=True), strict=True)
    return {name: round(fmean(values), 4) for name, values in columns}


def _audience(row: dict[str, Any]) -> str:
    return str(row.get("doc") or "set")[:60]


def _build(
    engine: Engine,
    index: FileIndex,
    passages: list[dict[str, Any]],
    embedder: Embedder,
    progress: Progress,
) -> dict[int, str]:
    """Fills the temporary library; returns the set's id of every passage id."""
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        for number, row in enumerate(passages, start=1):
            _insert(session, number, row)
        session.commit()
    parts: dict[str, list[Entry]] = {}
    for first in range(0, len(passages), BATCH):
        rows = passages[first : first + BATCH]
        vectors = embedder.embed_passages([_text(row) for row in rows])
        for number, (row, vector) in enumerate(zip(rows, vectors, strict=True), start=first + 1):
            language = language_of(_text(row))
            stems = terms_of(_text(row), language).stems
            parts.setdefault(_audience(row), []).append(Entry(number, language, stems, vector))
        progress("embed", first + len(rows), len(passages))
    changes = {name: PartChange(frozenset(), entries) for name, entries in parts.items()}
    index.replace(embedder.spec, embedder.fingerprint, changes)
    return {number: str(row["id"]) for number, row in enumerate(passages, start=1)}


def _text(row: dict[str, Any]) -> str:
    return "\n".join(part for part in (row.get("title", ""), row["text"]) if part)


def _insert(session: Session, number: int, row: dict[str, Any]) -> None:
    """A document of one version, one page and one passage."""
    now, text = datetime.now(UTC), _text(row)
    digest = hashlib.sha256(f"{number}\n{text}".encode(errors="replace")).hexdigest()
    values: Iterable[tuple[Any, dict[str, Any]]] = (
        (
            Document,
            {
                "path": str(number),
                "title": str(row.get("title") or number)[:1000],
                "audience": _audience(row),
                "created_at": now,
                "updated_at": now,
            },
        ),
        (
            Version,
            {
                "document_id": number,
                "number": 1,
                "sha256": digest,
                "filename": str(number),
                "size": len(text),
                "state": VersionState.READY,
                "created_at": now,
            },
        ),
        (PageRow, {"version_id": number, "number": 1, "start": 0, "text": text}),
        (
            Passage,
            {
                "version_id": number,
                "ordinal": 0,
                "start": 0,
                "end": len(text),
                "section": [],
                "sentences": [[0, len(text)]],
                "language": language_of(text),
                "text_hash": digest,
            },
        ),
    )
    for table, columns in values:
        session.execute(insert(table).values(id=number, **columns))
    session.execute(
        Document.__table__.update()  # type: ignore[attr-defined]
        .where(Document.__table__.c.id == number)
        .values(current_version_id=number)
    )
