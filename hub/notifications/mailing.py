"""Mail about what is new: at once, and the digests (``hub.notifications.digests``).

What a mail says is decided when it is sent, by what the person may read and has read by then. Words
of a post leave the hub only where anybody with an account may read it and no mark forbids it: of a
closed board a mail says that there is something, not what, where or by whom.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, Select, bindparam, func, insert, select, update
from sqlalchemy.orm import Session

from hub.accounts.models import Person
from hub.accounts.standing import standing_of
from hub.forum.models import Post
from hub.mail import outbox
from hub.mail.kinds import Content, one_line
from hub.mail.models import Mail
from hub.markup import plain
from hub.membership.queries import shown_as
from hub.notifications import queries, unsubscribing, words
from hub.notifications.models import Notification, NotificationChoice, Rhythm
from hub.notifications.places import Place, place_of
from hub.page_words import speaking
from knowledge.access import MEMBERS, PUBLIC, Mark
from knowledge.orm import LongId, rows

SINGLE, DIGEST = "notification", "digest"
MOST_AN_HOUR = 10
MOST_IN_A_DIGEST = 20
LONGEST_EXCERPT = 400
AT_A_TIME = 500
NOT_SYNCHRONISED: dict[str, Any] = {"synchronize_session": False}


@dataclass(frozen=True, slots=True)
class Told:
    """One thing that is new, as a mail may say it. Of what is closed only ``about``, the place and
    the time; else ``name``, ``title``, ``board`` and some words too."""

    about: str
    is_closed: bool
    place: Place | None
    name: str = ""
    title: str = ""
    board: str = ""
    excerpt: str = ""


def may_carry_words(audience: str, marks: Iterable[str]) -> bool:
    """Whether words of a post may stand in a mail, which is read by who knows whom."""
    return audience in (PUBLIC, MEMBERS) and set(marks) <= {"", Mark.CLEAR}


def address_of(person: Person) -> str:
    return person.notification_email or person.email or ""


def mail_at_once(session: Session, notification_ids: Sequence[int], now: datetime) -> None:
    """Queues a mail about each of these to those who want it so, up to so many an hour: what is
    more waits for the next digest."""
    if not outbox.is_possible():
        return
    for begin in range(0, len(notification_ids), AT_A_TIME):
        _mail(session, notification_ids[begin : begin + AT_A_TIME], now)


def _mail(session: Session, notification_ids: Sequence[int], now: datetime) -> None:
    values = {"told": list(notification_ids), "an_hour_ago": now - timedelta(hours=1)}
    wanted = rows(session, _WANTED_AT_ONCE, values)
    if not wanted:
        return
    session.execute(insert(Mail), [_queued(row, now) for row in wanted])
    session.execute(
        update(Notification)
        .where(Notification.id.in_([row.id for row in wanted]))
        .values(mailed_at=now),
        execution_options=NOT_SYNCHRONISED,
    )


def _wanted_at_once() -> Select[Any]:
    lately = (
        select(func.count(Mail.id))
        .where(Mail.person_id == Person.id, Mail.kind == SINGLE)
        .where(Mail.created_at > bindparam("an_hour_ago", type_=Mail.created_at.type))
        .scalar_subquery()
    )
    return (
        select(Notification.id, Notification.person_id, Person.language)
        .add_columns(Person.email, Person.notification_email)
        .join(Person, Person.id == Notification.person_id)
        .join(NotificationChoice, NotificationChoice.person_id == Person.id)
        .where(Notification.id.in_(bindparam("told", type_=LongId, expanding=True)))
        .where(NotificationChoice.rhythm == Rhythm.AT_ONCE, lately < MOST_AN_HOUR)
        .where(Person.email.is_not(None))
    )


# Asked with every post that somebody is told of: made once.
_WANTED_AT_ONCE = _wanted_at_once()


def _queued(row: Row[Any], now: datetime) -> dict[str, Any]:
    return {
        "kind": SINGLE,
        "recipient": row.notification_email or row.email,
        "person_id": row.person_id,
        "language": row.language,
        "parameters": {"notification": row.id},
        "run_after": now,
        "created_at": now,
    }


def single(session: Session, mail: Mail, now: datetime) -> Content | None:
    """``notification`` is an id."""
    number = mail.parameters.get("notification")
    told, _ = _still_new(session, mail, Notification.id == number, now)
    if not told:
        return None
    values = {"item": told[0], "sentence": words.sentence}
    return Content(SINGLE, values, unsubscribe=_token(mail))


def digest(session: Session, mail: Mail, now: datetime) -> Content | None:
    """``batch`` is the moment at which the notifications in it were noted as mailed."""
    batch = datetime.fromisoformat(mail.parameters["batch"])
    told, count = _still_new(session, mail, Notification.mailed_at == batch, now)
    if not told:
        return None
    more = count - len(told)
    values = {"told": told, "count": count, "more": more, "sentence": words.sentence}
    return Content(DIGEST, values, unsubscribe=_token(mail))


def _token(mail: Mail) -> str:
    return unsubscribing.token_for(mail.person_id or 0)


def _still_new(session: Session, mail: Mail, which: Any, now: datetime) -> tuple[list[Told], int]:
    """What the person has not read and may read now, and how much that is in all."""
    person = session.get(Person, mail.person_id) if mail.person_id is not None else None
    if person is None or person.disabled_at or mail.recipient != address_of(person):
        return [], 0
    if queries.choice(session, person.id).rhythm == Rhythm.NEVER:
        return [], 0
    reader = standing_of(session, person.id, now).reader()
    new = queries.told(reader).where(
        Notification.person_id == person.id, which, Notification.read_at.is_(None)
    )
    rows = session.execute(new.order_by(Notification.id)).all()
    with speaking(mail.language):  # there is no request whose language it could be
        return _as_told(session, rows[:MOST_IN_A_DIGEST], now), len(rows)


def _as_told(session: Session, rows: Sequence[Row[Any]], now: datetime) -> list[Told]:
    names = shown_as(session, {row.actor_id for row in rows if row.actor_id}, now)
    texts = _texts(session, [row for row in rows if not _is_closed(row)])
    told = []
    for row in rows:
        place = place_of(row.about, row.post_id, row.subject_id)
        if _is_closed(row):
            told.append(Told(row.about, True, place))
            continue
        name = names[row.actor_id].name if row.actor_id in names else ""
        excerpt = one_line(plain(texts.get(row.post_id, ""), LONGEST_EXCERPT))
        title, board = one_line(row.title or ""), one_line(row.board or "")
        told.append(Told(row.about, False, place, one_line(name), title, board, excerpt))
    return told


def _is_closed(row: Row[Any]) -> bool:
    if row.topic_id is None:
        return False
    return not may_carry_words(row.audience, (row.mark, row.topic_mark))


def _texts(session: Session, rows: Sequence[Row[Any]]) -> dict[int, str]:
    ids = {row.post_id for row in rows if row.post_id}
    if not ids:
        return {}
    found = session.execute(select(Post.id, Post.text).where(Post.id.in_(ids)))
    return {row.id: row.text for row in found}
