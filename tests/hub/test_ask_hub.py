"""Ask the hub: the assistant's quotes in a draft, and never more than all readers may read."""

from dataclasses import replace

import pytest
from flask import Flask

from hub.assistant.models import Answer, AnswerState, Question
from hub.cards.unfolding import unfolded
from hub.clock import now
from hub.community.asking import question_of, reader_for
from hub.community.quoting import as_markdown
from hub.extensions import db
from hub.forum.models import Board, Topic
from hub.markup import plain, rendered
from hub.wiring import parts
from hub.writing.models import Draft
from knowledge.access import (
    ANYONE,
    LEA,
    MEMBERS,
    PUBLIC,
    STAFF,
    Reader,
    group_audience,
    reader_of,
    readers_of,
)
from knowledge.answers import Answered, SourcesFound
from tests.fakes import ScriptedAssistant, a_refusal, an_answer, quoted
from tests.hub.people import People
from tests.hub.rooms import Rooms
from tests.hub.shelf import Shelf

ACT = """# Camera Act

## Article 1 Calibration

Cameras in harbours shall be calibrated every month by a trained officer.
"""


@pytest.fixture
def rooms(app: Flask) -> Rooms:
    return Rooms(app)


def drafts(app: Flask) -> list[tuple[int, str, str, str]]:
    with app.app_context():
        rows = db.session.query(Draft).order_by(Draft.id)
        return [(row.person_id, row.place, row.title, row.text) for row in rows]


def scripted(app: Flask, script: list[object]) -> ScriptedAssistant:
    with app.app_context():
        assistant = ScriptedAssistant(script)  # type: ignore[arg-type]
        app.extensions["parts"] = replace(parts(), assistant=assistant)
    return assistant


def ask(client: object, topic: int) -> object:
    return client.post(f"/forum/topics/{topic}/ask-the-hub")  # type: ignore[attr-defined]


def test_the_quotes_come_into_the_draft_with_their_sources(
    app: Flask, people: People, rooms: Rooms, shelf: Shelf
) -> None:
    mira = people.add("Mira")
    document = shelf.add("act.md", ACT, title="Camera Act", language="en", type="law")
    topic = rooms.topic(
        rooms.board(),
        mira,
        "How often must cameras in harbours be calibrated?",
        "Cameras in harbours are calibrated by whom?\n\nThe rest is not asked.",
    )
    place = shelf.place(document, "Cameras in harbours", "officer.")
    facts = {"document_id": document, "title": "Camera Act", "page": None, "printed_page": None}
    words = "Cameras in harbours shall be calibrated every month by a trained officer."
    said = quoted(1, words, start=place.start, end=place.end, **facts)
    scripted(app, [SourcesFound("en", 1, ("Camera Act",)), said, Answered()])
    client = people.client(mira)
    response = ask(client, topic)
    assert response.status_code == 303  # type: ignore[attr-defined]
    assert response.location == f"/forum/topics/{topic}/reply"  # type: ignore[attr-defined]
    [(person, place, _, text)] = drafts(app)
    assert (person, place) == (mira, f"topic {topic}")
    assert "> Cameras in harbours shall be calibrated every month by a trained officer." in text
    assert "> — Camera Act, in force" in text
    assert f"\n[Camera Act](/library/{document}/text?version=1&from=" in text
    form = client.get(f"/forum/topics/{topic}/reply")
    assert "calibrated every month" in form.text
    card = [line for line in text.split("\n") if line.startswith("[Camera Act]")]
    with app.test_request_context():
        [unfolds] = unfolded(db.session(), [str(rendered(card[0]))], ANYONE)
    assert "card" in unfolds
    assert words in unfolds
    with app.app_context():
        asked = db.session.query(Question).one().text
    assert asked.endswith("calibrated by whom?")
    assert "The rest" not in asked


def test_what_is_in_the_draft_stays_above(app: Flask, people: People, rooms: Rooms) -> None:
    mira = people.add("Mira")
    topic = rooms.topic(rooms.board(), mira)
    scripted(app, [*an_answer(1)])
    with app.app_context():
        db.session.add(Draft(person_id=mira, place=f"topic {topic}", text="Mine.", kept_at=now()))
        db.session.commit()
    ask(people.client(mira), topic)
    ask(people.client(mira), topic)
    [(_, _, _, text)] = drafts(app)
    assert text.startswith("Mine.\n\n")
    assert text.count("> Sentence 1 of the act.") == 2


def test_where_the_library_does_not_answer_nothing_is_drafted(
    app: Flask, people: People, rooms: Rooms, shelf: Shelf
) -> None:
    mira = people.add("Mira")
    topic = rooms.topic(rooms.board(), mira)
    shelf.add_rows(1)
    scripted(app, [*a_refusal()])
    client = people.client(mira)
    response = ask(client, topic)
    assert drafts(app) == []
    page = client.get(response.location).text  # type: ignore[attr-defined]
    assert "Nothing was drafted" in page
    assert "Real-time use is prohibited." in page  # the nearest
    assert "Ask the community" in page


def test_a_board_gets_no_quote_that_not_all_its_readers_may_read(
    app: Flask, people: People, rooms: Rooms, shelf: Shelf
) -> None:
    leo = people.add("Leo", lea=True)
    shelf.add("act.md", ACT, title="Camera Act", language="en", audience=LEA)
    asked = "How often must cameras in harbours be calibrated by a trained officer?"
    client = people.client(leo)
    for name, audience in (("Open", PUBLIC), ("Members", MEMBERS)):
        ask(client, rooms.topic(rooms.board(name, audience), leo, asked, "Who knows?"))
    assert drafts(app) == []
    with app.app_context():
        for answer in db.session.query(Answer):
            assert answer.state == AnswerState.DECLINED
            assert answer.nearest == []
        before = db.session.query(Answer).count()
    ask(client, rooms.topic(rooms.board("Closed", LEA), leo, asked, "Who knows?"))
    with app.app_context():
        assert before == 2
        newest = db.session.query(Answer).order_by(Answer.id.desc()).first()
        assert newest is not None
        assert "calibrated every month" in newest.nearest[0]["quote"]


GROUP = group_audience(17)
MEETING = {
    PUBLIC: {PUBLIC},
    MEMBERS: {PUBLIC, MEMBERS},
    LEA: {PUBLIC, MEMBERS, LEA},
    STAFF: {PUBLIC, MEMBERS, LEA, STAFF},
    GROUP: {PUBLIC, MEMBERS, GROUP},
}


@pytest.mark.parametrize("audience", MEETING)
def test_all_readers_of_a_board_read_what_is_quoted_in_it(audience: str) -> None:
    """Whoever may read the board may read every document that an answer in it can quote."""
    assert readers_of(audience).audiences == MEETING[audience]
    kinds = [
        reader_of(),
        reader_of(is_member=True),
        reader_of(is_lea=True),
        reader_of(is_staff=True),
        reader_of(groups=[17]),
        reader_of(is_lea=True, groups=[17, 30]),
        reader_of(is_staff=True, groups=[30]),
    ]
    board = Board(audience=audience)
    for asker in kinds:
        allowed = reader_for(board, asker).audiences
        assert allowed <= asker.audiences
        for reader in kinds:
            if audience in reader.audiences:
                assert allowed <= reader.audiences


def test_what_is_taken_from_the_asker_meanwhile_is_not_quoted() -> None:
    asker = Reader(reader_of(is_lea=True).audiences, lambda: reader_of(is_member=True))
    assert reader_for(Board(audience=LEA), asker).now().audiences == {PUBLIC, MEMBERS}


def test_only_who_may_reply_asks(app: Flask, client: object, people: People, rooms: Rooms) -> None:
    mira, leo = people.add("Mira"), people.add("Leo", lea=True)
    closed = rooms.topic(rooms.board("Closed", "lea"), leo)
    read_only = rooms.topic(rooms.board("News", writers="staff"), leo)
    locked = rooms.topic(rooms.board(), leo)
    with app.app_context():
        db.session.get_one(Topic, locked).locked_at = now()
        db.session.commit()
    member = people.client(mira)
    statuses = [ask(member, topic).status_code for topic in (closed, read_only, locked, 4711)]  # type: ignore[attr-defined]
    assert statuses == [404, 403, 403, 404]
    assert "/sign-in" in ask(client, locked).location  # type: ignore[attr-defined]
    assert drafts(app) == []


def test_it_counts_as_asking(app: Flask, people: People, rooms: Rooms) -> None:
    app.config["ASK_LIMIT"] = "1 per minute"
    mira = people.add("Mira")
    topic = rooms.topic(rooms.board(), mira)
    scripted(app, [*an_answer(1)])
    client = people.client(mira)
    assert ask(client, topic).status_code == 303  # type: ignore[attr-defined]
    refused = ask(client, topic)
    assert refused.status_code == 429  # type: ignore[attr-defined]
    assert int(refused.headers["Retry-After"]) >= 1  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "words",
    [
        "1. *Stars* and _lines_ and `code` and [link](x) <b> & ~~no~~ | # > !",
        "- a dash at the beginning",
        "2) another list",
        "@Mira is named #tag $x$ \\ backslash {y}",
        "= equals and + plus",
        "https://example.org/a_b_c stays",
    ],
)
def test_quoted_words_are_shown_letter_for_letter(words: str) -> None:
    assert plain(as_markdown(words)) == words
    html = rendered(f"> {as_markdown(words)}")
    for tag in ("<strong", "<em", "<code", "<ol", "<ul", "<h1", "<table", "<del"):
        assert tag not in html


def test_the_question_is_the_title_and_the_first_paragraph() -> None:
    assert question_of("May we?", "**First** words.\n\nSecond.") == "May we?\nFirst words."
    assert question_of("May we?", "") == "May we?"
    assert len(question_of("May we?", "word " * 900)) <= 1000
