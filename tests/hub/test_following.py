"""How far somebody has read, and what they follow."""

import pytest
from sqlalchemy import select

from hub.accounts.models import Role
from hub.clock import now
from hub.extensions import db
from hub.following import operations, queries, rules
from hub.following.models import Follow, Followed, Level, ReadPosition
from hub.forum import operations as forum
from hub.forum.models import State, Topic
from knowledge.access import LEA, STAFF, reader_of
from tests.hub.at_once import at_once
from tests.hub.conftest import checked
from tests.hub.rooms import Rooms

JSON = {"Accept": "application/json"}


@pytest.fixture
def rooms(app):
    return Rooms(app)


@pytest.fixture
def mira(people):
    return people.add("Mira")


@pytest.fixture
def author(people):
    return people.add("Anton")


@pytest.fixture
def board(rooms):
    return rooms.board()


@pytest.fixture
def topic(rooms, board, author):
    topic = rooms.topic(board, author)
    for _ in range(4):
        rooms.reply(topic, author)
    return topic


def position(app, person, topic):
    with app.app_context():
        return queries.position(db.session(), person, topic)


def follows(app, person):
    with app.app_context():
        mine = select(Follow).where(Follow.person_id == person)
        return {
            (row.kind, row.target): (row.level, row.is_chosen) for row in db.session.scalars(mine)
        }


def levels(app, person, topic_id):
    with app.app_context():
        return queries.levels(db.session(), person, db.session.get_one(Topic, topic_id))


# positions


def test_a_position_moves_forward_and_never_back(app, people, mira, topic):
    client = people.client(mira)
    for number, stands in ((3, 3), (2, 3), (5, 5), (99, 5)):
        answer = client.post(f"/forum/topics/{topic}/read", data={"number": number}, headers=JSON)
        assert answer.status_code == 204
        assert position(app, mira, topic) == stands


def test_without_script_the_page_comes_back(people, mira, topic):
    answer = people.client(mira).post(f"/forum/topics/{topic}/read", data={"number": 1})
    assert answer.status_code == 303
    assert answer.location == f"/forum/topics/{topic}"


def test_of_two_at_once_the_one_further_on_stays(app, people, mira, topic):
    url = f"/forum/topics/{topic}/read"

    def call(number):
        client = people.client(mira)
        return lambda: client.post(url, data={"number": number}, headers=JSON)

    calls = [call(number) for number in (2, 5, 3, 4)]
    assert {answer.status_code for answer in at_once(*calls)} == {204}
    assert position(app, mira, topic) == 5
    with app.app_context():
        assert db.session.query(ReadPosition).filter_by(person_id=mira).count() == 1


@pytest.mark.parametrize("number", ["", "-1", "x", "1.5", "9" * 10, "9" * 30, "a\0b", "²"])
def test_a_hostile_number_is_refused(app, people, mira, topic, number):
    answer = people.client(mira).post(f"/forum/topics/{topic}/read", data={"number": number})
    assert answer.status_code == 422
    assert position(app, mira, topic) == 0


def test_what_one_may_not_read_does_not_exist(rooms, people, mira, author):
    hidden = rooms.topic(rooms.board("Closed", STAFF), author)
    client = people.client(mira)
    assert client.post(f"/forum/topics/{hidden}/read", data={"number": 1}).status_code == 404
    assert client.post("/forum/topics/4711/read", data={"number": 1}).status_code == 404


def test_a_topic_that_a_moderator_hid_is_not_read(app, rooms, people, mira, topic):
    with app.app_context():
        forum.take_away(db.session(), rooms.first_post(topic), State.HIDDEN, None, now())
        db.session.commit()
    answer = people.client(mira).post(f"/forum/topics/{topic}/read", data={"number": 1})
    assert answer.status_code == 404


def test_a_merged_topic_leads_on_and_its_numbers_say_nothing(
    app, rooms, people, mira, board, topic, author
):
    old = rooms.topic(board, author)
    with app.app_context():
        db.session.get_one(Topic, old).merged_into_id = topic
        db.session.commit()
    answer = people.client(mira).post(f"/forum/topics/{old}/read", data={"number": 1})
    assert answer.location == f"/forum/topics/{topic}"
    assert position(app, mira, topic) == position(app, mira, old) == 0


def test_own_posts_are_read_where_all_before_them_was(app, rooms, people, mira, author, topic):
    people.client(mira).post(f"/forum/topics/{topic}/read", data={"number": 5})
    rooms.reply(topic, mira)
    assert position(app, mira, topic) == 6
    rooms.reply(topic, author)
    rooms.reply(topic, mira)  # 8, without having read 7
    assert position(app, mira, topic) == 6


def test_who_begins_a_topic_has_read_it(app, rooms, mira, board):
    assert position(app, mira, rooms.topic(board, mira)) == 1


def test_a_hidden_post_before_ones_own_is_nothing_to_read(app, rooms, people, mira, author, topic):
    people.client(mira).post(f"/forum/topics/{topic}/read", data={"number": 5})
    hidden = rooms.reply(topic, author)
    with app.app_context():
        forum.take_away(db.session(), hidden, State.HIDDEN, None, now())
        db.session.commit()
    rooms.reply(topic, mira)
    assert position(app, mira, topic) == 7


def test_a_board_is_read_at_once_and_nothing_is_put_back(
    app, rooms, people, mira, author, board, topic
):
    other, elsewhere = rooms.topic(board, author), rooms.topic(rooms.board("Else"), author)
    client = people.client(mira)
    client.post(f"/forum/topics/{topic}/read", data={"number": 2})
    answer = client.post(f"/forum/boards/{board}/read")
    assert (answer.status_code, answer.location) == (303, f"/forum/boards/{board}")
    assert position(app, mira, topic) == 5
    assert position(app, mira, other) == 1
    assert position(app, mira, elsewhere) == 0


@pytest.mark.parametrize("is_last", [True, False])
def test_what_waited_while_a_board_was_read_is_new(
    app, rooms, people, mira, author, board, topic, is_last
):
    held = rooms.reply(topic, author, is_held=True)
    if not is_last:
        rooms.reply(topic, author)
    client = people.client(mira)
    client.post(f"/forum/boards/{board}/read")
    assert "1 new" not in client.get(f"/forum/boards/{board}").text
    with app.app_context():
        forum.show(db.session(), held, None, now())
        db.session.commit()
    assert "1 new" in client.get(f"/forum/boards/{board}").text


# levels


@pytest.mark.parametrize(
    ("chosen", "level"),
    [
        ([], Level.NORMAL),
        ([(Followed.BOARD, Level.WATCH)], Level.WATCH),
        ([(Followed.BOARD, Level.WATCH), (Followed.TAG, Level.MUTE)], Level.MUTE),
        ([(Followed.BOARD, Level.MUTE), (Followed.TOPIC, Level.WATCH)], Level.WATCH),
        ([(Followed.BOARD, Level.WATCH), (Followed.TOPIC, Level.NORMAL)], Level.NORMAL),
        ([(Followed.BOARD, Level.MUTE), (Followed.TOPIC, Level.NORMAL)], Level.NORMAL),
        ([(Followed.TAG, Level.WATCH), (Followed.TOPIC, Level.MUTE)], Level.MUTE),
    ],
)
def test_what_counts_most(chosen, level):
    assert rules.effective(chosen) is level


def test_a_topic_a_board_and_a_tag_are_followed(app, rooms, people, mira, author, board):
    topic = rooms.topic(board, author, tags=["drones"])
    client = people.client(mira)
    for kind, target, level in (
        ("board", board, "watch"),
        ("tag", "drones", "mute"),
        ("topic", topic, "normal"),
    ):
        form = {"kind": kind, "target": target, "level": level}
        answer = client.post("/account/following", data=form, headers=JSON)
        assert answer.status_code == 204
    found = levels(app, mira, topic)
    assert found.effective is Level.NORMAL
    assert (found.topic, found.board) == (Level.NORMAL, Level.WATCH)
    assert found.tags == {"drones": Level.MUTE}


def test_normal_lets_a_board_and_a_tag_go(app, people, mira, board):
    client = people.client(mira)
    for level in ("watch", "normal"):
        form = {"kind": "board", "target": board, "level": level, "next": f"/forum/boards/{board}"}
        assert client.post("/account/following", data=form).location == f"/forum/boards/{board}"
    assert follows(app, mira) == {}


def test_another_host_is_no_place_to_go_back_to(people, mira, board):
    form = {"kind": "board", "target": board, "level": "watch", "next": "//evil.example/"}
    assert people.client(mira).post("/account/following", data=form).location == "/"


def test_nobody_follows_what_they_may_not_read(app, rooms, people, mira, author):
    closed = rooms.board("Closed", LEA)
    topic = rooms.topic(closed, author, tags=["secret"])
    client = people.client(mira)
    for kind, target in (("board", closed), ("topic", topic), ("tag", "secret"), ("tag", "none")):
        form = {"kind": kind, "target": target, "level": "watch"}
        assert client.post("/account/following", data=form).status_code == 404
    assert follows(app, mira) == {}


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"kind": "board"},
        {"kind": "person", "target": "1", "level": "watch"},
        {"kind": "board", "target": "x", "level": "watch"},
        {"kind": "tag", "target": "", "level": "watch"},
        {"kind": "tag", "target": "a\0b", "level": "watch"},
        {"kind": "tag", "target": "x" * 10_000, "level": "watch"},
        {"kind": "tag", "target": "\u202egat", "level": "watch"},
        {"kind": "topic", "target": "9" * 25, "level": "watch"},
        {"kind": "board", "target": "2147483648", "level": "watch"},
    ],
    ids=repr,
)
def test_a_hostile_choice_is_refused(app, people, mira, form):
    assert people.client(mira).post("/account/following", data=form).status_code == 422
    assert follows(app, mira) == {}


@pytest.mark.parametrize("before", ["9999999999", "9" * 30, "-1", "x"])
def test_a_hostile_page_number_is_the_first_page(people, mira, before):
    assert people.client(mira).get(f"/account/following?before={before}").status_code == 200


def test_a_level_that_is_none_is_refused(people, mira, board):
    form = {"kind": "board", "target": board, "level": "loud"}
    assert people.client(mira).post("/account/following", data=form).status_code == 422


def test_whoever_writes_follows_without_having_chosen(app, rooms, mira, topic, author, board):
    rooms.reply(topic, mira)
    assert follows(app, mira) == {("topic", str(topic)): ("normal", False)}
    with app.app_context():
        operations.follow(db.session(), mira, Followed.BOARD, str(board), Level.WATCH, now())
        db.session.commit()
    assert levels(app, mira, topic).effective is Level.WATCH
    assert levels(app, mira, topic).topic is None


def test_writing_again_leaves_what_was_chosen(app, rooms, people, mira, topic):
    form = {"kind": "topic", "target": topic, "level": "mute"}
    people.client(mira).post("/account/following", data=form)
    rooms.reply(topic, mira)
    assert follows(app, mira) == {("topic", str(topic)): ("mute", True)}


def test_nobody_follows_without_end(app, people, mira, board, rooms, monkeypatch):
    monkeypatch.setattr(operations, "MOST_FOLLOWED", 1)
    client = people.client(mira)
    for place in (board, rooms.board("Else")):
        client.post("/account/following", data={"kind": "board", "target": place, "level": "watch"})
    assert len(follows(app, mira)) == 1
    assert "as much as is possible" in client.get("/account/following").text


# the page


def test_the_page_shows_what_one_follows_and_may_read(app, rooms, people, author):
    lea = people.add("Leo", lea=True)
    closed, open_board = rooms.board("Heron board", LEA), rooms.board("Open board")
    topic = rooms.topic(closed, author, "Heron topic")
    client = people.client(lea)
    for kind, target in (("board", closed), ("board", open_board), ("topic", topic)):
        form = {"kind": kind, "target": target, "level": "watch"}
        client.post("/account/following", data=form)
    text = checked(client.get("/account/following").text).text_content()
    assert "Heron board" in text
    assert "Heron topic" in text
    weak = people.client(lea, is_strong=False).get("/account/following").text
    assert "Heron" not in weak
    assert "Open board" in weak


def test_the_topics_come_by_pages(app, rooms, people, mira, board, monkeypatch):
    monkeypatch.setattr(queries, "PAGE_SIZE", 2)
    for number in range(3):
        rooms.topic(board, mira, f"Topic {number}")
    client = people.client(mira)
    first = checked(client.get("/account/following").text)
    assert "Topic 2" in first.text_content()
    assert "Topic 0" not in first.text_content()
    [later] = first.xpath("//a[@rel='next']/@href")
    assert "Topic 0" in client.get(later).text


def test_staff_read_a_tag_of_their_own_boards(app, rooms, people, author):
    rooms.topic(rooms.board("Staff", STAFF), author, tags=["desk"])
    with app.app_context():
        assert queries.is_readable_tag(db.session(), reader_of(is_staff=True), "desk")
        assert not queries.is_readable_tag(db.session(), reader_of(is_member=True), "desk")
    client = people.signed_in("Cora", Role.CURATOR)
    form = {"kind": "tag", "target": "desk", "level": "watch"}
    assert client.post("/account/following", data=form, headers=JSON).status_code == 204
