"""What becomes of a reply whose topic was merged, or went out of reach, while it was written."""

import secrets

import pytest

from hub.accounts.models import Role
from hub.clock import now
from hub.extensions import db
from hub.forum import operations
from hub.forum.models import Post, State, Topic
from knowledge.access import LEA
from tests.hub.conftest import checked
from tests.hub.rooms import Rooms

TEXT = "Written for half an hour."


@pytest.fixture
def rooms(app):
    return Rooms(app)


@pytest.fixture
def mira(people):
    return people.add("Mira")


@pytest.fixture
def client(people):
    return people.signed_in("Jo Ann")


@pytest.fixture
def moderator(people):
    return people.signed_in("Mo", Role.MODERATOR, lea=True)


@pytest.fixture
def topic(rooms, mira):
    return rooms.topic(rooms.board(), mira)


def sent(client, topic):
    form = {"text": TEXT, "submission": secrets.token_hex(12), "draft": "0"}
    return client.post(f"/forum/topics/{topic}/reply", data=form)


def typed(answer):
    return checked(answer.text).findtext(".//main//textarea").strip()


def stands_in(app):
    with app.app_context():
        return [post.topic_id for post in db.session.query(Post) if post.text == TEXT]


def merge(moderator, source, target):
    answer = moderator.post(f"/forum/topics/{source}/merge", data={"into": str(target)})
    assert answer.status_code == 303


def test_it_lands_in_the_topic_that_the_other_was_merged_into(
    app, rooms, mira, client, moderator, topic
):
    between, last = (rooms.topic(rooms.board(name), mira) for name in ("One", "Two"))
    merge(moderator, topic, between)
    merge(moderator, between, last)
    assert sent(client, topic).status_code == 303
    assert stands_in(app) == [last]
    assert client.get(f"/forum/topics/{topic}/reply").status_code == 200


def test_it_comes_back_where_the_other_topic_is_not_for_its_writer(
    app, rooms, mira, client, moderator, topic
):
    merge(moderator, topic, rooms.topic(rooms.board("Closed", LEA), mira, "Kingfisher"))
    answer = sent(client, topic)
    assert (answer.status_code, typed(answer)) == (404, TEXT)
    assert "Kingfisher" not in answer.text
    assert stands_in(app) == []


def test_what_was_merged_out_of_sight_leads_nowhere(app, rooms, mira, client, moderator):
    closed = rooms.topic(rooms.board("Closed", LEA), mira)
    with app.app_context():
        target = rooms.topic(rooms.board(), mira)
        hidden = db.session.get_one(Topic, closed)
        hidden.merged_into_id, hidden.state = target, State.DELETED
        db.session.commit()
    assert sent(client, closed).status_code == 404
    assert client.get(f"/forum/topics/{closed}/reply").status_code == 404
    assert stands_in(app) == []


def test_it_comes_back_where_the_topic_was_taken_away(app, rooms, client, topic):
    with app.app_context():
        first = rooms.first_post(topic)
        operations.take_away(db.session(), first, State.DELETED, None, now())
        db.session.commit()
    answer = sent(client, topic)
    assert (answer.status_code, typed(answer)) == (404, TEXT)
