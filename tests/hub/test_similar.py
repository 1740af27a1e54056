"""Topics like the one that somebody is about to write."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from lxml.html import fromstring

from hub.clock import now
from hub.extensions import db
from hub.forum import operations
from hub.forum.models import State
from hub.search import finding
from tests.hub.people import People
from tests.hub.rooms import Rooms
from tests.hub.test_search import index_posts


@pytest.fixture(autouse=True)
def fresh() -> None:
    finding.forget()


@pytest.fixture
def rooms(app: Flask) -> Rooms:
    return Rooms(app)


def similar(client: FlaskClient, board: int, typed: str) -> list[str]:
    response = client.get("/forum/similar", query_string={"board": board, "q": typed})
    assert response.status_code == 200
    text = response.text.strip()
    return fromstring(f"<div>{text}</div>").xpath("//li/a/bdi/text()") if text else []


def test_topics_are_found_by_what_they_mean(app: Flask, people: People, rooms: Rooms) -> None:
    mira = people.add("Mira")
    board = rooms.board()
    for number in range(12):
        rooms.topic(board, mira, f"Winter report {number}", f"Nothing of note in week {number}.")
    topic = rooms.topic(board, mira, "Calibrating harbour cameras", "With a grey card each night.")
    rooms.reply(topic, mira, "Harbour cameras are calibrated here too.")
    index_posts(app)
    client = people.client(mira)
    assert similar(client, board, "Who calibrates cameras of the harbour?") == [
        "Calibrating harbour cameras"
    ]
    assert similar(client, board, "short") == []
    assert similar(client, board, '"in:x by:y type:document harbour cameras') != []


def test_nothing_that_one_may_not_read_is_similar(app: Flask, people: People, rooms: Rooms) -> None:
    mira, leo = people.add("Mira"), people.add("Leo", lea=True)
    board, closed = rooms.board(), rooms.board("Closed", "lea")
    rooms.topic(closed, leo, "Calibrating harbour cameras", "Harbour cameras.")
    hidden = rooms.topic(board, leo, "Calibrating harbour cameras again", "Harbour cameras.")
    with app.app_context():
        operations.take_away(db.session(), _first(hidden), State.HIDDEN, None, now())
        db.session.commit()
    index_posts(app)
    typed = "calibrating harbour cameras"
    assert similar(people.client(mira), board, typed) == []
    assert similar(people.client(leo), board, typed) == ["Calibrating harbour cameras"]


def _first(topic_id: int) -> int:
    from hub.forum.models import Post

    return db.session.query(Post).filter_by(topic_id=topic_id, number=1).one().id


def test_only_who_may_write_there_asks(
    app: Flask, client: FlaskClient, people: People, rooms: Rooms
) -> None:
    mira = people.add("Mira")
    closed, read_only = rooms.board("Closed", "lea"), rooms.board("News", writers="staff")
    assert client.get("/forum/similar?board=1&q=harbour+cameras").status_code == 303
    member = people.client(mira)
    for board, status in ((closed, 404), (4711, 404), ("", 404), ("x", 404), (read_only, 403)):
        asked = {"board": board, "q": "harbour cameras"}
        assert member.get("/forum/similar", query_string=asked).status_code == status


@pytest.mark.parametrize("typed", ["\u202eharbour cameras", "a" * 9000, "<b>" * 90, "'\"%()*:^{}"])
def test_whatever_is_typed_gives_a_part(people: People, rooms: Rooms, typed: str) -> None:
    board = rooms.board()
    client = people.signed_in("Mira")
    asked = {"board": board, "q": typed}
    assert client.get("/forum/similar", query_string=asked).status_code == 200
