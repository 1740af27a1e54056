"""What is kept of a case, how long, and that it outlives the post and the account."""

from datetime import timedelta

import pytest

from hub.accounts.models import Person
from hub.audit.models import AuditEntry
from hub.clock import now
from hub.extensions import db, limiter
from hub.forum import operations
from hub.forum.models import State
from hub.mail import worker
from hub.moderation import keeping
from hub.moderation.models import Action, CaseNote, Decision, Ground, Objection
from hub.own_data import erasing
from hub.own_data.content import Choice
from tests.hub.court import FACTS, Court

YEAR = timedelta(days=365)


@pytest.fixture
def court(app):
    limiter.reset()
    return Court(app)


def sweep(app, at):
    with app.app_context():
        keeping.chore(db.session(), at)
        db.session.commit()


def test_the_chore_is_one_of_the_workers(app):
    assert worker.HOURLY.count(keeping.chore) == 1


def test_evidence_outlives_the_post_and_the_account(app, court):
    case = court.report()
    with app.app_context():
        operations.take_away(db.session(), court.post, State.DELETED, court.otto, now())
        author = db.session.get_one(Person, court.otto)
        erasing.erase(db.session(), author, Choice.GOES, now())
        db.session.commit()
    kept = court.case(case)
    assert kept.evidence["text"].startswith("You are a fool")
    assert kept.author_id == court.otto
    assert "Otto" not in str(kept.evidence)
    page = court.client(court.mo).get(f"/desk/moderation/{case}").text
    assert "You are a fool" in page
    assert "Otto" not in page
    assert 'value="warn"' not in page


def test_after_its_time_the_words_are_gone_and_the_numbers_stay(app, court):
    case = court.report()
    court.client(court.mo).post(f"/desk/moderation/{case}/notes", data={"text": "Seen before."})
    decision = court.decide(case)
    court.answer(court.object(decision), is_upheld=False)
    sweep(app, now() + YEAR - timedelta(hours=1))
    assert court.case(case).evidence["text"]
    sweep(app, now() + YEAR + timedelta(hours=1))
    emptied = court.case(case)
    assert (emptied.evidence, emptied.kept_until) == ({}, None)
    assert court.reports()[0].reason == ""
    assert court.count(CaseNote) == 0
    with app.app_context():
        assert db.session.query(Decision).one().facts == ""
        assert db.session.query(Objection).one().text == ""
        assert db.session.query(AuditEntry).filter_by(act="case.emptied").count() == 1
    assert court.client(court.mo).get(f"/desk/moderation/{case}").status_code == 200
    assert court.client(court.otto).get(f"/decisions/{decision}").status_code == 200
    sweep(app, now() + 2 * YEAR)
    with app.app_context():
        assert db.session.query(AuditEntry).filter_by(act="case.emptied").count() == 1


def test_an_open_case_is_kept(app, court):
    case = court.report()
    sweep(app, now() + 9 * YEAR)
    assert court.case(case).evidence


def test_while_an_objection_waits_nothing_goes(app, court):
    case = court.report(0, Ground.ILLEGAL, name="Nora", address="nora@example.org")
    decision = court.decide(case, Action.HIDE)
    court.object(decision)
    sweep(app, now() + 2 * YEAR)
    assert court.case(case).evidence
    assert court.reports()[0].address


def test_while_a_sanction_lasts_nothing_goes(app, court):
    app.config["MODERATION_KEPT_DAYS"] = 184
    case = court.report()
    court.decide(case, Action.SUSPEND, days=365)
    sweep(app, now() + timedelta(days=200))
    assert court.case(case).evidence
    sweep(app, now() + timedelta(days=366))
    assert not court.case(case).evidence


def test_who_reported_without_an_account_is_forgotten_sooner(app, court):
    case = court.report(0, Ground.ILLEGAL, name="Nora", address="nora@example.org")
    court.decide(case)
    sweep(app, now() + timedelta(days=213))
    assert court.reports()[0].address == "nora@example.org"
    sweep(app, now() + timedelta(days=215))
    assert (court.reports()[0].name, court.reports()[0].address) == ("", "")
    assert court.case(case).evidence


def test_what_a_reporter_wrote_goes_with_them_if_they_want(app, court):
    case = court.report()
    court.decide(case)
    with app.app_context():
        reporter = db.session.get_one(Person, court.rita)
        erasing.erase(db.session(), reporter, Choice.GOES, now())
        db.session.commit()
        assert db.session.query(Decision).one().facts == FACTS
    assert court.reports()[0].reason == ""
