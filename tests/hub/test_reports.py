"""Reporting a post: who may, what is kept, what its reporter learns."""

import pytest

from hub.clock import now
from hub.extensions import db, limiter
from hub.forum import operations
from hub.forum.models import Board, State
from hub.mail.models import Mail
from hub.moderation import references
from hub.moderation.models import Action, Case, Ground, Report, Sanction
from knowledge.access import LEA, group_audience
from tests.hub.conftest import checked
from tests.hub.court import Court
from tests.hub.rooms import written

STRANGER = {
    "offence": "hate",
    "reason": "It calls for violence against a group.",
    "name": "Nora Nobody",
    "address": "nora@example.org",
    "good_faith": "y",
}


@pytest.fixture
def court(app):
    limiter.reset()
    return Court(app)


def url(court, post_id=None):
    return f"/forum/posts/{post_id or court.post}/report"


def send(client, court, **fields):
    form = {"ground": "abuse", "reason": "It insults my unit.", "key": references.new_key()}
    return client.post(url(court), data=form | fields)


def test_a_member_reports_and_sees_what_becomes_of_it(court):
    client = court.client(court.rita)
    page = checked(client.get(url(court)).text)
    assert f"/forum/posts/{court.post}" in page.text_content()
    answer = send(client, court)
    assert answer.status_code == 303
    status = client.get(answer.location)
    assert status.headers["Cache-Control"] == "no-store"
    assert status.headers["X-Robots-Tag"] == "noindex"
    text = checked(status.text).text_content()
    assert "It waits for a moderator." in text
    assert "Rita" not in text.split("Report R-")[2]
    assert "Otto" not in text


def test_the_case_keeps_what_the_post_said(court):
    send(court.client(court.rita), court)
    kept = court.case(1)
    assert kept.evidence["text"] == "You are a fool, and so is your unit."
    assert kept.evidence["title"] == "How do you test a tool?"
    assert kept.evidence["author"] == kept.author_id == court.otto
    assert (kept.evidence["revision"], kept.evidence["board"]) == (1, court.board)
    assert "Otto" not in str(kept.evidence)


def test_reporting_twice_changes_nothing(court):
    client = court.client(court.rita)
    first, second = send(client, court), send(client, court, ground="spam")
    assert first.location == second.location
    assert court.count(Report) == court.count(Case) == 1


def test_one_who_reports_again_after_the_decision_is_led_to_it(court):
    court.decide(court.report(), Action.NOTHING)
    answer = send(court.client(court.rita), court)
    assert court.count(Case) == 1
    assert "left as it is" in court.client(court.rita).get(answer.location).text


def test_two_who_report_have_one_case_and_a_number_each(court):
    send(court.client(court.rita), court)
    send(court.client(court.mira), court)
    assert court.count(Case) == 1
    assert len({report.reference for report in court.reports()}) == 2


def test_a_number_has_sixty_bits():
    assert len(references.SIGNS) ** (references.GROUPS * references.SIZE) >= 2**60


@pytest.mark.parametrize("typed", ["as it is", "lower", "nodash"])
def test_a_number_is_read_as_people_type_it(court, client, typed):
    court.report()
    (report,) = court.reports()
    text = {"lower": report.reference.lower(), "nodash": report.reference.replace("-", "")}.get(
        typed, report.reference
    )
    assert references.as_typed(text) == report.reference
    assert client.get(f"/reports/{text}").status_code == 200


@pytest.mark.parametrize("text", ["R-0000-0000-0000", "x", "R-UUUU-0000-0000", "R" * 400, "%00"])
def test_a_number_that_nobody_was_given_leads_nowhere(court, client, text):
    assert client.get(f"/reports/{text}").status_code in (404, 400)


def test_nobody_reports_their_own_post(court):
    client = court.client(court.otto)
    assert client.get(url(court)).status_code == 403
    assert send(client, court).status_code == 403


@pytest.mark.parametrize("audience", [LEA, "group"])
def test_who_may_not_read_it_cannot_report_it(app, court, client, audience):
    group = court.people.add_group("The group")
    with app.app_context():
        of_group = group_audience(group)
        db.session.get_one(Board, court.board).audience = LEA if audience == LEA else of_group
        db.session.commit()
    for visitor in (client, court.client(court.rita)):
        assert visitor.get(url(court)).status_code == 404
        assert send(visitor, court).status_code == 404
    assert court.count(Case) == 0


def test_what_is_held_or_hidden_is_not_for_readers_to_report(app, court):
    held = court.rooms.reply(court.topic, court.otto, "Held", is_held=True)
    client = court.client(court.rita)
    assert client.get(url(court, held)).status_code == 404
    assert client.post(url(court, held), data={"ground": "spam"}).status_code == 404


def open_to_all(app, court):
    with app.app_context():
        db.session.get_one(Board, court.board).audience = "public"
        db.session.commit()


def test_anybody_reports_illegal_content_and_gets_a_receipt(app, court, client):
    open_to_all(app, court)
    page = checked(client.get(url(court)).text)
    assert page.xpath("//input[@name='address']")
    assert not page.xpath("//input[@name='ground']")
    answer = client.post(url(court), data=STRANGER)
    assert answer.status_code == 303
    (report,) = court.reports()
    assert (report.ground, report.offence) == (Ground.ILLEGAL, "hate")
    assert (report.name, report.address) == ("Nora Nobody", "nora@example.org")
    with app.app_context():
        mail = db.session.query(Mail).one()
        assert (mail.kind, mail.recipient) == ("moderation-received", "nora@example.org")
    status = client.get(answer.location).text
    assert "Nora" not in status
    assert "nora@" not in status


@pytest.mark.parametrize("missing", ["offence", "reason", "name", "address", "good_faith"])
def test_a_notice_lacks_nothing_that_the_law_asks_for(app, court, client, missing):
    open_to_all(app, court)
    form = {name: value for name, value in STRANGER.items() if name != missing}
    answer = client.post(url(court), data=form)
    assert answer.status_code == 422
    assert "calls for violence" in answer.text or missing == "reason"
    assert court.count(Case) == 0


def test_whoever_reports_the_abuse_of_children_need_not_say_who_they_are(app, court, client):
    open_to_all(app, court)
    form = {**STRANGER, "offence": "child abuse", "name": "", "address": ""}
    assert client.post(url(court), data=form).status_code == 303
    (report,) = court.reports()
    assert (report.name, report.address) == ("", "")


def test_a_member_says_in_good_faith_that_something_is_illegal(court):
    client = court.client(court.rita)
    assert send(client, court, ground="illegal").status_code == 422
    assert send(client, court, ground="illegal", good_faith="y", offence="fraud").status_code == 303


@pytest.mark.parametrize(
    "fields",
    [
        {"ground": ""},
        {"ground": "first"},
        {"ground": "x\0"},
        {"reason": ""},
        {"reason": "short"},
        {"reason": "nul \0 in a long text"},
        {"reason": "x" * 4001},
        {"reason": "turned \u202e around for sure"},
        {"key": "k" * 65},
        {"key": "\0"},
    ],
)
def test_what_cannot_be_read_is_refused_beside_its_field(court, fields):
    answer = send(court.client(court.rita), court, **fields)
    assert answer.status_code == 422
    checked(answer.text)
    assert court.count(Case) == 0


def test_the_same_form_sent_twice_gives_one_report(app, court, client):
    open_to_all(app, court)
    form = {**STRANGER, "key": "abc"}
    first, second = client.post(url(court), data=form), client.post(url(court), data=form)
    assert first.location == second.location
    assert court.count(Report) == 1


def test_a_network_reports_so_often_and_no_more(app, court, client):
    open_to_all(app, court)
    app.config["REPORT_LIMIT"] = "2 per hour"
    statuses = [client.post(url(court), data=STRANGER).status_code for _ in range(3)]
    assert statuses == [303, 303, 429]
    assert send(court.client(court.rita), court).status_code == 303  # others are not touched


def test_receipts_are_not_sent_to_one_mailbox_without_end(app, court, client):
    open_to_all(app, court)
    for _ in range(5):
        client.post(url(court), data=STRANGER)
    assert court.count(Report) == 5
    assert court.count(Mail) == 3


def test_who_is_silenced_may_still_report(app, court):
    court.decide(court.report(court.mira), Action.SILENCE, days=7)
    other = court.rooms.reply(court.topic, court.mira, "And so on.")
    answer = court.client(court.otto).post(
        url(court, other), data={"ground": "spam", "reason": "It is advertising."}
    )
    assert answer.status_code == 303
    assert court.count(Sanction) == 1


def test_a_member_finds_their_reports_and_a_stranger_does_not(court, client):
    court.report()
    (report,) = court.reports()
    assert report.reference in court.client(court.rita).get("/account/moderation").text
    assert report.reference not in court.client(court.mira).get("/account/moderation").text
    assert client.get("/account/moderation").status_code == 303


def test_an_edit_since_makes_a_new_case_possible(app, court):
    court.decide(court.report(), Action.NOTHING)
    with app.app_context():
        operations.edit(db.session(), court.post, court.otto, written("Worse."), 1, now())
        db.session.commit()
    assert court.report() == 2
    assert court.state_of()[0] == State.VISIBLE
