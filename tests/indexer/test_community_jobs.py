"""Posts on their way into the index: some hundred at once, and again after whatever cut it off."""

import os
import signal
import time
from datetime import UTC, datetime
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest
from sqlalchemy import Engine, func, select

from indexer import community, posts, worker
from indexer.gathered import community_differences, community_status
from indexer.pipeline import Tools
from indexer.rebuild import forget_unused_vectors
from knowledge import contributions
from knowledge.community_models import Contribution, ContributionPassage, Progress
from knowledge.contributions import Contributed, of_post, of_topic
from knowledge.index import FileIndex
from knowledge.models import Embedding
from tests.factories import add_document, committed, found_by, make_tools, work

MOMENT = datetime(2026, 11, 30, 12, tzinfo=UTC)


@pytest.fixture
def tools(engine: Engine, tmp_path: Path) -> Tools:
    return make_tools(engine, tmp_path, community=FileIndex(tmp_path / "community"))


def keep(engine: Engine, count: int, first: int = 1, text: str = "harbour post") -> None:
    with committed(engine) as session:
        for number in range(first, first + count):
            contributions.keep(
                session,
                Contributed(
                    *(number, number, 7, 3, "public", f"{text} {number}.", MOMENT),
                    title=f"Topic {number}",
                    is_first=True,
                ),
            )


def progresses(engine: Engine) -> dict[str, int]:
    with committed(engine) as session:
        return {k: n for k, n in contributions.counted(session).items() if n}


def test_the_worker_takes_posts_and_documents(tools: Tools) -> None:
    add_document(tools)
    keep(tools.engine, 3)
    work(tools)
    assert found_by(tools, "prohibited cameras") == [("act.md", 1)]
    assert progresses(tools.engine) == {"ready": 3}
    assert tools.community is not None
    assert len(tools.community.ids("public")) == 3
    assert community_differences(tools.engine, tools.community) == []
    status = community_status(tools.engine, tools.community)
    assert (status.contributions["ready"], status.index.passages) == (3, {"public": 3})


def test_many_posts_are_one_generation(tools: Tools, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(community, "AT_ONCE", 50)
    keep(tools.engine, 130)
    work(tools)
    assert progresses(tools.engine) == {"ready": 130}
    assert tools.community is not None
    assert tools.community.generation().number <= 3  # the first is written at once


def test_nothing_to_do_costs_no_turn(tools: Tools, monkeypatch: pytest.MonkeyPatch) -> None:
    keep(tools.engine, 1)
    gatherer = community.Gatherer(tools, lambda done, total: None)
    assert gatherer.step(at_once=True)
    monkeypatch.setattr(community, "publishing_turn", None)
    assert not gatherer.step(at_once=True)


def test_a_change_meanwhile_is_not_lost(tools: Tools, monkeypatch: pytest.MonkeyPatch) -> None:
    keep(tools.engine, 1)
    embed = community.embed_missing

    def slow(*given: Any) -> None:
        embed(*given)
        monkeypatch.setattr(community, "embed_missing", embed)
        keep(tools.engine, 1, text="drones of winter")

    monkeypatch.setattr(community, "embed_missing", slow)
    work(tools)
    with committed(tools.engine) as session:
        [passage] = posts.searchable_passages(
            session, list(session.scalars(select(ContributionPassage.id)))
        )
        stored = session.scalars(select(ContributionPassage)).one()
        assert "drones" in passage.text
        assert stored.text_hash == passage.text_hash
    assert progresses(tools.engine) == {"ready": 1}
    assert tools.community is not None
    assert community_differences(tools.engine, tools.community) == []


def test_one_that_cannot_be_split_stops_none_behind_it(
    tools: Tools, monkeypatch: pytest.MonkeyPatch
) -> None:
    split = posts.split_sentences

    def refusing(text: str, language: str = "") -> list[tuple[int, int]]:
        if "post 1." in text:
            raise RecursionError
        return split(text, language)

    monkeypatch.setattr(posts, "split_sentences", refusing)
    keep(tools.engine, 2)
    work(tools)
    assert progresses(tools.engine) == {"ready": 1, "words": 1}


def test_words_that_have_no_name_stop_none_behind_them(
    tools: Tools, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = posts.post_hash

    def refusing(embedded: str) -> str:
        if "post 1." in embedded:
            raise UnicodeEncodeError("utf-8", embedded, 0, 1, "surrogates not allowed")
        return name(embedded)

    monkeypatch.setattr(posts, "post_hash", refusing)
    keep(tools.engine, 2)
    work(tools)
    assert progresses(tools.engine) == {"ready": 1, "words": 1}


def test_a_passage_without_a_vector_waits_for_the_next_pass(
    tools: Tools, monkeypatch: pytest.MonkeyPatch
) -> None:
    load = community.load_vectors

    def without_one(*given: Any) -> dict[str, Any]:
        return dict(sorted(load(*given).items())[1:])

    keep(tools.engine, 3)
    assert tools.community is not None
    with monkeypatch.context() as patched:
        patched.setattr(community, "load_vectors", without_one)
        work(tools)
    assert len(tools.community.ids("public")) == 2
    community.bring_into_line(tools, tools.community)
    assert len(tools.community.ids("public")) == 3
    assert community_differences(tools.engine, tools.community) == []


@pytest.mark.parametrize("step", ["write_passages", "embed_missing", "_finish", "_show"])
def test_whatever_cuts_it_off_it_is_done_the_next_time(
    tools: Tools, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    def cut_off(*given: Any, **named: Any) -> None:
        raise KeyboardInterrupt

    keep(tools.engine, 3)
    with monkeypatch.context() as patched:
        patched.setattr(community, step, cut_off)
        with pytest.raises(KeyboardInterrupt):
            work(tools)
    embedded = len(tools.embedder.texts)
    work(tools)
    assert progresses(tools.engine) == {"ready": 3}
    assert len(tools.embedder.texts) == max(embedded, 3)
    assert tools.community is not None
    assert community_differences(tools.engine, tools.community) == []


def test_a_worker_that_is_killed_leaves_nothing_half_done(tools: Tools) -> None:
    """Killed again and again, at whatever step it was; the next one goes on."""
    assert tools.community is not None
    for number in range(6):
        keep(tools.engine, 5, first=number * 5 + 1)
        tools.engine.dispose()
        child = os.fork()
        if not child:
            try:
                work(tools)
            finally:
                os._exit(0)
        time.sleep(0.03 * number)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        tools.engine.dispose()
    work(tools)
    assert progresses(tools.engine) == {"ready": 30}
    assert community_differences(tools.engine, tools.community) == []


def test_two_workers_at_once_do_it_once(tools: Tools) -> None:
    keep(tools.engine, 40)
    threads = [Thread(target=worker.run, args=(tools, Event(), True)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    work(tools)
    assert progresses(tools.engine) == {"ready": 40}
    with committed(tools.engine) as session:
        assert session.scalar(select(func.count()).select_from(ContributionPassage)) == 40


def test_a_damaged_index_is_written_again_from_the_database(tools: Tools, tmp_path: Path) -> None:
    keep(tools.engine, 3)
    work(tools)
    embedded = len(tools.embedder.texts)
    for file in (tmp_path / "community").rglob("dense.faiss"):
        file.write_bytes(b"rubbish")
    again = make_tools(tools.engine, tmp_path, community=FileIndex(tmp_path / "community"))
    work(again)
    assert again.community is not None
    assert len(again.community.ids("public")) == 3
    assert (len(again.embedder.texts), embedded) == (0, 3)


def test_another_embedder_embeds_all_again(tools: Tools, tmp_path: Path) -> None:
    from tests.factories import CountingEmbedder

    keep(tools.engine, 3)
    work(tools)
    other = make_tools(
        tools.engine, tmp_path, community=tools.community, embedder=CountingEmbedder(128)
    )
    work(other)
    assert other.community is not None
    assert other.community.generation().fingerprint == other.embedder.fingerprint
    assert community_differences(other.engine, other.community) == []


def test_what_goes_and_moves_goes_from_the_index(tools: Tools) -> None:
    keep(tools.engine, 3)
    work(tools)
    with committed(tools.engine) as session:
        contributions.withdraw(session, of_post(1), MOMENT)
        contributions.forget(session, of_post(2), MOMENT)
        contributions.move(session, of_topic(3), 8, "staff")
    work(tools)
    assert tools.community is not None
    assert tools.community.ids("public") == frozenset()
    assert len(tools.community.ids("staff")) == 1
    assert progresses(tools.engine) == {"ready": 3}
    assert community_differences(tools.engine, tools.community) == []


def test_vectors_of_posts_are_needed_and_those_of_forgotten_ones_are_not(tools: Tools) -> None:
    keep(tools.engine, 2)
    work(tools)
    assert forget_unused_vectors(tools.engine, tools.embedder.fingerprint) == 0
    with committed(tools.engine) as session:
        contributions.forget(session, of_post(1), MOMENT)
    assert forget_unused_vectors(tools.engine, tools.embedder.fingerprint) == 1
    with committed(tools.engine) as session:
        assert session.scalar(select(func.count()).select_from(Embedding)) == 1


def test_a_difference_is_said(tools: Tools) -> None:
    keep(tools.engine, 2)
    work(tools)
    with committed(tools.engine) as session:  # as no operation does it
        for row in session.scalars(select(Contribution)):
            row.audience = "lea"
        assert row.progress == Progress.READY
    assert tools.community is not None
    problems = [d.problem for d in community_differences(tools.engine, tools.community)]
    assert len(problems) >= 2
    assert any("not to be shown" in problem for problem in problems)
