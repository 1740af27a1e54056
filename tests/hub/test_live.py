"""New posts and unread counts in open pages: numbers only, to all who may read, and nobody else."""

from collections.abc import Iterator

import pytest
from flask_socketio import SocketIOTestClient

from hub.clock import now
from hub.extensions import db, socketio
from hub.forum import operations as forum
from hub.forum.models import State, Topic
from hub.live import rooms as listening
from hub.live import sockets
from hub.moderation.models import Case, Decision, Ground, Sanction, SanctionKind
from knowledge.access import LEA
from tests.hub.rooms import Rooms, written


@pytest.fixture
def rooms(app):
    return Rooms(app)


@pytest.fixture
def author(people):
    return people.add("Anton")


@pytest.fixture
def mira(people):
    return people.add("Mira")


@pytest.fixture
def topic(rooms, author):
    return rooms.topic(rooms.board(), author)


@pytest.fixture
def channel(app, people):
    def opened(person, **options) -> SocketIOTestClient:
        client = people.client(person, **options)
        return socketio.test_client(app, flask_test_client=client)

    return opened


def heard(socket, name="posts"):
    return [event["args"][0] for event in socket.get_received() if event["name"] == name]


def test_a_page_hears_of_a_new_post_as_numbers(rooms, channel, topic, author, mira):
    socket = channel(mira)
    socket.emit("join", {"topic": topic})
    assert heard(socket) == [{"topic": topic, "number": 1, "count": 1}]
    rooms.reply(topic, author, "Secret words")
    assert heard(socket) == [{"topic": topic, "number": 2, "count": 2}]


def test_who_joins_again_learns_what_was_missed(rooms, channel, topic, author, mira):
    channel(mira).emit("join", {"topic": topic})
    for _ in range(3):
        rooms.reply(topic, author)
    socket = channel(mira)
    socket.emit("join", {"topic": topic})
    assert heard(socket) == [{"topic": topic, "number": 4, "count": 4}]


def test_several_tabs_of_one_person_all_hear(rooms, channel, topic, author, mira):
    tabs = [channel(mira) for _ in range(3)]
    for tab in tabs:
        tab.emit("join", {"topic": topic})
        tab.get_received()
    rooms.reply(topic, author)
    assert [len(heard(tab)) for tab in tabs] == [1, 1, 1]


def test_who_left_hears_nothing(rooms, channel, topic, author, mira):
    socket = channel(mira)
    socket.emit("join", {"topic": topic})
    socket.emit("leave", {"topic": topic})
    socket.get_received()
    rooms.reply(topic, author)
    assert heard(socket) == []


def test_what_is_rolled_back_or_held_is_not_heard_of(app, rooms, channel, topic, author, mira):
    socket = channel(mira)
    socket.emit("join", {"topic": topic})
    socket.get_received()
    with app.app_context():
        forum.reply(db.session(), topic, author, written("No."), now())
        db.session.rollback()
        db.session.commit()
    held = rooms.reply(topic, author, is_held=True)
    assert heard(socket) == []
    with app.app_context():
        forum.show(db.session(), held, None, now())
        db.session.commit()
    assert len(heard(socket)) == 1


def test_who_joins_learns_of_no_post_that_waits(rooms, channel, topic, author, mira):
    rooms.reply(topic, author, is_held=True)
    socket = channel(mira)
    socket.emit("join", {"topic": topic})
    assert heard(socket) == [{"topic": topic, "number": 1, "count": 1}]


def test_nobody_joins_what_they_may_not_read(rooms, people, channel, author, mira):
    lea = people.add("Leo", lea=True)
    closed = rooms.topic(rooms.board("Closed", LEA), author)
    strong, weak, other = channel(lea), channel(lea, is_strong=False), channel(mira)
    for socket in (strong, weak, other):
        socket.emit("join", {"topic": closed})
    assert [len(heard(socket)) for socket in (strong, weak, other)] == [1, 0, 0]


def test_a_hidden_topic_answers_nothing(app, rooms, channel, topic, mira):
    with app.app_context():
        forum.take_away(db.session(), rooms.first_post(topic), State.HIDDEN, None, now())
        db.session.commit()
    socket = channel(mira)
    socket.emit("join", {"topic": topic})
    assert heard(socket) == []


def test_who_loses_the_right_hears_nothing_more(app, rooms, people, channel, author):
    lea, other = people.add("Leo", lea=True), people.add("Lea", lea=True)
    closed = rooms.topic(rooms.board("Closed", LEA), author)
    ended, stays = channel(lea), channel(other)
    for socket in (ended, stays):
        socket.emit("join", {"topic": closed})
        socket.get_received()
    people.end_lea_membership(lea)
    rooms.reply(closed, author)
    assert heard(ended) == []
    assert len(heard(stays)) == 1
    assert len(listening.listeners(listening.of_topic(closed))) == 1


def test_who_is_suspended_hears_nothing_more(app, rooms, channel, topic, author, mira):
    socket = channel(mira)
    socket.emit("join", {"topic": topic})
    socket.get_received()
    with app.app_context():
        board_id = db.session.get_one(Topic, topic).board_id
        case = Case(board_id=board_id, ground=Ground.SPAM, opened_at=now())
        decision = Decision(
            case=case, action="suspend", ground=Ground.SPAM, facts="x", decided_at=now()
        )
        db.session.add(decision)
        db.session.flush()
        sanction = {"kind": SanctionKind.SUSPENSION, "begins_at": now()}
        db.session.add(Sanction(person_id=mira, decision_id=decision.id, **sanction))
        db.session.commit()
    rooms.reply(topic, author)
    assert heard(socket) == []


def test_the_bell_rings_in_every_open_page(app, rooms, people, channel, topic, author, mira):
    tabs = [channel(author) for _ in range(2)]
    for tab in tabs:
        tab.emit("listen", {})
        assert heard(tab, "unread") == [{"unread": 0}]
    rooms.reply(topic, mira)
    assert [heard(tab, "unread") for tab in tabs] == [[{"unread": 1}]] * 2
    people.client(author).post(f"/forum/topics/{topic}/read", data={"number": 2})
    assert [heard(tab, "unread") for tab in tabs] == [[{"unread": 0}]] * 2


def test_a_guest_listens_to_nothing(app, rooms, topic):
    client = app.test_client()
    client.get("/assistant")
    socket = socketio.test_client(app, flask_test_client=client)
    if socket.is_connected():
        socket.emit("listen", {})
        socket.emit("join", {"topic": topic})
        assert socket.get_received() == []


@pytest.mark.parametrize(
    "sent",
    [
        (),
        (None,),
        ("x",),
        (7,),
        ([],),
        ({},),
        ({"topic": None},),
        ({"topic": "1"},),
        ({"topic": True},),
        ({"topic": -1},),
        ({"topic": 2**70},),
        ({"topic": 1.5},),
        ({"topic": 4711},),
        ({"topic": 1}, {"topic": 1}),
    ],
    ids=repr,
)
@pytest.mark.parametrize("event", ["join", "leave", "listen"])
def test_a_hostile_message_does_no_harm(channel, mira, event, sent):
    socket = channel(mira)
    socket.emit(event, *sent)
    assert heard(socket) == []
    assert socket.is_connected()


def test_a_socket_is_in_few_topics(rooms, channel, author, mira, topic):
    board = rooms.board("Else")
    socket = channel(mira)
    for _ in range(sockets.MOST_TOPICS + 2):
        socket.emit("join", {"topic": rooms.topic(board, author)})
    assert len(heard(socket)) == sockets.MOST_TOPICS


class _ComingAndGoing(dict[str, dict[str, str]]):
    """Rooms that another thread opens while they are looked through."""

    def items(self) -> Iterator[tuple[str, dict[str, str]]]:
        for name, room in super().items():
            self[f"{name} and another"] = {}
            yield name, room


def test_rooms_are_looked_through_while_others_come_and_go(app, monkeypatch):
    looked_through = _ComingAndGoing({"topic:1": {"sid": "eio"}, "sid": {"sid": "eio"}})
    monkeypatch.setitem(socketio.server.manager.rooms, "/", looked_through)
    assert listening.topics_of("sid") == ["topic:1"]
