"""One person of each role whom somebody who tries out the hub can be. Never where it is in earnest:
their password is printed."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, insert, select
from sqlalchemy.orm import Session

from hub.accounts.models import Person, Role, RoleGrant
from hub.accounts.passwords import hash_password
from hub.accounts.pseudonyms import key_of
from hub.demo.crowd import GROUPS, membership
from hub.following.models import ReadPosition
from hub.forum.models import Board, BoardModerator, Post, Topic
from hub.groups.models import Group, GroupMember
from hub.membership.models import LeaMembership
from hub.notifications.models import About, Notification
from hub.second_factor.totp import sealed_for
from knowledge.access import PUBLIC

READ_TOPICS, TOLD = 60, 7
BOARDS_MODERATED = 3


@dataclass(frozen=True, slots=True)
class Part:
    """Whom to sign in as. ``is_lea``, ``in_group``, ``moderates``: some boards."""

    name: str
    role: Role | None = None
    is_lea: bool = False
    in_group: bool = False
    moderates: bool = False

    @property
    def email(self) -> str:
        return f"{self.name.split()[-1].lower()}@demo.example"


PARTS = (
    Part("Demo member"),
    Part("Demo officer", is_lea=True),
    Part("Demo partner", is_lea=True, in_group=True),
    Part("Demo host", is_lea=True, moderates=True),
    Part("Demo curator", Role.CURATOR),
    Part("Demo moderator", Role.MODERATOR),
    Part("Demo administrator", Role.ADMINISTRATOR),
)


def cast(session: Session, password: str, secret: str, now: datetime) -> list[str]:
    """Adds those who are missing, gives all of them this password and this secret for the codes
    of an app, and returns their addresses."""
    kept = hash_password(password)
    for part in PARTS:
        person = session.scalar(select(Person).where(Person.email == part.email))
        if person is None:
            person = _added(session, part, now)
        person.password_hash = kept
        person.totp_secret = sealed_for(person, secret)
    session.flush()
    return [part.email for part in PARTS]


def _added(session: Session, part: Part, now: datetime) -> Person:
    person = Person(
        pseudonym=part.name,
        pseudonym_key=key_of(part.name),
        email=part.email,
        created_at=now - timedelta(days=100),
        grants=[RoleGrant(role=part.role, granted_at=now)] if part.role else [],
    )
    session.add(person)
    session.flush()
    if part.is_lea:
        session.execute(insert(LeaMembership), [membership(person.id, now)])
    if part.in_group:
        groups = session.scalars(select(Group).where(Group.name.in_(GROUPS)))
        session.add_all(
            GroupMember(group_id=group.id, person_id=person.id, is_keeper=True, added_at=now)
            for group in groups
        )
    if part.moderates:
        boards = session.scalars(select(Board).order_by(Board.ordinal).limit(BOARDS_MODERATED))
        session.add_all(
            BoardModerator(board_id=board.id, person_id=person.id, added_at=now) for board in boards
        )
    _let_read(session, person)
    return person


def _let_read(session: Session, person: Person) -> None:
    """They have read half of some topics that everybody may read, and are told of the latest."""
    latest = (
        select(Topic, Post)
        .join(Board, Board.id == Topic.board_id)
        .join(Post, and_(Post.topic_id == Topic.id, Post.number == Topic.last_number))
        .where(Board.audience == PUBLIC)
        .order_by(Topic.bumped_at.desc(), Topic.id)
        .limit(READ_TOPICS)
    )
    for place, (topic, post) in enumerate(session.execute(latest).all()):
        number = max(1, topic.last_number // 2)
        session.add(
            ReadPosition(person_id=person.id, topic_id=topic.id, number=number, at=post.created_at)
        )
        if place < TOLD:
            session.add(_told(person, post))
    session.flush()


def _told(person: Person, post: Post) -> Notification:
    return Notification(
        person_id=person.id,
        about=About.WATCHED,
        actor_id=post.author_id,
        topic_id=post.topic_id,
        post_id=post.id,
        post_key=post.id,
        made_at=post.created_at,
        mailed_at=post.created_at,
    )
