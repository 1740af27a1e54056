"""What several people do about one post at one moment: one is first, nothing is lost."""

import pytest

from hub.audit.models import AuditEntry
from hub.clock import now
from hub.extensions import db, limiter
from hub.forum import operations
from hub.forum.models import Board, Post, State, Topic
from hub.mail.models import Mail
from hub.moderation import references
from hub.moderation.models import (
    Action,
    Case,
    CaseNote,
    Decision,
    Objection,
    Report,
    Sanction,
)
from hub.notifications.models import About, Notification
from tests.hub.at_once import at_once
from tests.hub.court import FACTS, Court, decision_form

CASE = "/desk/moderation"


@pytest.fixture
def court(app):
    limiter.reset()
    return Court(app)


def sender(client, url, **form):
    return lambda: client.post(url, data=form)


def statuses(answers):
    return sorted(answer.status_code for answer in answers)


def test_many_who_report_at_once_have_one_case(court):
    people = [court.people.add(f"Reporter {number}") for number in range(4)]
    url = f"/forum/posts/{court.post}/report"
    form = {"ground": "abuse", "reason": "It insults my unit."}
    answers = at_once(
        *[sender(court.client(person), url, key=str(person), **form) for person in people]
    )
    assert statuses(answers) == [303] * 4
    assert (court.count(Case), court.count(Report)) == (1, 4)


def test_one_who_reports_twice_at_once_has_one_report(court):
    url = f"/forum/posts/{court.post}/report"
    form = {"ground": "abuse", "reason": "It insults my unit."}
    answers = at_once(
        *[sender(court.client(court.rita), url, key=references.new_key(), **form) for _ in range(3)]
    )
    assert len({answer.location for answer in answers}) == 1
    assert court.count(Report) == 1


def test_of_two_who_claim_at_once_one_has_the_case(app, court):
    case = court.report()
    answers = at_once(
        *[sender(court.client(who), f"{CASE}/{case}/claim") for who in (court.mo, court.mia)]
    )
    assert statuses(answers) == [303, 303]
    with app.app_context():
        (entry,) = db.session.query(AuditEntry).filter_by(act="case.claimed")
    assert court.case(case).claimed_by == entry.actor_id


def test_of_two_who_take_over_at_once_one_does(court):
    case = court.report()
    court.client(court.mo).post(f"{CASE}/{case}/claim")
    at_once(
        *[
            sender(court.client(who), f"{CASE}/{case}/take-over", holder=court.mo, text="I do it.")
            for who in (court.mia, court.ada)
        ]
    )
    assert court.count(CaseNote) == 1


def test_of_two_who_decide_at_once_one_does_and_the_other_learns_it(app, court):
    case = court.report()
    choices = ((court.mo, "hide"), (court.mia, "nothing"), (court.ada, "silence"))
    answers = at_once(
        *[
            sender(court.client(who), f"{CASE}/{case}/decision", **decision_form(what, days="7"))
            for who, what in choices
        ]
    )
    assert statuses(answers) == [303] * 3
    assert court.count(Decision) == 1
    decision = court.decision(1)
    is_hidden = decision.action == Action.HIDE
    assert court.state_of()[0] == (State.HIDDEN if is_hidden else State.VISIBLE)
    assert court.count(Sanction) == (decision.action == Action.SILENCE)
    with app.app_context():
        outcomes = db.session.query(Notification).filter_by(about=About.OUTCOME).count()
        assert outcomes == 1
        assert db.session.query(Mail).filter_by(kind="moderation-outcome").count() == 1


def test_a_decision_while_the_author_deletes_leaves_the_counts_right(app, court):
    case = court.report()

    def delete():
        with app.app_context():
            operations.take_away(db.session(), court.post, State.DELETED, court.otto, now())
            db.session.commit()
        return 200

    decide = sender(court.client(court.mo), f"{CASE}/{case}/decision", **decision_form("hide"))
    _deleted, answer = sorted(at_once(delete, decide), key=lambda found: isinstance(found, int))[
        ::-1
    ]
    assert answer.status_code in (303, 422)  # 422: there was nothing left to hide
    with app.app_context():
        topic = db.session.get_one(Topic, court.topic)
        board = db.session.get_one(Board, court.board)
        assert (topic.posts, board.posts) == (1, 1)
        assert db.session.get_one(Post, court.post).state == State.DELETED
    assert court.case(case).evidence["text"].startswith("You are a fool")


def test_objecting_twice_at_once_gives_one_objection(court):
    decision = court.decide(court.report())
    url = f"/decisions/{decision}/objection"
    answers = at_once(
        *[sender(court.client(court.otto), url, text="It was a joke.") for _ in range(3)]
    )
    assert statuses(answers) == [303] * 3
    assert court.count(Objection) == 1


def test_of_two_who_answer_at_once_one_does(app, court):
    objection = court.object(court.decide(court.report()))
    url = f"{CASE}/objections/{objection}"
    answers = at_once(
        *[
            sender(court.client(who), url, outcome=outcome, why=FACTS)
            for who, outcome in ((court.mia, "upheld"), (court.ada, "rejected"))
        ]
    )
    assert statuses(answers) == [303, 303]
    is_upheld = court.objection(objection).is_upheld
    assert court.state_of()[0] == (State.VISIBLE if is_upheld else State.HIDDEN)
    with app.app_context():
        assert db.session.query(AuditEntry).filter_by(act="objection.decided").count() == 1


def test_two_administrators_who_suspend_each_other_at_once_do_not_both(court):
    from hub.accounts.models import Role

    second = court.people.add("Abe", Role.ADMINISTRATOR)
    posts = {who: court.rooms.reply(court.topic, who) for who in (court.ada, second)}
    cases = {who: court.report(post_id=post) for who, post in posts.items()}
    at_once(
        *[
            sender(
                court.client(judge),
                f"{CASE}/{cases[author]}/decision",
                **decision_form("suspend", days="7"),
            )
            for judge, author in ((court.ada, second), (second, court.ada))
        ]
    )
    assert court.count(Sanction) == 1
