"""Those who change many notifications at once never wait for each other in a circle."""

import threading
import time

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from hub.clock import now
from hub.extensions import db
from hub.notifications import digests, keeping, operations
from hub.notifications.models import About, Notification

MINE = range(1, 21)


@pytest.fixture
def ids(app, people):
    """What somebody was told, its rows lying in the table in the order of the latest first."""
    mira = people.add("Mira")
    with app.app_context():
        if db.engine.dialect.name != "postgresql":
            pytest.skip("on SQLite one writes at a time")
        for number in MINE:
            told = [mira], About.DECISION, now()
            operations.notify(db.session(), *told, subject_id=number)
        db.session.commit()
        found = list(db.session.scalars(select(Notification.id).order_by(Notification.id)))
        for number in reversed(found):
            db.session.execute(
                update(Notification).where(Notification.id == number).values(actor_id=mira)
            )
            db.session.commit()
    return found


def hold(session, *ids, nowait=False):
    which = select(Notification.id).where(Notification.id.in_(ids)).order_by(Notification.id)
    return session.scalars(which.with_for_update(nowait=nowait)).all()


def read_all(session, moment):
    operations.mark_all_read(session, mira_of(session), 2**50, moment)


def take(session, moment):
    assert digests._take(session, mira_of(session), moment)


def forget(session, moment):
    keeping.forget_read(session, moment + 2 * keeping.KEPT)


def mira_of(session):
    return session.scalars(select(Notification.person_id).distinct()).one()


@pytest.mark.parametrize("change", [read_all, take, forget])
def test_who_may_hold_others_waits_for_nobody(app, ids, change):
    with app.app_context():
        if change is forget:
            with Session(db.engine) as session, session.begin():
                read_all(session, now())
        with Session(db.engine) as other, other.begin():
            hold(other, ids[3])
            with Session(db.engine) as session, session.begin():
                session.execute(text("SET LOCAL lock_timeout = '3s'"))
                change(session, now())
            rest = db.session.scalars(select(Notification)).all()
    untouched = {
        read_all: [row.id for row in rest if row.read_at is None],
        take: [row.id for row in rest if row.mailed_at is None],
        forget: [row.id for row in rest],
    }
    assert untouched[change] == [ids[3]]


def test_what_is_withdrawn_is_locked_in_one_order(app, ids):
    def withdraw():
        with app.app_context(), Session(db.engine) as session, session.begin():
            operations.withdraw(session, Notification.subject_id.in_(MINE), now())

    thread = threading.Thread(target=withdraw)
    with app.app_context():
        with Session(db.engine) as first, first.begin():
            hold(first, ids[0])
            thread.start()
            wait_for_a_lock()
            with Session(db.engine) as other, other.begin():  # nothing after it is held yet
                assert hold(other, *ids[1:], nowait=True) == ids[1:]
        thread.join(20)
        assert all(row.read_at for row in db.session.scalars(select(Notification)))


def wait_for_a_lock():
    waiting = text(
        "SELECT count(*) FROM pg_stat_activity "
        "WHERE wait_event_type = 'Lock' AND datname = current_database()"
    )
    until = time.monotonic() + 15
    while time.monotonic() < until:
        with db.engine.connect() as connection:
            if connection.scalar(waiting):
                return
        time.sleep(0.02)
    raise AssertionError("nobody waited")
