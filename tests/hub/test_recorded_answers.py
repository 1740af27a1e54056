"""What a recorded answer still shows after its documents, or its reader, have changed."""

from dataclasses import replace

import pytest
from flask_socketio import SocketIOTestClient

from hub.accounts.models import Person, Role
from hub.clock import now
from hub.extensions import db, socketio
from hub.wiring import parts
from knowledge.access import LEA, group_audience
from knowledge.answers import Answered, Declined, DeclineReason, SourcesFound
from tests.fakes import CITATION, ScriptedAssistant, quoted

SECRET = "The canary sings at midnight."
OPEN = "The act is in force."


@pytest.fixture
def says(app, shelf):
    """An assistant that quotes document 1, which is open, and document 2, which is not."""
    shelf.add_rows(2)
    shelf.move(2, LEA)

    def script(*events):
        with app.app_context():
            app.extensions["parts"] = replace(parts(), assistant=ScriptedAssistant(events))

    script(
        SourcesFound("en", 8, ("Open act", "Closed act")),
        quoted(1, OPEN),
        quoted(2, SECRET, document_id=2, title="Closed act"),
        Answered(),
    )
    return script


def ask(client):
    answer = client.post("/assistant/ask", data={"question": "When does the canary sing?"})
    assert answer.status_code == 303
    return answer.location.split("#")[0]


def texts(client, place):
    """The answer in all its forms."""
    return [client.get(place).text, client.get(f"{place}/answers/1.txt").text]


@pytest.mark.parametrize("change", ["ended", "closed", "withdrawn", "weak"])
def test_quotes_of_a_document_that_is_closed_are_gone_from_old_answers(
    app, people, shelf, says, change
):
    lea = people.add("Lea", lea=True)
    client = people.client(lea)
    place = ask(client)
    assert all(SECRET in text and OPEN in text for text in texts(client, place))
    if change == "ended":
        people.end_lea_membership(lea)
    elif change == "closed":
        shelf.move(2, "staff")
    elif change == "withdrawn":
        shelf.withdraw(2)
    else:
        with app.app_context():  # the second factor of this browser does not count any more
            from hub.accounts.models import SignIn

            db.session.query(SignIn).update({"strong_at": None})
            db.session.commit()
    for text in texts(client, place):
        assert SECRET not in text
        assert "Closed act" not in text
        assert OPEN in text
        assert "1 quote is not shown" in text


def test_nearest_passages_are_gone_too(people, says):
    near = replace(CITATION, document_id=2, quote=SECRET, title="Closed act")
    says(SourcesFound("en", 8, ()), Declined(DeclineReason.NOT_IN_LIBRARY, "en", (near,), {}, 7))
    lea = people.add("Lea", lea=True)
    client = people.client(lea)
    place = ask(client)
    assert all(SECRET in text for text in texts(client, place))
    people.end_lea_membership(lea)
    for text in texts(client, place):
        assert SECRET not in text
        assert "Closed act" not in text


def test_an_answer_is_nobody_elses(people, client, says):
    mine = people.client(people.add("Lea", lea=True))
    place = ask(mine)
    for other in (client, people.signed_in("Otto", Role.ADMINISTRATOR)):
        assert other.get(place).status_code == 404
        assert other.get(f"{place}/answers/1.txt").status_code == 404


def test_answers_follow_the_person_and_not_the_browser(people, says):
    lea = people.add("Lea", lea=True)
    here, there = people.client(lea), people.client(lea)
    place = ask(here)
    assert there.get(place).status_code == 200
    here.post("/sign-out")
    assert here.get(place).status_code == 404
    assert SECRET not in here.get("/assistant").text


def channel(app, client) -> SocketIOTestClient:
    client.get("/assistant")
    return socketio.test_client(app, flask_test_client=client)


def test_the_channel_shows_what_the_page_shows(app, people, says):
    lea = people.add("Lea", lea=True)
    client = people.client(lea)
    ask(client)
    people.end_lea_membership(lea)
    socket = channel(app, client)
    socket.emit("follow", {"answer": 1, "after": 0})
    events = socket.get_received()
    assert [event["args"][0]["sequence"] for event in events] == [1, 2, 3, 4]
    assert OPEN in str(events)
    assert SECRET not in str(events)


def test_a_statement_that_is_closed_while_it_comes_is_not_sent(app, people, says):
    """Also where it had been recorded already."""
    lea = people.add("Lea", lea=True)
    says(
        SourcesFound("en", 8, ("Open act",)),
        quoted(1, OPEN),
        lambda: people.end_lea_membership(lea),
        quoted(2, SECRET, document_id=2, title="Closed act"),
        Answered(),
    )
    socket = channel(app, people.client(lea))
    socket.emit("ask", {"conversation": None, "text": "When does the canary sing?"})
    received = str(socket.get_received())
    assert OPEN in received
    assert SECRET not in received


@pytest.mark.parametrize("end", ["sign-out", "disabled", "removed"])
def test_a_channel_closes_with_its_sign_in(app, people, says, end):
    from time import monotonic, sleep

    from hub.accounts.models import SignIn

    person = people.add("Lea", lea=True)
    client = people.client(person)
    socket = channel(app, client)
    other = channel(app, people.signed_in("Otto"))
    assert socket.is_connected()
    if end == "sign-out":
        client.post("/sign-out")
    else:
        with app.app_context():
            if end == "disabled":
                db.session.query(Person).filter_by(id=person).update({"disabled_at": now()})
            else:
                db.session.query(SignIn).filter_by(person_id=person).delete()
            db.session.commit()
    deadline = monotonic() + 5
    while socket.is_connected() and monotonic() < deadline:
        sleep(0.05)
    assert not socket.is_connected()
    assert other.is_connected()


def test_a_channel_of_an_ended_sign_in_gets_no_answer(app, people, says):
    client = people.client(people.add("Lea", lea=True))
    socket = channel(app, client)
    client.post("/sign-out")
    socket.emit("ask", {"conversation": None, "text": "When does the canary sing?"})
    assert SECRET not in str(socket.get_received())


def test_a_group_reads_its_own_only(people, shelf, says):
    ours, theirs = people.add_group("Ours"), people.add_group("Theirs")
    shelf.move(2, group_audience(ours))
    member = people.client(people.add("Max", groups=[ours]))
    stranger = people.client(people.add("Otto", groups=[theirs]))
    chief = people.signed_in("Chief", Role.ADMINISTRATOR)
    assert SECRET in texts(member, ask(member))[0]
    for other in (stranger, chief):
        assert SECRET not in texts(other, ask(other))[0]
