"""The texts of passages and their vectors, of which none is ever computed twice.

A vector belongs to a text, not to a passage: it is found by the hash of what was embedded. So a
document that is parsed again, moved to other readers or indexed anew costs only its new texts.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np
import numpy.typing as npt
from sqlalchemy import Engine, delete, func, select
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from indexer.chunking import embedded_text, passage_text, text_hash
from indexer.transactions import writing
from knowledge.community_models import ContributionPassage
from knowledge.models import Document, Embedding, PageRow, Passage, Version
from knowledge.names import names_of_passage
from knowledge.orm import reading
from knowledge.protocols import Embedder, Span
from knowledge.sentence_vectors import packed

BATCH = 32
LOOKUP = 500

Vector = npt.NDArray[np.float32]
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Searchable:
    """A stored passage with the text that stands for it in the index, and that text's name.
    ``spans`` has its sentences, in that text."""

    passage_id: int
    language: str
    text: str
    text_hash: str
    spans: tuple[Span, ...] = ()
    names: tuple[str, ...] = ()


def searchable(session: Session, version_id: int) -> list[Searchable]:
    """The passages of a version under its document's title and language of today."""
    version = session.get_one(Version, version_id)
    document = session.get_one(Document, version.document_id)
    text = version_text(session, version_id)
    stored = select(Passage).where(Passage.version_id == version_id).order_by(Passage.ordinal)
    found = []
    for passage in session.scalars(stored):
        words = passage_text(text, passage.sentences)
        embedded = embedded_text(document.title, passage.section, words)
        language = document.language or passage.language
        spans = _spans(text, passage.sentences, len(embedded) - len(words))
        names = names_of_passage(passage, language)
        found.append(Searchable(passage.id, language, embedded, text_hash(embedded), spans, names))
    return found


def _spans(text: str, sentences: Sequence[Sequence[int]], start: int) -> tuple[Span, ...]:
    """Where the sentences stand when their words are joined by single spaces from ``start`` on."""
    spans = []
    for sentence in sentences:
        length = len(passage_text(text, [sentence]))
        spans.append((start, start + length))
        start += length + 1 if length else 0
    return tuple(spans)


def version_text(session: Session, version_id: int) -> str:
    """The canonical text of a version."""
    pages = select(PageRow.text).where(PageRow.version_id == version_id)
    return "".join(session.scalars(pages.order_by(PageRow.number)))


def embed_version(engine: Engine, embedder: Embedder, version_id: int, progress: Progress) -> None:
    """Stores the vectors that a version's passages lack, batch by batch, and names them in the
    passages. ``progress`` hears (done, all) in passages after each batch, and may raise to stop:
    what is stored stays."""
    with reading(engine) as session:
        passages = searchable(session, version_id)
    embed_missing(engine, embedder, passages, progress)
    with writing(engine) as session:
        _name_texts(session, version_id, {p.passage_id: p for p in passages})


def embed_missing(
    engine: Engine, embedder: Embedder, passages: Iterable[Searchable], progress: Progress
) -> None:
    """Embeds the texts of ``passages`` that have no vector in this embedder's space, and their
    sentences."""
    texts = {passage.text_hash: passage for passage in passages}
    with reading(engine) as session:
        known = known_hashes(session, embedder.fingerprint, texts)
    done = len(known)
    progress(done, len(texts))
    for hashes in batches((name for name in texts if name not in known), BATCH):
        batch = [texts[name] for name in hashes]
        vectors = embedder.embed_with_sentences([p.text for p in batch], [p.spans for p in batch])
        with writing(engine) as session:
            _keep(session, embedder.fingerprint, hashes, vectors)
        done += len(hashes)
        progress(done, len(texts))


def known_hashes(session: Session, fingerprint: str, hashes: Iterable[str]) -> set[str]:
    known: set[str] = set()
    for some in batches(hashes, LOOKUP):
        stored = select(Embedding.text_hash).where(
            Embedding.fingerprint == fingerprint, Embedding.text_hash.in_(some)
        )
        known.update(session.scalars(stored))
    return known


def load_vectors(session: Session, fingerprint: str, hashes: Iterable[str]) -> dict[str, Vector]:
    """The stored vectors by hash; what is not stored is not in it."""
    found: dict[str, Vector] = {}
    for some in batches(hashes, LOOKUP):
        stored = select(Embedding.text_hash, Embedding.vector).where(
            Embedding.fingerprint == fingerprint, Embedding.text_hash.in_(some)
        )
        for name, vector in session.execute(stored):
            found[name] = np.frombuffer(vector, "<f4")
    return found


def forget_unused(session: Session, fingerprint: str) -> int:
    """Deletes the vectors of other spaces and of texts that are no passage's; says how many."""
    is_no_passage = Embedding.text_hash.not_in(
        select(Passage.text_hash)
    ) & Embedding.text_hash.not_in(select(ContributionPassage.text_hash))
    unused = delete(Embedding).where((Embedding.fingerprint != fingerprint) | is_no_passage)
    before = session.scalar(select(func.count()).select_from(Embedding)) or 0
    session.execute(unused, execution_options={"synchronize_session": False})
    return before - (session.scalar(select(func.count()).select_from(Embedding)) or 0)


def batches(items: Iterable[str], size: int) -> Iterator[list[str]]:
    rest = iter(items)
    while batch := list(islice(rest, size)):
        yield batch


def _keep(
    session: Session,
    fingerprint: str,
    hashes: Sequence[str],
    vectors: Sequence[tuple[Vector, Vector]],
) -> None:
    """Another worker may have met the same text: its vectors are the same, and stay."""
    rows = [
        {
            "fingerprint": fingerprint,
            "text_hash": name,
            "vector": vector.astype("<f4").tobytes(),
            "sentences": packed(sentences),
        }
        for name, (vector, sentences) in zip(hashes, vectors, strict=True)
    ]
    if session.get_bind().dialect.name == "postgresql":
        # In one order everywhere: two workers with the same texts must not wait for each other.
        ordered = sorted(rows, key=lambda row: str(row["text_hash"]))
        session.execute(postgresql_insert(Embedding).on_conflict_do_nothing(), ordered)
    else:
        session.execute(sqlite_insert(Embedding).on_conflict_do_nothing(), rows)


def _name_texts(session: Session, version_id: int, passages: Mapping[int, Searchable]) -> None:
    for row in session.scalars(select(Passage).where(Passage.version_id == version_id)):
        if (found := passages.get(row.id)) is not None:
            row.text_hash, row.language = found.text_hash, found.language
