"""Who may read a document: shown to readers, and said by curators."""

import pytest
from sqlalchemy import select

from hub.accounts.models import Role
from hub.audit.models import AuditEntry
from hub.extensions import db
from knowledge.models import Document
from tests.hub.conftest import checked

TEXT = "# Rules\n\nThe police may use it.\n"


@pytest.fixture
def document(shelf):
    return shelf.add("rules.md", TEXT, title="Rules")


def state(app, document_id):
    with app.app_context():
        row = db.session.get_one(Document, document_id)
        return row.audience, row.mark


def entries(app):
    with app.app_context():
        return list(db.session.scalars(select(AuditEntry)))


def save(client, document_id, **data):
    return client.post(f"/library/{document_id}/audience", data={"reason": "Asked to", **data})


def test_a_curator_closes_a_document(app, people, client, document):
    curator = people.signed_in("Cura", Role.CURATOR)
    page = checked(curator.get(f"/library/{document}").text)
    assert page.xpath("//a[text()='Who may read this']/@href") == [f"/library/{document}/audience"]
    form = checked(curator.get(f"/library/{document}/audience").text)
    assert form.xpath("//input[@name='audience'][@checked]/@value") == ["public"]
    saved = save(curator, document, audience="lea", mark="green")
    assert (saved.status_code, saved.location) == (303, f"/library/{document}")
    assert state(app, document) == ("lea", "green")
    assert client.get(f"/library/{document}").status_code == 404
    (entry,) = entries(app)
    assert (entry.act, entry.subject_id, entry.reason) == (
        "document.audience",
        document,
        "Asked to",
    )
    assert entry.before == {"audience": "public", "mark": ""}
    assert entry.after == {"audience": "lea", "mark": "green"}


def test_the_mark_stands_on_the_document_with_its_meaning(people, shelf):
    number = shelf.add("rules.md", TEXT, title="Rules", audience="lea", mark="green")
    lea = people.signed_in("Lea", lea=True)
    for url in (f"/library/{number}", "/library", "/"):
        text = checked(lea.get(url).text).xpath("//main")[0].text_content()
        assert "TLP:GREEN" in text
        assert "LEA members" in text
    assert "others in law enforcement" in lea.get(f"/library/{number}").text


@pytest.mark.parametrize(
    ("mark", "audience"),
    [("amber", "public"), ("amber", "lea"), ("green", "members"), ("red", "staff")],
)
def test_a_mark_that_does_not_allow_the_readers_is_refused(app, people, document, mark, audience):
    answer = save(people.signed_in("Cura", Role.CURATOR), document, audience=audience, mark=mark)
    assert answer.status_code == 422
    assert "does not allow these readers" in checked(answer.text).text_content()
    assert state(app, document) == ("public", "")
    assert entries(app) == []


@pytest.mark.parametrize(
    "data",
    [
        {"audience": "everyone", "mark": ""},
        {"audience": "group-1", "mark": ""},
        {"audience": "public", "mark": "purple"},
        {"audience": "public"},
        {"audience": "lea", "mark": "", "reason": ""},
        {"audience": "lea", "mark": "", "reason": "x" * 501},
        {"audience": "lea", "mark": "", "reason": "a\0b"},
        {},
    ],
)
def test_bad_input_changes_nothing(app, people, document, data):
    answer = save(people.signed_in("Cura", Role.CURATOR), document, **data)
    assert answer.status_code == 422
    assert state(app, document) == ("public", "")


def test_a_group_is_offered_to_curators_who_are_in_it(app, people, shelf, document):
    ours, theirs = people.add_group("Ours"), people.add_group("Theirs")
    curator = people.client(people.add("Cura", Role.CURATOR, groups=[ours]))
    page = curator.get(f"/library/{document}/audience").text
    assert "Group: Ours" in page
    assert "Theirs" not in page
    assert save(curator, document, audience=f"group-{theirs}", mark="").status_code == 422
    assert save(curator, document, audience=f"group-{ours}", mark="red").status_code == 303
    assert state(app, document) == (f"group-{ours}", "red")
    member = people.client(people.add("Max", groups=[ours]))
    assert "Ours" in checked(member.get(f"/library/{document}").text).text_content()
    assert (
        people.signed_in("Chief", Role.ADMINISTRATOR).get(f"/library/{document}").status_code == 404
    )


def test_a_document_of_others_is_not_there_for_a_curator(people, shelf):
    hidden = shelf.add("rules.md", TEXT, audience=f"group-{people.add_group('Ours')}")
    curator = people.signed_in("Cura", Role.CURATOR)
    assert curator.get(f"/library/{hidden}/audience").status_code == 404
    assert save(curator, hidden, audience="public", mark="").status_code == 404


def test_others_may_not(people, client, document):
    assert client.get(f"/library/{document}/audience").status_code == 303
    for who in (
        people.signed_in("Max"),
        people.signed_in("Lea", lea=True),
        people.signed_in("Mod", Role.MODERATOR),
    ):
        assert who.get(f"/library/{document}/audience").status_code == 403
        assert save(who, document, audience="lea", mark="").status_code == 403
        assert "Who may read this" not in who.get(f"/library/{document}").text


def test_an_answer_says_who_may_pass_it_on(people, shelf):
    shelf.add(
        "rules.md",
        "# Rules\n\nHarbour drones are registered with the port authority.\n",
        title="Rules",
        audience="lea",
        mark="green",
    )
    lea = people.signed_in("Lea", lea=True)
    asked = lea.post("/assistant/ask", data={"question": "Who registers harbour drones?"})
    place = asked.location.split("#")[0]
    assert "TLP:GREEN" in lea.get(place).text
    assert "TLP:GREEN" in lea.get(f"{place}/answers/1.txt").text
