"""The vectors that indexing stores: of passages, and of the sentences in them."""

from pathlib import Path

import numpy as np
from sqlalchemy import Engine, select, update

from indexer.vectors import searchable
from knowledge.models import Embedding, Passage
from knowledge.orm import reading
from knowledge.sentence_vectors import sentence_vectors
from tests.factories import add_document, make_tools, work

WRAPPED = "# On  cameras\n\nCameras record\nfaces. They  may not.\n\n- So it is\n  said."


def test_every_sentence_has_its_vector(engine: Engine, tmp_path: Path) -> None:
    tools = make_tools(engine, tmp_path)
    add_document(tools, WRAPPED, title="A  title")
    work(tools)
    with reading(engine) as session:
        passages = list(session.scalars(select(Passage)))
        hashes = [passage.text_hash for passage in passages]
        found = sentence_vectors(session, tools.embedder.fingerprint, hashes)
        texts = {p.text_hash: p for p in searchable(session, passages[0].version_id)}
    assert set(found) == set(hashes)
    for passage in passages:
        shown = texts[passage.text_hash]
        said = [shown.text[start:end] for start, end in shown.spans]
        assert len(said) == len(passage.sentences)
        rows = found[passage.text_hash]
        assert rows.dtype == np.float32
        assert np.allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)
        expected = tools.embedder.embed_passages(said)
        assert (np.einsum("ij,ij->i", rows, expected) > 0.999).all()


def test_spans_are_the_sentences_of_the_document(engine: Engine, tmp_path: Path) -> None:
    tools = make_tools(engine, tmp_path)
    add_document(tools, WRAPPED, title="A  title")
    work(tools)
    with reading(engine) as session:
        version = session.scalars(select(Passage.version_id)).first()
        assert version is not None
        [shown] = searchable(session, version)
    said = [shown.text[start:end] for start, end in shown.spans]
    assert said == ["Cameras record faces.", "They may not.", "So it is said."]


def test_rows_without_sentences_are_left_to_the_caller(engine: Engine, tmp_path: Path) -> None:
    tools = make_tools(engine, tmp_path)
    add_document(tools)
    work(tools)
    fingerprint = tools.embedder.fingerprint
    with engine.begin() as connection:
        connection.execute(update(Embedding).values(sentences=None))
    with reading(engine) as session:
        hashes = list(session.scalars(select(Passage.text_hash)))
        assert hashes
        assert sentence_vectors(session, fingerprint, hashes) == {}
        assert sentence_vectors(session, "another", hashes) == {}
