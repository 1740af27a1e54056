"""A few requests must not stop the hub for everybody."""

import time
from threading import Thread

import pytest
from sqlalchemy.exc import TimeoutError

from hub.accounts.visitor import visitor
from hub.extensions import db, socketio
from hub.texts import LONGEST_COMPOSED, tidied

MARKS = "a" + "\u0301" * 40_000 + "\u0327" * 40_000


@pytest.mark.parametrize(
    ("place", "field"),
    [("/sign-up", "email"), ("/reset", "email"), ("/assistant/ask", "question")],
)
def test_marks_without_end_are_refused_at_once(client, place, field):
    started = time.process_time()
    assert client.post(place, data={field: MARKS}).status_code == 422
    assert time.process_time() - started < 1.0


def test_what_a_field_takes_is_composed():
    assert tidied(" e\u0301 \r\n") == "\u00e9"
    started = time.process_time()
    tidied("a" + "\u0301" * (LONGEST_COMPOSED // 2) + "\u0327" * (LONGEST_COMPOSED // 2))
    assert time.process_time() - started < 0.5


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_looking_up_who_visits_keeps_no_connection(app, people, method):
    client = people.client(people.add("Anna"))
    key = client.get_cookie("hub_sign_in").value
    headers = {"Cookie": f"hub_sign_in={key}"}
    with app.test_request_context("/", method=method, headers=headers):
        assert visitor().is_signed_in
        assert not db.session().in_transaction()


def test_a_change_that_has_begun_is_not_ended_by_it(app, people):
    anna = people.add("Anna")
    key = people.client(anna).get_cookie("hub_sign_in").value
    headers = {"Cookie": f"hub_sign_in={key}"}
    with app.test_request_context("/", method="POST", headers=headers):
        from hub.accounts.models import Person

        db.session.get_one(Person, anna).language = "fr"
        db.session.flush()
        assert visitor().is_signed_in
        db.session.rollback()
        assert db.session.get_one(Person, anna).language == "en"


@pytest.mark.parametrize("key", ["x", "x" * 43, "x" * 44])
def test_many_who_ask_at_once_leave_room_for_pages(app, shelf, key):
    """Also with cookies that were never given; more of them than a small pool has connections."""
    shelf.add("act.md", "# Act\n\nThe harbour is open at noon.\n", title="Act")
    clients = [app.test_client() for _ in range(20)]
    sockets = []
    for client in clients:
        client.get("/assistant")
        client.set_cookie("hub_sign_in", key)
        sockets.append(socketio.test_client(app, flask_test_client=client))

    def ask(socket):
        socket.emit("ask", {"conversation": None, "text": "When is the harbour open?"})

    threads = [Thread(target=ask, args=(socket,)) for socket in sockets]
    started = time.monotonic()
    for thread in threads:
        thread.start()
    assert app.test_client().get("/library").status_code == 200
    for thread in threads:
        thread.join()
    assert time.monotonic() - started < 25  # a pool that is used up lets one wait for 30
    said = [[event["name"] for event in socket.get_received()] for socket in sockets]
    assert all("done" in names or "declined" in names for names in said)


def test_no_connection_left_is_no_fault_of_the_hub(app, client, monkeypatch):
    def used_up(*_args, **_options):
        raise TimeoutError("QueuePool limit")

    monkeypatch.setitem(app.view_functions, "library.index", used_up)
    assert client.get("/library").status_code == 503


def test_a_name_that_is_no_text_is_not_looked_up(client):
    for token in ("a\0b", "\ud800", "é"):
        data = {"question": "What is this?", "conversation": token.encode("utf-8", "surrogatepass")}
        assert client.post("/assistant/ask", data=data).status_code in (400, 404)


def test_written_mails_are_for_whoever_sits_at_the_machine(client):
    assert client.get("/mail").status_code == 200
    assert client.get("/mail", environ_base={"REMOTE_ADDR": "203.0.113.9"}).status_code == 404
    assert client.get("/mail", headers={"Host": "evil.example"}).status_code == 404


def test_a_page_behind_a_mailed_link_is_kept_nowhere(client):
    assert client.get("/reset/x").headers["Cache-Control"] == "no-store"
