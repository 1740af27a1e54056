"""What the search knows of a post, from the same transaction on, and for whom."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from indexer.community import bring_into_line, embed_waiting
from indexer.pipeline import Tools
from knowledge import contributions
from knowledge.access import ANYONE, Reader, reader_of
from knowledge.community import Community
from knowledge.community_models import Contribution, ContributionPassage, Progress
from knowledge.contributions import Contributed, of_board, of_post, of_topic
from knowledge.index import FileIndex
from knowledge.regrouping import Group, regroup
from tests.factories import committed, make_tools

MOMENT = datetime(2026, 11, 30, 12, tzinfo=UTC)
MEMBER = reader_of(is_member=True)
LEA = reader_of(is_lea=True)


@pytest.fixture
def tools(engine: Engine, tmp_path: Path) -> Tools:
    return make_tools(engine, tmp_path, community=FileIndex(tmp_path / "community"))


def post(number: int, text: str, audience: str = "public", **changes: object) -> Contributed:
    values: dict[str, object] = {
        "post_id": number,
        "topic_id": 1,
        "board_id": 7,
        "author_id": 3,
        "audience": audience,
        "text": text,
        "written_at": MOMENT,
        "language": "en",
        **changes,
    }
    return Contributed(**values)  # type: ignore[arg-type]


def keep(tools: Tools, *posts: Contributed) -> None:
    with committed(tools.engine) as session:
        for one in posts:
            contributions.keep(session, one)


def index(tools: Tools) -> None:
    assert tools.community is not None
    embed_waiting(tools, lambda done, total: None)
    bring_into_line(tools, tools.community)


def near(tools: Tools, question: str, reader: Reader = ANYONE) -> list[int]:
    assert tools.community is not None
    found = Community(tools.engine, tools.community, Path()).near(question, reader, 5, "en")
    return [one.post_id for one in found]


def test_a_post_is_found_by_its_readers_only(tools: Tools) -> None:
    keep(tools, post(11, "The harbour cameras are calibrated every night."))
    keep(tools, post(12, "The harbour cameras of the unit.", "lea", topic_id=2))
    index(tools)
    assert near(tools, "harbour cameras") == [11]
    assert near(tools, "harbour cameras", MEMBER) == [11]
    assert set(near(tools, "harbour cameras", LEA)) == {11, 12}


def test_what_is_withdrawn_is_not_found_before_the_index_hears_of_it(tools: Tools) -> None:
    keep(tools, post(11, "The harbour cameras are calibrated every night."))
    index(tools)
    with committed(tools.engine) as session:
        contributions.withdraw(session, of_post(11), MOMENT)
    assert near(tools, "harbour cameras") == []
    with committed(tools.engine) as session:
        contributions.put_back(session, of_post(11))
    assert near(tools, "harbour cameras") == [11]


def test_what_moves_is_for_its_new_readers_at_once_and_is_not_embedded_again(
    tools: Tools,
) -> None:
    keep(tools, post(11, "The harbour cameras are calibrated every night."))
    index(tools)
    embedded = list(tools.embedder.texts)
    with committed(tools.engine) as session:
        contributions.move(session, of_topic(1), 8, "lea")
    assert near(tools, "harbour cameras") == []
    assert near(tools, "harbour cameras", LEA) == [11]
    index(tools)
    assert near(tools, "harbour cameras") == []
    assert near(tools, "harbour cameras", LEA) == [11]
    assert tools.embedder.texts == embedded
    assert tools.community is not None
    assert tools.community.ids("public") == frozenset()


def test_a_board_moves_as_a_whole(tools: Tools) -> None:
    keep(tools, post(11, "The harbour cameras."), post(12, "More harbour cameras.", topic_id=2))
    keep(tools, post(13, "Other harbour cameras.", topic_id=3, board_id=9))
    with committed(tools.engine) as session:
        contributions.move(session, of_board(7), 7, "members")
    index(tools)
    assert near(tools, "harbour cameras") == [13]
    assert set(near(tools, "harbour cameras", MEMBER)) == {11, 12, 13}


def test_an_edited_post_is_found_by_its_new_words_only(tools: Tools) -> None:
    keep(tools, post(11, "The harbour cameras are calibrated every night."))
    index(tools)
    keep(tools, post(11, "Drones are grounded in winter storms."))
    index(tools)
    assert near(tools, "winter storms drones") == [11]
    assert near(tools, "harbour cameras calibrated") == []


def test_what_is_forgotten_leaves_no_words(tools: Tools) -> None:
    keep(tools, post(11, "The harbour cameras.", title="Cameras", tags=("night",), is_first=True))
    index(tools)
    with committed(tools.engine) as session:
        contributions.forget(session, of_post(11), MOMENT)
    with committed(tools.engine) as session:
        kept = session.scalars(select(Contribution)).one()
        assert (kept.title, kept.text, kept.tags) == ("", "", "")
        assert session.scalars(select(ContributionPassage)).all() == []
    index(tools)
    assert near(tools, "harbour cameras") == []


def test_another_title_of_its_topic_brings_no_words_back_to_what_is_forgotten(
    tools: Tools,
) -> None:
    keep(tools, post(11, "The harbour cameras.", title="Cameras", tags=("night",), is_first=True))
    keep(tools, post(12, "Harbour cameras too.", tags=("night",)), post(13, "", tags=()))
    with committed(tools.engine) as session:
        contributions.forget(session, of_post(11), MOMENT)
        contributions.withdraw(session, of_post(12), MOMENT)
        contributions.rename(session, 1, "Drones", ("day",))
    with committed(tools.engine) as session:
        rows = session.execute(
            select(Contribution.post_id, Contribution.title, Contribution.text, Contribution.tags)
        )
        day = contributions.tag_mark("day")
        assert sorted(map(tuple, rows)) == [
            (11, "", "", ""),
            (12, "", "Harbour cameras too.", day),
            (13, "", "", day),
        ]


def test_a_reply_is_found_by_what_it_replies_to(tools: Tools) -> None:
    keep(tools, post(11, "Who has done it?", title="Calibrating harbour cameras", is_first=True))
    keep(tools, post(12, "We have, with a grey card."))
    index(tools)
    assert set(near(tools, "calibrating harbour cameras")) == {11, 12}
    with committed(tools.engine) as session:
        contributions.rename(session, 1, "Grounding drones", ())
    index(tools)
    assert near(tools, "calibrating harbour cameras") == []
    assert set(near(tools, "grounding drones")) == {11, 12}


def test_what_goes_into_another_topic_is_found_as_all_of_that(tools: Tools) -> None:
    keep(tools, post(11, "Who has done it?", title="Calibrating harbour cameras", is_first=True))
    keep(tools, post(12, "We have, with a grey card."))
    keep(tools, post(21, "They are.", "lea", topic_id=2, title="Grounding drones", is_first=True))
    index(tools)
    there = Group(2, 8, "lea", first_post_id=21, title="Grounding drones", tags=("night",))
    with committed(tools.engine) as session:
        regroup(session, of_topic(1), there)
    assert near(tools, "calibrating harbour cameras", MEMBER) == []
    index(tools)
    assert set(near(tools, "grounding drones", LEA)) == {11, 12, 21}
    with committed(tools.engine) as session:
        rows = session.scalars(select(Contribution).order_by(Contribution.post_id)).all()
        night = contributions.tag_mark("night")
        for row in rows[:2]:
            assert (row.topic_id, row.board_id, row.audience) == (2, 8, "lea")
            assert (row.is_first, row.title, row.tags) == (False, "", night)
        assert (rows[2].is_first, rows[2].title, rows[2].board_id) == (True, "Grounding drones", 7)


def test_the_first_of_what_is_taken_out_bears_the_title(tools: Tools) -> None:
    keep(tools, post(11, "Calibrating?", title="Cameras", is_first=True), post(12, "With a card."))
    index(tools)
    with committed(tools.engine) as session:
        regroup(session, of_post(12), Group(3, 7, "public", 12, "Grey cards", ()))
    index(tools)
    with committed(tools.engine) as session:
        taken = session.scalars(select(Contribution).where(of_post(12))).one()
        assert (taken.topic_id, taken.is_first, taken.title) == (3, True, "Grey cards")
        assert taken.progress == Progress.READY
    assert near(tools, "grey cards")[0] == 12


def test_a_post_never_stands_for_the_text_of_a_document(tools: Tools) -> None:
    """The vectors of a document's sentences are kept beside its text: a post with the same words
    must not be taken for it."""
    from indexer.chunking import embedded_text, text_hash
    from indexer.posts import stretches_of

    [stretch] = stretches_of("Act", "Cameras are prohibited.", "en")
    assert stretch.embedded == embedded_text("Act", (), "Cameras are prohibited.")
    assert stretch.text_hash != text_hash(stretch.embedded)


def test_many_at_once_are_found_by_their_words_and_not_embedded(tools: Tools) -> None:
    with committed(tools.engine) as session:
        contributions.keep_all(session, [post(n, f"harbour {n}") for n in range(1, 50)])
        assert not contributions.has_unfinished(session)
        assert contributions.counted(session)[Progress.WORDS] == 49


def test_scores_tell_nothing_of_other_parts(tools: Tools) -> None:
    """The search equals the same search where nothing else was ever written."""
    keep(tools, *(post(n, f"harbour camera number {n}", topic_id=n) for n in range(1, 9)))
    index(tools)
    assert tools.community is not None
    community = Community(tools.engine, tools.community, Path())
    before = community.proposed("harbour camera number 3", ANYONE)
    keep(
        tools,
        *(post(n, "harbour camera three", "staff", topic_id=n) for n in range(20, 60)),
    )
    index(tools)
    assert community.proposed("harbour camera number 3", ANYONE) == before
    assert community.state_for(ANYONE) == 1
