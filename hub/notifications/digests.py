"""The daily and the weekly mail: on the morning of the person's own zone, one for each day or week
in which there is something. A chore of the worker (``hub.mail.worker.HOURLY``).

Each step is a conditional change, so that of two workers that come at once one sends. It flushes.
One transaction is for so few people that nobody waits long for it; the worker calls again.
"""

from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import current_app
from sqlalchemy import Row, func, or_, select, update
from sqlalchemy.orm import Session

from hub.accounts.models import Person
from hub.inserting import insert_into
from hub.mail import outbox
from hub.mail.worker import go_on
from hub.notifications.mailing import DIGEST, address_of
from hub.notifications.models import Notification, NotificationChoice, Rhythm
from hub.notifications.operations import held
from hub.profile.zones import is_zone

MORNING = time(7)
MONDAY = 0
OLDEST = timedelta(days=30)
# What came at once but was too much for one hour goes with the next round.
LEFT_OVER = timedelta(minutes=50)
MOST_IN_A_ROUND = 50
NOT_SYNCHRONISED: dict[str, Any] = {"synchronize_session": False}


def send_digests(session: Session, now: datetime) -> int:
    """Plans the mails of some who have none planned, and queues some that are due; says how many,
    and asks to go on where there may be more. Repeating it, also at once, sends nothing twice."""
    if not outbox.is_possible():
        return 0
    unplanned = session.execute(_unplanned(now)).all()
    for row in unplanned:
        _plan(session, row, now)
    due = session.execute(_due(now)).all()
    if MOST_IN_A_ROUND in (len(unplanned), len(due)):
        go_on(session)
    return sum(_send(session, row.person_id, row.next_digest_at, now) for row in due)


def next_morning(rhythm: Rhythm, zone: ZoneInfo, now: datetime) -> datetime:
    """The next seven o'clock of the clocks there, on a Monday for the weekly mail."""
    day = now.astimezone(zone).date()
    while True:
        morning = datetime.combine(day, MORNING, zone)
        is_day = rhythm != Rhythm.WEEKLY or day.weekday() == MONDAY
        if is_day and morning.astimezone(UTC) > now:
            return morning.astimezone(UTC)
        day += timedelta(days=1)


def zone_of(name: str) -> ZoneInfo:
    return ZoneInfo(name if is_zone(name) else current_app.config["BABEL_DEFAULT_TIMEZONE"])


def _is_waiting(now: datetime) -> Any:
    return (
        Notification.mailed_at.is_(None),
        Notification.read_at.is_(None),
        Notification.made_at > now - OLDEST,
    )


def _unplanned(now: datetime) -> Any:
    rhythm = func.coalesce(NotificationChoice.rhythm, Rhythm.DAILY.value)
    oldest = func.min(Notification.made_at)
    return (
        select(Person.id, Person.time_zone, rhythm.label("rhythm"))
        .join(Notification, Notification.person_id == Person.id)
        .outerjoin(NotificationChoice, NotificationChoice.person_id == Person.id)
        .where(*_is_waiting(now), rhythm != Rhythm.NEVER)
        .where(NotificationChoice.next_digest_at.is_(None), Person.email.is_not(None))
        .where(Person.disabled_at.is_(None), Person.erased_at.is_(None))
        .group_by(Person.id, Person.time_zone, rhythm)
        .having(or_(rhythm != Rhythm.AT_ONCE, oldest < now - LEFT_OVER))
        .order_by(oldest, Person.id)
        .limit(MOST_IN_A_ROUND)
    )


def _plan(session: Session, row: Row[Any], now: datetime) -> None:
    rhythm = Rhythm(row.rhythm)
    due = now if rhythm is Rhythm.AT_ONCE else next_morning(rhythm, zone_of(row.time_zone), now)
    planned = insert_into(session, NotificationChoice).values(
        person_id=row.id, rhythm=rhythm, reactions=True, next_digest_at=due
    )
    session.execute(
        planned.on_conflict_do_update(
            index_elements=["person_id"],
            set_={"next_digest_at": planned.excluded.next_digest_at},
            where=NotificationChoice.next_digest_at.is_(None),
        )
    )


def _due(now: datetime) -> Any:
    return (
        select(NotificationChoice.person_id, NotificationChoice.next_digest_at)
        .where(NotificationChoice.next_digest_at <= now)
        .order_by(NotificationChoice.next_digest_at, NotificationChoice.person_id)
        .limit(MOST_IN_A_ROUND)
    )


def _send(session: Session, person_id: int, planned: datetime, now: datetime) -> bool:
    claimed = session.scalar(
        update(NotificationChoice)
        .where(NotificationChoice.person_id == person_id)
        .where(NotificationChoice.next_digest_at == planned)
        .values(next_digest_at=None)
        .returning(NotificationChoice.rhythm),
        execution_options=NOT_SYNCHRONISED,
    )
    person = session.get(Person, person_id)
    if claimed is None or claimed == Rhythm.NEVER or person is None or not address_of(person):
        return False
    if not _take(session, person_id, now):
        return False
    batch = now.astimezone(UTC).isoformat()
    outbox.post(session, DIGEST, address_of(person), person.language, now, person_id, batch=batch)
    return True


def _take(session: Session, person_id: int, now: datetime) -> bool:
    """Notes that what waits for the person is in the mail of this moment, but for what is being
    read or withdrawn just now: it holds what is others' too, so it waits for nobody."""
    waiting = Notification.person_id == person_id, *_is_waiting(now)
    taken = session.scalars(
        update(Notification)
        .where(Notification.id.in_(held(*waiting, waits=False)))
        .values(mailed_at=now)
        .returning(Notification.id),
        execution_options=NOT_SYNCHRONISED,
    )
    return bool(taken.all())
