"""Decisions: what they need, what they do, who is told, who may make them."""

from datetime import timedelta

import pytest

from hub.accounts.models import Person, Role
from hub.accounts.standing import standing_of
from hub.audit.models import AuditEntry
from hub.clock import now
from hub.extensions import db, limiter
from hub.forum import operations
from hub.forum.models import Post, State
from hub.mail.kinds import content_of
from hub.mail.models import Mail
from hub.mail.rendering import message_of
from hub.moderation import taking
from hub.moderation.models import Action, CaseState, Ground, Sanction
from hub.moderation.rules import Problem
from hub.notifications.models import About, Notification
from tests.hub.conftest import checked
from tests.hub.court import FACTS, Court, decision_form
from tests.hub.rooms import written

CASE = "/desk/moderation"
ADMIN = frozenset({Role.ADMINISTRATOR})


@pytest.fixture
def court(app):
    limiter.reset()
    return Court(app)


def post_decision(court, case, by, action="hide", **fields):
    client = court.client(by)
    return client.post(f"{CASE}/{case}/decision", data=decision_form(action, **fields))


def mails(app):
    with app.app_context():
        return [(mail.kind, mail.recipient) for mail in db.session.query(Mail).order_by(Mail.id)]


def mail_text(app, kind):
    with app.app_context():
        mail = db.session.query(Mail).filter_by(kind=kind).one()
        content = content_of(db.session(), mail, now())
        message = message_of(mail, content, now())
        return str(message["Subject"]), message.get_content()


def told(app):
    with app.app_context():
        rows = db.session.query(Notification).order_by(Notification.id)
        return {(row.person_id, row.about) for row in rows}


def test_a_post_is_taken_from_view_with_reasons_and_all_are_told(app, court):
    case = court.report()
    answer = post_decision(court, case, court.mo)
    assert answer.status_code == 303
    assert court.state_of() == (State.HIDDEN, State.VISIBLE)
    assert court.case(case).state == CaseState.DECIDED
    assert court.reports()[0].was_right is True
    assert mails(app) == [
        ("moderation-decision", "otto@example.org"),
        ("moderation-outcome", "rita@example.org"),
    ]
    assert {(court.otto, About.DECISION), (court.rita, About.OUTCOME)} <= told(app)
    subject, text = mail_text(app, "moderation-decision")
    assert subject == "A decision about something that you wrote"
    for word in (
        "taken from view",
        FACTS,
        "Rule 2",
        "Insult",
        "You can object until",
        "/decisions/1",
    ):
        assert word in text
    page = checked(court.client(court.otto).get("/decisions/1").text).text_content()
    for word in ("taken from view", FACTS, "None: a person decided.", "Objection possible until"):
        assert word in page
    assert "Rita" not in page
    assert "Mo" not in page.split("Decision 1")[-1].replace("Moderat", "")


def test_the_mail_is_in_the_language_of_who_is_told(app, court):
    with app.app_context():
        db.session.get_one(Person, court.otto).language = "de"
        db.session.commit()
    court.decide(court.report())
    with app.app_context():
        mail = db.session.query(Mail).filter_by(kind="moderation-decision").one()
        assert mail.language == "de"


@pytest.mark.parametrize(
    ("action", "fields"),
    [
        ("hide", {"facts": ""}),
        ("hide", {"facts": "too short"}),
        ("silence", {"facts": "", "days": "7"}),
        ("silence", {"days": "0"}),
        ("suspend", {"days": "0"}),
        ("suspend", {"days": "9999"}),
        ("warn", {"ground": "first"}),
        ("approve", {}),
        ("", {}),
        ("hide", {"ground": "x"}),
        ("hide", {"facts": "NUL \0 in a text of some length"}),
        ("edit", {"text": ""}),
    ],
)
def test_no_restriction_without_facts_ground_and_end(court, action, fields):
    case = court.report()
    answer = post_decision(court, case, court.mo, action, **fields)
    assert answer.status_code == 422
    checked(answer.text)
    assert court.state_of()[0] == State.VISIBLE
    assert court.case(case).state == CaseState.OPEN


def test_nothing_that_a_restriction_needs_is_called_optional(court):
    page = court.client(court.mo).get(f"{CASE}/{court.report()}").text
    assert all(f'name="{field}"' in page for field in ("rule", "days", "ground", "facts"))
    assert "(optional)" not in page


def test_the_operation_refuses_what_a_form_would(court):
    case = court.report()
    for fields, problem in (
        ({"facts": " "}, Problem.NO_REASONS),
        ({"ground": Ground.AUTOMATIC}, Problem.NO_REASONS),
        ({"action": Action.SUSPEND}, Problem.NO_END),
        ({"action": Action.APPROVE}, Problem.NOT_POSSIBLE),
    ):
        with pytest.raises(taking.Refused) as refused:
            court.decide(case, **fields)
        assert refused.value.problem is problem


def test_leaving_a_post_needs_reasons_too_and_tells_its_author_nothing(app, court):
    case = court.report()
    assert post_decision(court, case, court.mo, "nothing", facts="").status_code == 422
    assert post_decision(court, case, court.mo, "nothing").status_code == 303
    assert court.state_of()[0] == State.VISIBLE
    assert court.reports()[0].was_right is False
    assert mails(app) == [("moderation-outcome", "rita@example.org")]
    assert "You can object until" in mail_text(app, "moderation-outcome")[1]
    assert court.client(court.otto).get("/decisions/1").status_code == 404


def test_a_moderator_edits_with_a_note_and_the_old_text_is_kept(app, court):
    case = court.report()
    fields = {"text": "You are mistaken.", "based_on": "1"}
    assert post_decision(court, case, court.mo, "edit", **fields).status_code == 303
    with app.app_context():
        post = db.session.get_one(Post, court.post)
        assert (post.text, post.revision, post.state) == ("You are mistaken.", 2, State.VISIBLE)
    assert court.case(case).evidence["text"].startswith("You are a fool")


def test_an_edit_of_what_its_author_changed_meanwhile_is_shown_again(app, court):
    case = court.report()
    with app.app_context():
        operations.edit(db.session(), court.post, court.otto, written("I am sorry."), 1, now())
        db.session.commit()
    answer = post_decision(court, case, court.mo, "edit", text="Mine", based_on="1")
    assert answer.status_code == 409
    assert "sorry" in answer.text
    again = checked(answer.text).xpath("//input[@name='based_on']/@value")
    assert again == ["2"]


def test_a_warning_keeps_nobody_from_writing(court):
    court.decide(court.report(), Action.WARN)
    assert court.count(Sanction) == 1
    assert court.client(court.otto).get(f"/forum/posts/{court.post}").status_code == 303
    page = court.client(court.otto).get("/account/moderation").text
    assert "The author was warned." in page
    assert "You can read, and not write" not in page


def test_a_silence_ends_by_itself(app, court):
    court.decide(court.report(), Action.SILENCE, days=7, takes_away=True)
    assert court.state_of()[0] == State.HIDDEN
    with app.app_context():
        assert standing_of(db.session(), court.otto, now()).is_silenced
        later = now() + timedelta(days=7, minutes=1)
        assert not standing_of(db.session(), court.otto, later).is_silenced
    assert "You can read, and not write" in court.client(court.otto).get("/account/moderation").text


def test_who_is_suspended_still_reads_the_decision_and_objects(court):
    decision = court.decide(court.report(), Action.SUSPEND, days=30)
    client = court.client(court.otto)
    assert client.get(f"/forum/topics/{court.topic}").status_code == 404
    assert client.get(f"/decisions/{decision}").status_code == 200
    answer = client.post(f"/decisions/{decision}/objection", data={"text": "It was a joke."})
    assert answer.status_code == 303


def test_staff_are_sanctioned_by_administrators_only(court):
    post = court.rooms.reply(court.topic, court.mia, "I insult.")
    case = court.report(post_id=post)
    for action in (Action.WARN, Action.SILENCE, Action.SUSPEND):
        with pytest.raises(taking.Refused) as refused:
            court.decide(case, action, days=7)
        assert refused.value.problem is Problem.NEEDS_ADMINISTRATOR
    page = court.client(court.mo).get(f"{CASE}/{case}").text
    assert 'value="suspend"' not in page
    court.decide(case, Action.SUSPEND, by=court.ada, roles=ADMIN, days=7)
    assert court.client(court.mia).get(CASE).status_code == 404


def test_who_moderates_one_board_neither_silences_nor_suspends(court):
    case = court.report()
    page = court.client(court.bo).get(f"{CASE}/{case}").text
    assert 'value="hide"' in page
    assert 'value="silence"' not in page
    with pytest.raises(taking.Refused) as refused:
        court.decide(case, Action.SILENCE, by=court.bo, roles=frozenset(), days=7)
    assert refused.value.problem is Problem.NEEDS_MODERATOR
    assert post_decision(court, case, court.bo).status_code == 303


def test_nobody_decides_about_their_own_post_or_what_they_reported(court):
    own = court.rooms.reply(court.topic, court.mo, "Mine")
    of_own, reported = court.report(post_id=own), court.report(court.mo)
    client = court.client(court.mo)
    assert client.get(f"{CASE}/{of_own}").status_code == 403
    assert "You reported this yourself" in client.get(f"{CASE}/{reported}").text
    for case in (of_own, reported):
        assert post_decision(court, case, court.mo).status_code == 403
        with pytest.raises(taking.Refused):
            court.decide(case)
    assert court.state_of()[0] == State.VISIBLE


def test_the_second_who_decides_learns_what_was_decided(court):
    case = court.report()
    post_decision(court, case, court.mo)
    client = court.client(court.mia)
    answer = client.post(
        f"{CASE}/{case}/decision", data=decision_form("nothing"), follow_redirects=True
    )
    assert "Somebody else has decided this already" in answer.text
    assert "The post was taken from view." in answer.text


def test_a_case_that_another_has_is_taken_over_first(court):
    case = court.report()
    court.client(court.mia).post(f"{CASE}/{case}/claim")
    answer = court.client(court.mo).post(
        f"{CASE}/{case}/decision", data=decision_form("hide"), follow_redirects=True
    )
    assert "Another moderator has this case" in answer.text
    assert court.state_of()[0] == State.VISIBLE


def test_a_post_that_its_author_took_back_stays_taken_back(app, court):
    case = court.report()
    with app.app_context():
        operations.take_away(db.session(), court.post, State.DELETED, court.otto, now())
        db.session.commit()
    page = court.client(court.mo).get(f"{CASE}/{case}").text
    assert "taken back since" in page
    assert "You are a fool" in page
    assert 'value="hide"' not in page
    decision = court.decide(case, Action.WARN, takes_away=True)
    assert court.decision(decision).takes_away is False
    assert court.state_of()[0] == State.DELETED


def test_hiding_the_first_post_hides_the_topic(court):
    court.decide(court.report(post_id=court.rooms.first_post(court.topic)))
    assert court.state_of(court.rooms.first_post(court.topic)) == (State.HIDDEN, State.HIDDEN)


def test_everything_is_in_the_audit_log_without_a_word_of_content(app, court):
    court.decide(court.report(), Action.SILENCE, days=7)
    with app.app_context():
        entries = db.session.query(AuditEntry).order_by(AuditEntry.id).all()
        assert [entry.act for entry in entries] == ["case.decided", "sanction.imposed"]
        assert entries[1].subject_id == court.otto
        assert "fool" not in str([(entry.before, entry.after) for entry in entries])


def test_a_stranger_who_reported_is_told_by_mail(app, court):
    case = court.report(0, Ground.ILLEGAL, name="Nora", address="nora@example.org", language="fr")
    court.decide(case, Action.HIDE, ground=Ground.ILLEGAL)
    assert ("moderation-outcome", "nora@example.org") in mails(app)


def test_only_the_author_and_the_reporters_learn_of_a_decision(court, client):
    decision = court.decide(court.report())
    assert court.client(court.mira).get(f"/decisions/{decision}").status_code == 404
    assert client.get(f"/decisions/{decision}").status_code == 303
    answer = court.client(court.rita).get(f"/decisions/{decision}")
    assert answer.location.startswith("/reports/R-")
    assert court.client(court.mo).get(f"/decisions/{decision}").status_code == 404


def test_a_mail_that_is_sent_after_the_decision_fell_says_nothing(app, court):
    decision = court.decide(court.report())
    court.answer(court.object(decision))
    with app.app_context():
        mail = db.session.query(Mail).filter_by(kind="moderation-decision").one()
        assert content_of(db.session(), mail, now()) is None
