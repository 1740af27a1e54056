"""Every change to notifications. They flush; whoever calls them commits.

Whom a post is told to is one INSERT from a SELECT, however many watch. Telling again tells nobody
twice.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    case,
    cast,
    exists,
    literal,
    select,
    update,
)
from sqlalchemy.orm import Session

from hub.accounts.models import Person
from hub.following import telling
from hub.forum.models import Board, Post, Topic
from hub.forum.readership import belongs_to
from hub.inserting import insert_into
from hub.live.telling import tell_unread
from hub.notifications import mailing
from hub.notifications.models import About, Notification, NotificationChoice, Rhythm
from hub.notifications.reasons import Concerned
from knowledge.orm import LongId

NOT_SYNCHRONISED: dict[str, Any] = {"synchronize_session": False}
COLUMNS = [
    *("person_id", "about", "actor_id", "topic_id", "post_id", "post_key", "subject_id"),
    "made_at",
]
OF_A_POST = (About.MENTION, About.QUOTE, About.REPLY, About.WATCHED)


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
    any more, who muted the topic, or who wants to hear of no reactions."""
    if not person_ids:
        return
    topic = session.get(Topic, topic_id) if topic_id is not None else None
    wanted = [
        Person.id.in_(set(person_ids)),
        Person.erased_at.is_(None),
        Person.disabled_at.is_(None),
        *([Person.id.not_in(telling.muters(topic))] if topic is not None else []),
        *([~_wants_no_reactions()] if about == About.REACTION else []),
    ]
    what = _Subject(actor_id, topic_id, post_id, subject_id, now)
    _tell(session, what, literal(about), wanted)


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
    ids = select(Person.id).where(Person.id.in_(concerned.all))
    candidates = ids.union(telling.watchers(topic)) if to_watchers else ids
    wanted = [
        Person.id.in_(candidates),
        belongs_to(board.audience, now),
        Person.id.not_in(telling.muters(topic)),
        ~_was_told_of(post.id),
    ]
    about = case(
        (Person.id.in_(concerned.mentioned), literal(About.MENTION)),
        (Person.id.in_(concerned.quoted), literal(About.QUOTE)),
        (Person.id.in_(concerned.answered), literal(About.REPLY)),
        else_=literal(About.WATCHED),
    )
    actor_id = post.author_id if to_watchers else post.edited_by or post.author_id
    _tell(session, _Subject(actor_id, topic.id, post.id, 0, now), about, wanted)


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
        .where(which, Notification.read_at.is_(None))
        .values(read_at=now)
        .returning(Notification.person_id),
        execution_options=NOT_SYNCHRONISED,
    ).all()
    tell_unread(session, told)


def choose(session: Session, person_id: int, rhythm: Rhythm, *, reactions: bool | None) -> None:
    """How somebody wants to be told; ``reactions`` None leaves that as it is."""
    more = {} if reactions is None else {"reactions": reactions}
    row = {"rhythm": rhythm, "next_digest_at": None, **more}
    chosen = insert_into(session, NotificationChoice).values(
        person_id=person_id, **({"reactions": True} | row)
    )
    session.execute(chosen.on_conflict_do_update(index_elements=["person_id"], set_=row))


class _Subject:
    """The columns that are the same for everybody who is told."""

    def __init__(
        self,
        actor_id: int | None,
        topic_id: int | None,
        post_id: int | None,
        subject_id: int,
        now: datetime,
    ) -> None:
        self.actor_id, self.now = actor_id, now
        self.columns: Sequence[ColumnElement[Any]] = (
            _number(actor_id),
            _number(topic_id),
            _number(post_id),
            _number(post_id or 0),
            _number(subject_id),
            literal(now, Notification.made_at.type),
        )


def _tell(
    session: Session,
    what: _Subject,
    about: ColumnElement[Any],
    wanted: Sequence[ColumnElement[bool]],
) -> None:
    people: Select[Any] = select(Person.id, about, *what.columns).where(*wanted)
    if what.actor_id is not None:
        people = people.where(Person.id != what.actor_id)
    session.flush()
    told = session.execute(
        insert_into(session, Notification)
        .from_select(COLUMNS, people, include_defaults=False)
        .on_conflict_do_nothing()
        .returning(Notification.id, Notification.person_id),
        execution_options=NOT_SYNCHRONISED,
    ).all()
    if told:
        mailing.mail_at_once(session, [row.id for row in told], what.now)
        tell_unread(session, [row.person_id for row in told])


def _mark_read(session: Session, person_id: int, which: ColumnElement[bool], now: datetime) -> None:
    read = session.scalars(
        update(Notification)
        .where(Notification.person_id == person_id, Notification.read_at.is_(None), which)
        .values(read_at=now)
        .returning(Notification.id),
        execution_options=NOT_SYNCHRONISED,
    ).all()
    if read:
        tell_unread(session, [person_id])


def _was_told_of(post_id: int) -> ColumnElement[bool]:
    return exists().where(
        Notification.person_id == Person.id,
        Notification.post_id == post_id,
        Notification.about.in_(OF_A_POST),
    )


def _wants_no_reactions() -> ColumnElement[bool]:
    return exists().where(
        NotificationChoice.person_id == Person.id, NotificationChoice.reactions.is_(False)
    )


def _number(value: int | None) -> ColumnElement[Any]:
    """With its type: PostgreSQL takes an untyped one in a SELECT for a text."""
    return cast(literal(value, LongId), LongId)
