"""Who has to do with a case has no part in judging it, and learns nothing by it."""

import pytest

from hub.clock import now
from hub.extensions import db, limiter
from hub.forum import operations
from hub.forum.models import Board, Post
from hub.moderation import taking
from hub.moderation.models import Action, Ground
from hub.moderation.rules import Problem
from knowledge.access import LEA
from tests.hub.conftest import checked
from tests.hub.court import Court
from tests.hub.rooms import written

DESK = "/desk/moderation"
WHY = "It was a joke between friends, as both say."


@pytest.fixture
def court(app):
    limiter.reset()
    return Court(app)


def edit(court, by, post_id=None, text="Fools, all of you."):
    with court.app.app_context():
        post = db.session.get_one(Post, post_id or court.post)
        form = written(text, is_wiki=post.is_wiki)
        operations.edit(db.session(), post.id, by, form, post.revision, now())
        db.session.commit()


def wiki_edited_by(court, editor):
    post = court.rooms.reply(court.topic, court.otto, "Kind words.", is_wiki=True)
    edit(court, editor, post)
    return post


def acts_on(client, case):
    forms = {"claim": {}, "notes": {"text": "Nothing to see here."}}
    forms["take-over"] = {"holder": "1", "text": "I know better."}
    return {act: client.post(f"{DESK}/{case}/{act}", data=form) for act, form in forms.items()}


def test_a_moderator_does_not_learn_who_reported_their_own_post(court):
    post = court.rooms.reply(court.topic, court.bo, "I moderate here, you fools.")
    case = court.report(post_id=post)
    client = court.client(court.bo)
    assert client.get(f"{DESK}/{case}").status_code == 403
    assert f"{DESK}/{case}" not in client.get(DESK).text
    assert {answer.status_code for answer in acts_on(client, case).values()} == {403}
    decision = court.decide(case)
    objection = court.object(decision, by=court.bo)
    assert client.get(f"{DESK}/objections/{objection}").status_code == 403
    for tab in ("objections", "decided"):
        assert "row-list__row" not in client.get(f"{DESK}?tab={tab}").text
        assert "row-list__row" in court.client(court.mia).get(f"{DESK}?tab={tab}").text
    assert client.get(f"/decisions/{decision}").status_code == 200


def test_whoever_wrote_the_words_of_a_wiki_post_judges_them_not(court):
    post = wiki_edited_by(court, court.bo)
    case = court.report(post_id=post)
    client = court.client(court.bo)
    assert client.get(f"{DESK}/{case}").status_code == 403
    assert f"{DESK}/{case}" not in client.get(DESK).text
    with pytest.raises(taking.Refused) as refused:
        court.decide(case, Action.NOTHING, by=court.bo, roles=frozenset())
    assert refused.value.problem is Problem.OWN_POST


def test_whoever_edits_a_wiki_post_that_waits_does_not_learn_who_reports_it(court):
    post = court.rooms.reply(court.topic, court.otto, "Kind words.", is_wiki=True)
    case = court.report(post_id=post)
    edit(court, court.bo, post)
    court.report(court.mira, post_id=post)
    client = court.client(court.bo)
    assert client.get(f"{DESK}/{case}").status_code == 403
    assert f"{DESK}/{case}" not in client.get(DESK).text
    court.decide(case)
    assert client.get(f"{DESK}/{case}").status_code == 200


def test_an_author_is_not_sanctioned_for_the_words_of_another(court):
    case = court.report(post_id=wiki_edited_by(court, court.mira))
    page = court.client(court.mo).get(f"{DESK}/{case}").text
    assert 'value="hide"' in page
    for action in (Action.WARN, Action.SILENCE, Action.SUSPEND):
        assert f'value="{action}"' not in page
        with pytest.raises(taking.Refused) as refused:
            court.decide(case, action, days=7)
        assert refused.value.problem is Problem.NOT_POSSIBLE


def test_an_author_is_sanctioned_for_what_they_edited_themselves(court):
    edit(court, court.otto)
    court.decide(court.report(), Action.WARN)


def test_a_new_report_gives_who_was_overruled_no_second_try(court):
    court.answer(court.object(court.decide(court.report())))
    again = court.report(court.mira)
    with pytest.raises(taking.Refused) as refused:
        court.decide(again)
    assert refused.value.problem is Problem.SAME_PERSON
    assert "You decided this." in court.client(court.mo).get(f"{DESK}/{again}").text
    court.decide(again, by=court.ada)


@pytest.fixture
def joined(court):
    """Bo and Rita reported, Mo left the post, both object; Mira reported again, Ada upheld Rita's.

    Gives the first decision and the objection of Bo that still waits."""
    for person in (court.bo, court.rita):
        case = court.report(person)
    decision = court.decide(case, Action.NOTHING)
    of_bo, of_rita = (court.object_as_reporter(decision, report.id) for report in court.reports())
    court.report(court.mira)
    court.answer(of_rita, by=court.ada)
    return decision, of_bo


def test_nobody_answers_their_own_objection_after_the_reports_moved(court, joined):
    _decision, objection = joined
    client = court.client(court.bo)
    form = {"outcome": "upheld", "why": WHY}
    assert client.post(f"{DESK}/objections/{objection}", data=form).status_code == 403
    with pytest.raises(taking.Refused) as refused:
        court.answer(objection, by=court.bo)
    assert refused.value.problem is Problem.OWN_REPORT
    court.answer(objection, is_upheld=False)


def test_a_notice_leads_to_the_report_where_it_moved(court, joined):
    decision, _objection = joined
    found = court.client(court.rita).get(f"/decisions/{decision}")
    assert found.location.startswith("/reports/R-")
    assert court.client(court.mira).get(f"/decisions/{decision}").status_code == 404
    assert court.client(court.mo).get(f"/decisions/{decision}").status_code == 404


def test_who_reported_it_neither_claims_the_case_nor_adds_to_it(court):
    case = court.report(court.mo)
    client = court.client(court.mo)
    assert {answer.status_code for answer in acts_on(client, case).values()} == {403}
    assert court.case(case).claimed_by is None
    root = checked(client.get(f"{DESK}/{case}").text)
    assert not root.xpath("//main//form[contains(@action, '/moderation/')]")
    court.client(court.mia).post(f"{DESK}/{case}/claim")
    assert (
        client.post(
            f"{DESK}/{case}/take-over", data={"holder": court.mia, "text": "Mine."}
        ).status_code
        == 403
    )
    assert court.case(case).claimed_by == court.mia


def test_who_moderates_one_board_learns_nothing_of_boards_they_do_not_read(court):
    other = court.rooms.board("Closed")
    there = court.rooms.reply(court.rooms.topic(other, court.mira), court.otto)
    court.decide(court.report(post_id=there), Action.HIDE)
    with court.app.app_context():
        db.session.get_one(Board, other).audience = LEA
        db.session.commit()
    case = court.report()
    of_mo, of_bo = (
        checked(court.client(who).get(f"{DESK}/{case}").text).text_content()
        for who in (court.mo, court.bo)
    )
    assert "right in 1 of 1 reports" in of_mo
    assert "nothing decided against them" not in of_mo
    assert "no report decided yet" in of_bo
    assert "nothing decided against them" in of_bo


def test_what_was_decided_in_boards_they_read_counts_for_all(court):
    other = court.rooms.reply(court.topic, court.otto, "Another.")
    court.decide(court.report(post_id=other, ground=Ground.SPAM))
    page = court.client(court.bo).get(f"{DESK}/{court.report()}").text
    assert "right in 1 of 1 reports" in page
