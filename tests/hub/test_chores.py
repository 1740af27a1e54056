"""The chores of the hour: each for itself, and in small steps."""

import pytest
from sqlalchemy import func, select, update
from structlog.testing import capture_logs

from hub.clock import now
from hub.extensions import db
from hub.mail import worker
from hub.mail.models import Mail
from hub.mail.worker import HOURLY, MOST_ROUNDS, Worker, go_on
from hub.notifications import digests, keeping, operations
from hub.notifications.models import About, Notification, NotificationChoice


def sweep(app, moment=None):
    with app.app_context():
        Worker(db.engine, None, lambda: moment or now()).sweep_now_and_then()


@pytest.fixture
def chores(monkeypatch):
    """Those of this test only."""
    mine = []
    monkeypatch.setattr(worker, "HOURLY", mine)
    return mine


def tell(app, *people, subject=1):
    with app.app_context():
        operations.notify(db.session(), people, About.DECISION, now(), subject_id=subject)
        db.session.commit()


def subjects(app):
    with app.app_context():
        found = select(Notification.subject_id).order_by(Notification.id)
        return list(db.session.scalars(found))


def test_one_that_fails_keeps_no_other_from_its_work(app, chores):
    done = []

    def fail(session, moment):
        raise ValueError("words of somebody")

    chores += [fail, lambda session, moment: done.append(1)]
    with capture_logs() as logged:
        sweep(app)
    assert done == [1]
    [entry] = [entry for entry in logged if entry["event"] == "mail.chore_failed"]
    assert (entry["error"], entry["chore"]) == ("ValueError", __name__)
    assert "words" not in str(logged)


def test_what_failed_leaves_nothing_behind(app, people, chores):
    mira = people.add("Mira")

    def fail(session, moment):
        operations.notify(session, [mira], About.DECISION, moment, subject_id=1)
        session.flush()
        raise ValueError

    chores.append(fail)
    sweep(app)
    assert subjects(app) == []


def test_one_with_more_to_do_goes_on_in_another_transaction_but_not_for_ever(app, chores):
    sessions = []

    def ask_again(session, moment):
        sessions.append(session)
        go_on(session)

    chores.append(ask_again)
    sweep(app)
    assert len({id(session) for session in sessions}) == len(sessions) == MOST_ROUNDS


def test_digests_are_made_for_few_people_in_each_transaction(app, people, chores, monkeypatch):
    monkeypatch.setattr(digests, "MOST_IN_A_ROUND", 2)
    made = []

    def send_digests(session, moment):
        made.append(digests.send_digests(session, moment))

    tell(app, *[people.add(f"Reader {number}") for number in range(5)])
    chores.append(send_digests)
    sweep(app)  # plans
    with app.app_context():
        assert db.session.query(NotificationChoice).count() == 5
    made.clear()
    with app.app_context():
        due = db.session.scalar(select(func.max(NotificationChoice.next_digest_at)))
    sweep(app, due)
    assert made == [2, 2, 1]
    with app.app_context():
        assert db.session.query(Mail).filter_by(kind="digest").count() == 5


def test_what_was_read_long_ago_is_forgotten(app, people, chores, monkeypatch):
    monkeypatch.setattr(keeping, "MOST_AT_ONCE", 2)
    assert HOURLY.count(keeping.forget_read) == 1
    mira = people.add("Mira")
    for subject in range(1, 8):
        tell(app, mira, subject=subject)
    with app.app_context():
        read = update(Notification).values(read_at=now())
        db.session.execute(read.where(Notification.subject_id <= 5))
        long_ago = update(Notification).values(made_at=now() - 3 * keeping.KEPT)
        db.session.execute(long_ago)
        db.session.commit()
    chores.append(keeping.forget_read)
    sweep(app, now() + keeping.KEPT / 2)
    assert subjects(app) == [1, 2, 3, 4, 5, 6, 7]
    sweep(app, now() + keeping.KEPT * 1.01)
    assert subjects(app) == [6, 7]
