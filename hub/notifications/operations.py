"""Every change to notifications. They flush; whoever calls them commits.

Whom a post is told to is one INSERT from a SELECT, however many watch. Telling again tells nobody
twice.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, literal, select, update
from sqlalchemy.orm import Session

from hub.accounts.models import Person
from hub.following import telling
from hub.forum.models import Board, Post, Topic
from hub.forum.readership import belongs_to
from hub.inserting import insert_into
from hub.live.telling import tell_unread
from hub.notifications import fanout, mailing
from hub.notifications.models import About, Notification, NotificationChoice, Rhythm
from hub.notifications.reasons import Concerned
from knowledge.orm import rows

NOT_SYNCHRONISED: dict[str, Any] = {"synchronize_session": False}


def notify(
    session: Session,
    person_ids: Collection[int],
    about: About,
    now: datetime,
    *,
    actor_id: int | None = None,
    topic_id: int | None = None,
    post_id: int | None = None,
    subject_id: int = 0,
) -> None:
    """Tells these people, each once about one post and subject; not who did it, who has no account
    any more, who may not read what it is about, who muted the topic, or who wants to hear of no
    reactions."""
    if not person_ids:
        return
    topic = session.get(Topic, topic_id) if topic_id is not None else None
    post = session.get(Post, post_id) if post_id is not None else None
    place = post.topic if post is not None else topic
    wanted = [
        Person.id.in_(set(person_ids)),
        Person.erased_at.is_(None),
        Person.disabled_at.is_(None),
        *([belongs_to(place.board.audience, now)] if place is not None else []),
        *([Person.id.not_in(telling.MUTERS)] if topic is not None else []),
        *([~_wants_no_reactions()] if about == About.REACTION else []),
    ]
    telling_them = fanout.insert(session, literal(about), wanted)
    values = fanout.values(actor_id, topic_id, post_id, subject_id, now)
    _tell(session, telling_them, values | (telling.values_of(topic) if topic else {}), now)


def tell_of_post(
    session: Session,
    board: Board,
    topic: Topic,
    post: Post,
    concerned: Concerned,
    now: datetime,
    *,
    to_watchers: bool,
) -> None:
    """Tells whom a post concerns, and who watches the topic: those who may read it, each for the
    strongest of their reasons, and whoever was told of this post already not again."""
    actor_id = post.author_id if to_watchers else post.edited_by or post.author_id
    values = {
        **fanout.values(actor_id, topic.id, post.id, 0, now),
        **telling.values_of(topic),
        "mentioned": list(concerned.mentioned),
        "quoted": list(concerned.quoted),
        "answered": list(concerned.answered),
    }
    is_postgresql = session.get_bind().dialect.name == "postgresql"
    telling_them = fanout.of_post(board.audience, to_watchers, is_postgresql)
    _tell(session, telling_them, values, now)


def mark_topic_read(
    session: Session, person_id: int, topic_id: int, number: int, now: datetime
) -> None:
    """What somebody was told about the posts up to this number is no news to them."""
    posts = select(Post.id).where(Post.topic_id == topic_id, Post.number <= number)
    _mark_read(session, person_id, Notification.post_id.in_(posts), now)


def mark_all_read(session: Session, person_id: int, until: int, now: datetime) -> None:
    """All up to the one with this id: what came after the page was made stays news."""
    _mark_read(session, person_id, Notification.id <= until, now)


def mark_one_read(session: Session, notification: Notification, now: datetime) -> None:
    _mark_read(session, notification.person_id, Notification.id == notification.id, now)


def withdraw(session: Session, which: ColumnElement[bool], now: datetime) -> None:
    """Counts as read for everybody what they cannot read any more."""
    told = session.scalars(
        update(Notification)
        .where(Notification.id.in_(held(which, Notification.read_at.is_(None), waits=True)))
        .values(read_at=now)
        .returning(Notification.person_id),
        execution_options=NOT_SYNCHRONISED,
    ).all()
    tell_unread(session, told)


def held(*which: ColumnElement[bool], waits: bool, most: int | None = None) -> Select[Any]:
    """The ids of these, locked one after the other in the order of their ids, so that of two who
    change many no one waits for the other in a circle. Who does not wait leaves out what somebody
    else is changing at this moment: whoever may have locked others before must not wait, and that
    a mark of reading comes late costs less than a page that fails."""
    these = select(Notification.id).where(*which).order_by(Notification.id).limit(most)
    return select(these.with_for_update(skip_locked=not waits).cte("held").c.id)


def choose(session: Session, person_id: int, rhythm: Rhythm, *, reactions: bool | None) -> None:
    """How somebody wants to be told; ``reactions`` None leaves that as it is."""
    more = {} if reactions is None else {"reactions": reactions}
    row = {"rhythm": rhythm, "next_digest_at": None, **more}
    chosen = insert_into(session, NotificationChoice).values(
        person_id=person_id, **({"reactions": True} | row)
    )
    session.execute(chosen.on_conflict_do_update(index_elements=["person_id"], set_=row))


def _tell(session: Session, telling_them: Any, values: dict[str, Any], now: datetime) -> None:
    told = rows(session, telling_them, values)
    if told:
        mailing.mail_at_once(session, [row.id for row in told], now)
        tell_unread(session, [row.person_id for row in told])


def _mark_read(session: Session, person_id: int, which: ColumnElement[bool], now: datetime) -> None:
    unread = Notification.person_id == person_id, Notification.read_at.is_(None)
    read = session.scalars(
        update(Notification)
        .where(Notification.id.in_(held(*unread, which, waits=False)))
        .values(read_at=now)
        .returning(Notification.id),
        execution_options=NOT_SYNCHRONISED,
    ).all()
    if read:
        tell_unread(session, [person_id])


def _wants_no_reactions() -> ColumnElement[bool]:
    return exists().where(
        NotificationChoice.person_id == Person.id, NotificationChoice.reactions.is_(False)
    )
