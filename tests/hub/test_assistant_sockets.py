"""Asking by the live channel: the same answers, part by part."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_socketio import SocketIOTestClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from structlog.testing import capture_logs

from hub.assistant.models import Answer, AnswerState
from hub.extensions import db, socketio
from hub.wiring import parts
from knowledge.answers import AnswerEvent
from tests.fakes import ScriptedAssistant, a_refusal, an_answer
from tests.hub.shelf import Shelf

QUESTION = "May the police use facial recognition?"
Script = Sequence[AnswerEvent | Callable[[], object]]
Channel = Callable[[FlaskClient], SocketIOTestClient]


@pytest.fixture
def library(app: Flask, shelf: Shelf) -> Callable[[Script], None]:
    def says(script: Script) -> None:
        with app.app_context():
            app.extensions["parts"] = replace(parts(), assistant=ScriptedAssistant(script))

    shelf.add_rows()
    says(an_answer())
    return says


@pytest.fixture
def channel(app: Flask) -> Channel:
    def opened(client: FlaskClient) -> SocketIOTestClient:
        client.get("/assistant")
        return socketio.test_client(app, flask_test_client=client)

    return opened


def received(socket: SocketIOTestClient) -> list[tuple[str, dict[str, Any]]]:
    return [(event["name"], event["args"][0]) for event in socket.get_received()]


def names(events: list[tuple[str, dict[str, Any]]]) -> list[str]:
    return [name for name, _ in events]


def without_space(markup: str) -> str:
    return "".join(markup.split())


def answers(app: Flask) -> list[Answer]:
    with app.app_context(), Session(db.engine) as session:
        return list(session.scalars(select(Answer).order_by(Answer.id)))


def test_an_answer_comes_part_by_part(client, library, channel):
    socket = channel(client)
    socket.emit("ask", {"text": QUESTION})
    (_, started), *events = received(socket)
    assert names(events) == ["sources", "statement", "statement", "done"]
    assert [event["sequence"] for _, event in events] == [1, 2, 3, 4]
    assert {event["answer"] for _, event in events} == {started["answer"]}
    assert [event["final"] for _, event in events] == [False, False, False, True]


def test_the_parts_make_the_page_that_comes_after_a_reload(client, library, channel):
    socket = channel(client)
    socket.emit("ask", {"text": QUESTION})
    (_, started), *events = received(socket)
    page = client.get(started["url"].split("#")[0]).text
    sent = [event["quotes"] for name, event in events if name == "statement"]
    sent.append(events[-1][1]["tail"])
    for part in sent:
        assert without_space(part) in without_space(page)


def test_each_event_is_recorded_before_it_is_sent(app, client, library, channel):
    seen = []

    def look() -> None:
        seen.append(len(answers(app)[0].statements))

    events = an_answer(3)
    library([events[0], look, events[1], look, events[2], look, *events[3:]])
    channel(client).emit("ask", {"text": QUESTION})
    assert seen == [0, 1, 2]


def test_a_question_joins_the_conversation_that_is_open(client, library, channel):
    socket = channel(client)
    socket.emit("ask", {"text": QUESTION})
    url = received(socket)[0][1]["url"].split("#")[0]
    socket.emit("ask", {"text": "And then?", "conversation": url.rsplit("/", 1)[1]})
    assert received(socket)[0][1]["url"] == f"{url}#answer-2"


def test_a_declined_question_ends_with_its_reason(client, library, channel):
    library(a_refusal())
    socket = channel(client)
    socket.emit("ask", {"text": QUESTION})
    name, last = received(socket)[-1]
    assert name == "declined"
    assert last["final"]
    assert "No sentence in the library" in last["tail"]


def test_a_fault_ends_the_answer_in_words(app, client, library, channel):
    def breaks() -> None:
        raise RuntimeError(QUESTION)

    library([*an_answer()[:2], breaks])
    socket = channel(client)
    with capture_logs() as logged:
        socket.emit("ask", {"text": QUESTION})
    assert received(socket)[-1][0] == "failed"
    assert answers(app)[0].state == AnswerState.FAILED
    assert QUESTION not in str(logged)


@pytest.mark.parametrize(
    "sent",
    [
        (),
        (None,),
        ("text",),
        ([],),
        (7,),
        ({},),
        ({"text": None},),
        ({"text": 7},),
        ({"text": ["a"]},),
        ({"text": "why"}, {"text": "why"}),
        ({"text": "a\x00b"},),
        ({"text": "\ud800"},),
        ({"text": "…"},),
        ({"text": "x" * 1001},),
        ({"text": "why", "conversation": {}},),
        ({"text": "why", "conversation": "nobody's"},),
        ({"text": "why", "conversation": "\x00"},),
    ],
    ids=repr,
)
def test_a_hostile_question_is_refused_in_words(app, client, library, channel, sent):
    socket = channel(client)
    with capture_logs() as logged:
        socket.emit("ask", *sent)
    [(name, refused)] = received(socket)
    assert name == "refused"
    assert len(refused["problem"]) > 20
    assert logged == []
    assert answers(app) == []


@pytest.mark.parametrize("number", [None, "1", 1.0, True, -1, 2**31, 2**70, [], {}, 99], ids=repr)
@pytest.mark.parametrize("event", ["follow", "stop"])
def test_a_hostile_number_is_refused_in_words(client, library, channel, event, number):
    socket = channel(client)
    with capture_logs() as logged:
        socket.emit(event, {"answer": number, "after": 0})
    assert names(received(socket)) == ["refused"]
    assert logged == []


def test_only_a_reader_with_a_session_connects(app, library):
    socket = socketio.test_client(app, flask_test_client=app.test_client())
    assert not socket.is_connected()


def test_another_site_cannot_connect(client):
    address = "/socket.io/?EIO=4&transport=websocket"
    client.get("/assistant")
    foreign = client.get(address, headers={"Origin": "https://elsewhere.example"})
    assert foreign.status_code == 400
    assert "accepted origin" in foreign.text


def test_long_polling_is_not_offered(client):
    assert client.get("/socket.io/?EIO=4&transport=polling").status_code == 400


def test_a_message_has_a_size_limit(client, channel):
    channel(client)
    assert socketio.server.eio.max_http_buffer_size <= 16_384


def test_following_sends_only_what_is_missing(client, library, channel):
    socket = channel(client)
    socket.emit("ask", {"text": QUESTION})
    answer = received(socket)[0][1]["answer"]
    again = channel(client)
    again.emit("follow", {"answer": answer, "after": 2})
    assert [(name, event["sequence"]) for name, event in received(again)] == [
        ("statement", 3),
        ("done", 4),
    ]


def test_following_goes_on_until_the_answer_ends(app, client, library, channel):
    late = channel(client)
    events = an_answer()
    following = []

    def follow() -> None:
        answer = answers(app)[0].id
        following.append(
            socketio.start_background_task(late.emit, "follow", {"answer": answer, "after": 0})
        )

    library([*events[:2], follow, *events[2:]])
    channel(client).emit("ask", {"text": QUESTION})
    following[0].join(timeout=10)
    assert [event["sequence"] for _, event in received(late)] == [1, 2, 3, 4]


def test_nobody_follows_or_stops_the_answer_of_another(app, client, library, channel):
    refusals = []

    def interfere() -> None:
        stranger = channel(app.test_client())
        for event in ("follow", "stop"):
            stranger.emit(event, {"answer": answers(app)[0].id, "after": 0})
        refusals.extend(names(received(stranger)))

    library([*an_answer()[:2], interfere, *an_answer()[2:]])
    channel(client).emit("ask", {"text": QUESTION})
    assert refusals == ["refused", "refused"]
    assert answers(app)[0].state == AnswerState.ANSWERED


def test_stopping_keeps_what_was_said_and_ends_the_answer(app, client, library, channel):
    socket, other = channel(client), channel(client)
    too_late = []

    def stop() -> None:
        other.emit("stop", {"answer": answers(app)[0].id})

    events = an_answer(3)
    library([*events[:2], stop, events[2], lambda: too_late.append(True), *events[3:]])
    socket.emit("ask", {"text": QUESTION})
    assert names(received(socket)) == ["started", "sources", "statement", "stopped"]
    [answer] = answers(app)
    assert answer.state == AnswerState.STOPPED
    assert len(answer.statements) == 1
    assert answer.finished_at
    assert not too_late


def test_an_answer_goes_on_when_the_reader_leaves(app, client, library, channel):
    socket = channel(client)
    library([*an_answer()[:2], socket.disconnect, *an_answer()[2:]])
    socket.emit("ask", {"text": QUESTION})
    [answer] = answers(app)
    assert answer.state == AnswerState.ANSWERED
    assert len(answer.statements) == 2


def test_the_page_and_the_channel_share_one_allowance(app, client, library, channel):
    app.config["ASK_LIMIT"] = "2 per minute"
    socket = channel(client)
    client.post("/assistant/ask", data={"question": QUESTION})
    socket.emit("ask", {"text": QUESTION})
    assert names(received(socket))[-1] == "done"
    socket.emit("ask", {"text": QUESTION})
    [(name, refused)] = received(socket)
    assert name == "refused"
    assert "Ask again in" in refused["problem"]
    assert client.post("/assistant/ask", data={"question": QUESTION}).status_code == 429
    assert len(answers(app)) == 2
