"""A long text is found by its words while its vectors are still being made."""

from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import Engine, select

from indexer.verifying import differences
from knowledge.models import Document, IndexJob, Version
from knowledge.protocols import Vectors
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

LONG = 40  # passages


class Watching(CountingEmbedder):
    """Notes at every batch what a search for ``words`` finds, and how the library differs."""

    def __init__(self, words: str) -> None:
        super().__init__()
        self.words = words
        self.seen: list[list[tuple[str, int]]] = []
        self.problems: list[str] = []

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        if len(texts) > 1:
            self.seen.append(found_by(self.tools, self.words))
            checked = differences(self.tools.engine, self.tools.files, self.tools.index)
            self.problems += [difference.problem for difference in checked]
        return super().embed_passages(texts)


def watched(engine: Engine, folder: Path, words: str) -> Watching:
    embedder = Watching(words)
    embedder.tools = make_tools(engine, folder, embedder=embedder)
    return embedder


def states(engine: Engine) -> list[tuple[str, str]]:
    with committed(engine) as session:
        found = session.execute(
            select(IndexJob.state, Version.state).join(Version, IndexJob.version_id == Version.id)
        )
        return [tuple(row) for row in found]


def test_every_text_is_read_and_shown_before_the_first_long_one_is_embedded(
    engine: Engine, tmp_path: Path
) -> None:
    embedder = watched(engine, tmp_path, "street")
    add_document(embedder.tools, many_paragraphs(LONG), "first.md")
    add_document(embedder.tools, many_paragraphs(LONG, "lamp"), "second.md")

    work(embedder.tools)

    assert set(embedder.seen[0]) == {("first.md", 1), ("second.md", 1)}
    assert embedder.problems == []
    assert states(engine) == [("done", "ready")] * 2
    assert len(embedder.texts) == 2 * LONG
    assert differences(engine, embedder.tools.files, embedder.tools.index) == []


def test_the_next_version_of_a_text_waits_for_its_vectors(engine: Engine, tmp_path: Path) -> None:
    embedder = watched(engine, tmp_path, "street")
    add_document(embedder.tools, many_paragraphs(LONG), "act.md")
    work(embedder.tools)
    embedder.seen.clear()

    add_document(embedder.tools, many_paragraphs(LONG, "lamp"), "act.md")
    work(embedder.tools)

    assert embedder.seen
    assert {place for found in embedder.seen for place in found} == {("act.md", 1)}
    assert found_by(embedder.tools, "street") == [("act.md", 2)]


def test_a_text_whose_vectors_cannot_be_made_is_taken_from_its_readers(
    engine: Engine, tmp_path: Path
) -> None:
    class Broken(CountingEmbedder):
        def embed_passages(self, texts: Sequence[str]) -> Vectors:
            raise RuntimeError("no model")

    clock = Clock()
    tools = make_tools(engine, tmp_path, embedder=Broken(), now=clock)
    add_document(tools, many_paragraphs(LONG), "act.md")

    work(tools)
    assert found_by(tools, "street") == [("act.md", 1)]
    for _ in range(6):
        clock.now = _later(engine, clock)
        work(tools)

    assert states(engine) == [("parked", "failed")]
    assert found_by(tools, "street") == []
    with committed(engine) as session:
        assert session.scalars(select(Document)).one().current_version_id is None
    assert differences(engine, tools.files, tools.index) == []


def test_a_short_text_is_embedded_at_once(engine: Engine, tmp_path: Path) -> None:
    tools = make_tools(engine, tmp_path)
    add_document(tools, ACT)

    work(tools)

    assert tools.index.generation().number == 1
    assert states(engine) == [("done", "ready")]


def _later(engine: Engine, clock: Clock):  # type: ignore[no-untyped-def]
    with committed(engine) as session:
        return max(clock.now, session.get_one(IndexJob, 1).run_after)
