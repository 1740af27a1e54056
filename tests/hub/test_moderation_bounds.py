"""What moderation keeps to itself, and where it ends: words, mails, edits, time."""

from datetime import timedelta

import pytest

from hub.clock import now
from hub.extensions import db, limiter
from hub.forum import operations
from hub.forum.models import Board, Post, State, Topic
from hub.mail.kinds import content_of
from hub.mail.models import Mail
from hub.mail.rendering import message_of
from hub.moderation import keeping, letters, taking
from hub.moderation.gate import Verdict, opinion_on
from hub.moderation.models import Action, CaseState, Ground
from hub.moderation.rules import Problem
from hub.moderation.signs import Sign
from knowledge.access import LEA, MEMBERS
from tests.hub.conftest import checked
from tests.hub.court import FACTS, Court, decision_form
from tests.hub.rooms import written

YEAR = timedelta(days=365)
NAME = "Her name is Anna Muster, and she lives in Linz."
LONG = "We tested three tools for reading number plates, with the same pictures day and night."


@pytest.fixture
def court(app):
    limiter.reset()
    return Court(app)


def edited(court, post_id, by, text, based_on=1):
    with court.app.app_context():
        operations.edit(db.session(), post_id, by, written(text), based_on, now())
        db.session.commit()


def history(court, post_id, who, number=None):
    query = f"?revision={number}" if number else ""
    return court.client(who).get(f"/forum/posts/{post_id}/history{query}")


@pytest.fixture
def mended(court):
    """A post by Otto, out of which a moderator took a name, and the decision."""
    post = court.rooms.reply(court.topic, court.otto, NAME, is_wiki=True)
    case = court.report(post_id=post)
    decision = court.decide(case, Action.EDIT, text="Her name is known to us.", based_on=1)
    return post, decision


@pytest.mark.parametrize("who", ["rita", "otto"])
def test_what_a_decision_edited_out_is_for_moderators_alone(court, mended, who):
    post, _ = mended
    told = history(court, post, getattr(court, who))
    text = checked(told.text).text_content()
    assert "known to us" in text
    assert "Rule 2" in text
    assert "Muster" not in text
    assert "State 1" not in text
    assert history(court, post, getattr(court, who), 1).status_code == 404
    for moderator in (court.mo, court.bo):
        assert "Muster" in history(court, post, moderator).text
        assert history(court, post, moderator, 1).status_code == 200


def test_what_a_decision_edited_out_is_not_put_back_by_readers(app, court, mended):
    post, _ = mended
    answer = court.client(court.rita).post(f"/forum/posts/{post}/history/1", data={"based_on": 2})
    assert answer.status_code == 404
    with app.app_context():
        assert "Muster" not in db.session.get_one(Post, post).text


def test_later_states_and_those_after_an_upheld_objection_are_for_all(court, mended):
    post, decision = mended
    edited(court, post, court.rita, "Her name is known to all of us.", 2)
    assert "known to us" in history(court, post, court.rita, 2).text
    assert "Muster" not in history(court, post, court.rita, 2).text
    court.answer(court.object(decision))
    assert history(court, post, court.rita, 1).status_code == 200


def text_of(app, kind):
    with app.app_context():
        mail = db.session.query(Mail).filter_by(kind=kind).one()
        return message_of(mail, content_of(db.session(), mail, now()), now()).get_content()


def close(app, court, how):
    with app.app_context():
        if how == "mark":
            db.session.get_one(Topic, court.topic).mark = "amber"
        else:
            db.session.get_one(Board, court.board).audience = how
        db.session.commit()


@pytest.mark.parametrize("how", [LEA, "mark"])
def test_mails_carry_no_reasons_out_of_what_is_closed(app, court, how):
    case = court.report()
    decision = court.decide(case)
    objection = court.object(decision)
    court.answer(objection, is_upheld=False)
    assert FACTS in text_of(app, "moderation-decision")
    close(app, court, how)
    for kind in ("moderation-decision", "moderation-outcome"):
        text = text_of(app, kind)
        assert "taken from view" in text
        assert FACTS not in text
        assert "Rule 2" not in text
    assert "/decisions/1" in text_of(app, "moderation-decision")
    answer = text_of(app, "moderation-answer")
    assert "The decision stands." in answer
    assert "/decisions/1" in answer
    assert "joke" not in answer
    assert "Reasons" not in answer


@pytest.mark.parametrize(("audience", "says_why"), [("public", True), (MEMBERS, False)])
def test_a_stranger_is_told_why_where_strangers_read(app, court, audience, says_why):
    close(app, court, audience)
    court.decide(court.report(0, Ground.ILLEGAL, address="nora@example.org"))
    assert (FACTS in text_of(app, "moderation-outcome")) is says_why


def test_a_reporter_who_is_suspended_is_not_mailed_words_of_members(app, court):
    court.decide(court.report())
    court.decide(
        court.report(court.mira, post_id=court.rooms.reply(court.topic, court.rita)),
        Action.SUSPEND,
        days=7,
    )
    with app.app_context():
        sent = db.session.query(Mail).filter_by(kind="moderation-outcome", person_id=court.rita)
        message = message_of(sent.one(), content_of(db.session(), sent.one(), now()), now())
    assert FACTS not in message.get_content()


@pytest.mark.parametrize("holder", ["99999999999999999999", "2147483648", "-1"])
def test_a_number_that_nobody_has_takes_over_nothing(court, holder):
    case = court.report()
    form = {"text": "I take it over.", "holder": holder}
    answer = court.client(court.mo).post(f"/desk/moderation/{case}/take-over", data=form)
    assert answer.status_code == 422
    assert court.case(case).claimed_by is None


def test_an_edit_that_changes_nothing_is_no_decision(app, court):
    edited(court, court.post, court.otto, "You are a fool, I repeat.")
    case = court.report()
    with pytest.raises(taking.Refused) as refused:
        court.decide(case, Action.EDIT, text="You are a fool, I repeat.", based_on=2)
    assert refused.value.problem is Problem.NOT_POSSIBLE
    form = decision_form("edit", text="You are a fool, I repeat.", based_on="2")
    answer = court.client(court.mo).post(f"/desk/moderation/{case}/decision", data=form)
    assert answer.status_code in (403, 422)
    assert court.case(case).state == CaseState.OPEN


STRANGER = {
    "offence": "hate",
    "reason": "It calls for violence against a group.",
    "name": "Nora Nobody",
    "address": "nora@example.org",
    "good_faith": "y",
}


def test_an_address_that_gets_no_more_mail_is_not_kept(app, court, client):
    close(app, court, "public")
    for _ in range(5):
        assert client.post(f"/forum/posts/{court.post}/report", data=STRANGER).status_code == 303
    addresses = [report.address for report in court.reports()]
    assert addresses == ["nora@example.org"] * 3 + ["", ""]


def test_an_address_that_nobody_confirmed_gets_so_many_mails_a_day(app, court):
    for _ in range(letters.MOST_TO_ONE_ADDRESS + 2):
        court.report(0, Ground.ILLEGAL, address="nora@example.org")
    assert court.count(Mail) == letters.MOST_TO_ONE_ADDRESS
    court.report(0, Ground.ILLEGAL, address="nora@example.org", at=now() + timedelta(days=2))
    assert court.count(Mail) == letters.MOST_TO_ONE_ADDRESS + 1


def opinion(court, person_id, text, **more):
    with court.app.test_request_context():
        room = db.session.get_one(Board, court.board)
        return opinion_on(db.session(), person_id, room, text, now(), **more)


def test_edits_have_a_limit_of_their_own(app, court):
    app.config["POST_LIMITS"] = ((3, 9),) * 4
    own = court.rooms.reply(court.topic, court.rita, "My words.")
    for number in range(1, 4):
        assert opinion(court, court.rita, "More.", edited_id=own).verdict is Verdict.PASS
        edited(court, own, court.rita, f"My words, {number}.", number)
    found = opinion(court, court.rita, "More.", edited_id=own)
    assert found.verdict is Verdict.REFUSE
    assert 3500 < found.seconds <= 3601
    assert opinion(court, court.rita, "A new post.").verdict is Verdict.PASS
    assert opinion(court, court.otto, "More.", edited_id=court.post).verdict is Verdict.PASS


def test_the_gate_tells_nothing_of_what_one_may_not_read(app, court):
    closed = court.rooms.board("Closed", LEA)
    lea = court.people.add("Leo", lea=True)
    court.rooms.topic(closed, lea, text=LONG)
    held = court.rooms.reply(court.topic, court.otto, LONG, is_held=True)
    assert opinion(court, court.rita, LONG).verdict is Verdict.PASS
    assert Sign.REPEATED in opinion(court, court.otto, LONG).signs
    with app.app_context():
        operations.show(db.session(), held, court.mo, now())
        db.session.commit()
    assert Sign.REPEATED in opinion(court, court.rita, LONG).signs


def sweep(app, at):
    with app.app_context():
        keeping.chore(db.session(), at)
        db.session.commit()


def test_a_case_that_nobody_decides_ends_where_the_post_is_gone(app, court, client):
    left, gone = court.report(), court.rooms.reply(court.topic, court.otto, "Gone soon.")
    case = court.report(0, Ground.ILLEGAL, gone, name="Nora", address="nora@example.org")
    with app.app_context():
        operations.take_away(db.session(), gone, State.DELETED, court.otto, now())
        db.session.commit()
    sweep(app, now() + YEAR - timedelta(hours=1))
    assert court.case(case).evidence
    sweep(app, now() + YEAR + timedelta(hours=1))
    assert (court.case(case).state, court.case(case).evidence) == (CaseState.DECIDED, {})
    report = court.reports()[1]
    assert (report.name, report.address, report.reason) == ("", "", "")
    assert court.case(left).state == CaseState.OPEN
    assert court.case(left).evidence
    page = court.client(court.mo).get(f"/desk/moderation/{case}")
    assert page.status_code == 200
    assert court.client(court.mo).get("/desk/moderation?tab=decided").status_code == 200
    text = checked(client.get(f"/reports/{report.reference}").text).text_content()
    assert "nothing to decide any more" in text
    assert "waits" not in text
