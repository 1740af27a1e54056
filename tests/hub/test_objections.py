"""Objections: who makes them, who answers, and what an upheld one undoes."""

from datetime import timedelta

import pytest

from hub.accounts.models import Role, RoleGrant
from hub.audit.models import AuditEntry
from hub.clock import now
from hub.extensions import db, limiter
from hub.forum import operations
from hub.forum.models import Post, State
from hub.mail.models import Mail
from hub.moderation import taking
from hub.moderation.models import Action, CaseState, Ground, Objection, Sanction
from hub.moderation.rules import OBJECTION_TIME, Problem
from tests.hub.conftest import checked
from tests.hub.court import Court
from tests.hub.rooms import written

WHY = "It was a joke between friends, as both say."
PAGE = "/desk/moderation/objections"


@pytest.fixture
def court(app):
    limiter.reset()
    return Court(app)


def answer(client, objection, outcome="upheld", why=WHY):
    return client.post(f"{PAGE}/{objection}", data={"outcome": outcome, "why": why})


def mails(app):
    with app.app_context():
        return {(mail.kind, mail.recipient) for mail in db.session.query(Mail)}


def test_an_upheld_objection_shows_the_post_again_and_tells_both_sides(app, court):
    case = court.report()
    decision = court.decide(case)
    client = court.client(court.otto)
    assert client.post(f"/decisions/{decision}/objection", data={"text": "x"}).status_code == 422
    sent = client.post(f"/decisions/{decision}/objection", data={"text": "It was a joke."})
    assert sent.status_code == 303
    mia = court.client(court.mia)
    assert "Objection 1" in mia.get("/desk/moderation?tab=objections").text
    checked(mia.get(f"{PAGE}/1").text)
    assert answer(mia, 1).status_code == 303
    assert court.state_of() == (State.VISIBLE, State.VISIBLE)
    assert court.decision(decision).overturned_at is not None
    assert court.reports()[0].was_right is False
    assert ("moderation-answer", "otto@example.org") in mails(app)
    assert ("moderation-changed", "rita@example.org") in mails(app)
    page = client.get(f"/decisions/{decision}").text
    assert "overturned and undone" in page
    assert WHY in page


def test_a_rejected_one_leaves_everything_and_is_answered_with_reasons(app, court):
    decision = court.decide(court.report())
    objection = court.object(decision)
    assert answer(court.client(court.mia), objection, "rejected", "").status_code == 422
    assert answer(court.client(court.mia), objection, "rejected").status_code == 303
    assert court.state_of()[0] == State.HIDDEN
    assert court.decision(decision).overturned_at is None
    assert court.reports()[0].was_right is True
    assert WHY in court.client(court.otto).get(f"/decisions/{decision}").text


@pytest.mark.parametrize("who", ["mo", "otto", "rita", "mira"])
def test_nobody_who_has_to_do_with_it_answers(court, who):
    """Who decided; and, as moderators of the board: its author, its reporter. Others: 404."""
    decision = court.decide(court.report())
    objection = court.object(decision)
    for person in (court.otto, court.rita):
        court.rooms.moderator(court.board, person)
    found = answer(court.client(getattr(court, who)), objection)
    assert found.status_code == (404 if who == "mira" else 403)
    assert court.objection(objection).decided_at is None
    with pytest.raises(taking.Refused):
        court.answer(objection, by=getattr(court, who if who != "mira" else "mo"))


def test_a_single_moderator_is_told_that_another_is_needed(app, court):
    with app.app_context():
        db.session.query(RoleGrant).filter(RoleGrant.person_id.in_([court.mia, court.ada])).delete()
        db.session.commit()
    decision = court.decide(court.report(), Action.SILENCE, days=7)
    objection = court.object(decision)
    text = checked(court.client(court.mo).get(f"{PAGE}/{objection}").text).text_content()
    assert "You decided this. Another moderator answers the objection." in text
    assert "Nobody else can answer it at present." in text
    with app.app_context():
        db.session.add(RoleGrant(person_id=court.mia, role=Role.MODERATOR, granted_at=now()))
        db.session.commit()
    assert "1 other person can answer it." in court.client(court.mo).get(f"{PAGE}/{objection}").text


def test_an_upheld_objection_lifts_the_sanction(app, court):
    decision = court.decide(court.report(), Action.SUSPEND, days=30, takes_away=True)
    court.answer(court.object(decision))
    with app.app_context():
        assert db.session.query(Sanction).one().lifted_at is not None
        acts = [entry.act for entry in db.session.query(AuditEntry).order_by(AuditEntry.id)]
    assert acts[-2:] == ["sanction.lifted", "objection.decided"]
    assert court.state_of()[0] == State.VISIBLE
    assert court.client(court.otto).get(f"/forum/topics/{court.topic}").status_code == 200


def test_an_upheld_objection_gives_back_the_text(app, court):
    edited = {"text": "Mild words.", "based_on": 1}
    decision = court.decide(court.report(), Action.EDIT, **edited)
    court.answer(court.object(decision))
    with app.app_context():
        assert db.session.get_one(Post, court.post).text.startswith("You are a fool")


def test_what_somebody_wrote_since_is_not_undone(app, court):
    decision = court.decide(court.report(), Action.EDIT, text="Mild words.", based_on=1)
    with app.app_context():
        operations.edit(db.session(), court.post, court.otto, written("Milder."), 2, now())
        db.session.commit()
    court.answer(court.object(decision))
    with app.app_context():
        assert db.session.get_one(Post, court.post).text == "Milder."


def test_a_post_that_another_decision_hides_stays_hidden(court):
    first = court.decide(court.report(), Action.WARN, takes_away=True)
    second = court.decide(court.report(court.mira), Action.WARN)
    assert court.decision(second).takes_away is False
    court.answer(court.object(second))
    assert court.state_of()[0] == State.HIDDEN
    court.answer(court.object(first))
    assert court.state_of()[0] == State.VISIBLE


def test_a_post_that_was_taken_back_is_not_shown_by_it(app, court):
    decision = court.decide(court.report())
    with app.app_context():
        operations.take_away(db.session(), court.post, State.DELETED, None, now())
        db.session.commit()
    court.answer(court.object(decision))
    assert court.state_of()[0] == State.DELETED


def test_a_reporter_objects_and_the_case_is_open_again(app, court, client):
    case = court.report(0, Ground.ILLEGAL, address="nora@example.org")
    court.decide(case, Action.NOTHING, ground=Ground.ILLEGAL)
    (report,) = court.reports()
    url = f"/reports/{report.reference}"
    assert "Object" in checked(client.get(url).text).text_content()
    sent = client.post(f"{url}/objection", data={"text": "It is against the law."})
    assert sent.status_code == 303
    assert answer(court.client(court.mo), 1).status_code == 403
    assert answer(court.client(court.mia), 1).status_code == 303
    found = court.case(case)
    assert (found.state, found.claimed_by) == (CaseState.OPEN, court.mia)
    assert court.reports()[0].was_right is None
    assert "looked at once more" in client.get(url).text
    with pytest.raises(taking.Refused) as refused:
        court.decide(case, by=court.mo)
    assert refused.value.problem is Problem.CLAIMED
    court.decide(case, by=court.mia, ground=Ground.ILLEGAL)
    assert court.reports()[0].was_right is True
    assert court.state_of()[0] == State.HIDDEN
    assert ("moderation-answer", "nora@example.org") in mails(app)


def test_who_was_overruled_does_not_decide_again(court):
    case = court.report()
    first = court.decide(case, Action.NOTHING)
    court.answer(court.object_as_reporter(first, court.reports()[0].id))
    court.client(court.mia).post(f"/desk/moderation/{case}/release")
    with pytest.raises(taking.Refused) as refused:
        court.decide(case, by=court.mo)
    assert refused.value.problem is Problem.SAME_PERSON


def test_a_case_that_opened_meanwhile_takes_the_reports_over(court):
    first = court.report()
    decision = court.decide(first, Action.NOTHING)
    objection = court.object_as_reporter(decision, court.reports()[0].id)
    second = court.report(court.mira)
    assert second != first
    court.answer(objection)
    assert court.case(first).state == CaseState.DECIDED
    assert {report.case_id for report in court.reports()} == {second}


def test_reporters_do_not_object_to_a_restriction_nor_authors_to_none(court):
    case = court.report()
    decision = court.decide(case)
    with pytest.raises(taking.Refused) as refused:
        court.object_as_reporter(decision, court.reports()[0].id)
    assert refused.value.problem is Problem.NOT_POSSIBLE
    with pytest.raises(taking.Refused):
        court.object(decision, by=court.mira)


def test_nobody_objects_after_six_months(court):
    decision = court.decide(court.report(), at=now() - OBJECTION_TIME - timedelta(minutes=1))
    assert (
        "The time to object is over." in court.client(court.otto).get(f"/decisions/{decision}").text
    )
    with pytest.raises(taking.Refused) as refused:
        court.object(decision)
    assert refused.value.problem is Problem.TOO_LATE


def test_objecting_twice_changes_nothing(court):
    decision = court.decide(court.report())
    assert court.object(decision) == court.object(decision)
    assert court.count(Objection) == 1


def test_an_answer_comes_once(court):
    objection = court.object(court.decide(court.report()))
    court.answer(objection, is_upheld=False)
    client = court.client(court.ada)
    found = client.post(
        f"{PAGE}/{objection}", data={"outcome": "upheld", "why": WHY}, follow_redirects=True
    )
    assert "answered already" in found.text
    assert court.state_of()[0] == State.HIDDEN


def test_who_moderates_one_board_answers_no_objection_to_a_suspension(court):
    objection = court.object(court.decide(court.report(), Action.SUSPEND, days=7))
    assert answer(court.client(court.bo), objection).status_code == 403


@pytest.mark.parametrize("text", ["", "short", "NUL \0 in a longer text", "x" * 4001])
def test_what_cannot_be_read_is_refused(court, text):
    decision = court.decide(court.report())
    sent = court.client(court.otto).post(f"/decisions/{decision}/objection", data={"text": text})
    assert sent.status_code == 422
    checked(sent.text)
