"""What of the happenings in the forum people are told."""

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from hub.accounts.models import Person
from hub.forum.happenings import Happening, Kind
from hub.forum.models import Post, Topic
from hub.forum.readership import belongs_to
from hub.notifications import operations
from hub.notifications.models import About, Notification
from hub.notifications.reasons import MOST_NAMED, Concerned, concerned_by, mentioned_in
from knowledge.access import MEMBERS, PUBLIC

# Whoever has an account reads these.
EVERYBODY = (PUBLIC, MEMBERS)


def hear(session: Session, happening: Happening) -> None:
    topic, post = happening.topic, happening.post
    if happening.kind is Kind.BOARD:
        _withdraw_from_outsiders(session, happening, Topic.board_id == happening.board.id)
    elif topic is not None and post is not None:
        _of_post(session, happening, topic, post)
    elif topic is not None and happening.kind is Kind.MOVED:
        _of_moved(session, happening, topic)


def _of_post(session: Session, happening: Happening, topic: Topic, post: Post) -> None:
    kind, board, now = happening.kind, happening.board, happening.now
    if kind is Kind.POSTED:
        concerned = concerned_by(session, topic, post, happening.people)
        operations.tell_of_post(session, board, topic, post, concerned, now, to_watchers=True)
    elif kind is Kind.EDITED:
        concerned = Concerned(_mentioned_anew(session, post))
        if concerned.all:
            operations.tell_of_post(session, board, topic, post, concerned, now, to_watchers=False)
    elif kind is Kind.GONE:
        is_gone = Notification.post_id == post.id
        if post.number == 1:  # the topic went with it
            of_topic = select(Post.id).where(Post.topic_id == topic.id)
            is_gone = Notification.post_id.in_(of_topic)
        operations.withdraw(session, is_gone, now)


def _of_moved(session: Session, happening: Happening, topic: Topic) -> None:
    behind = happening.behind
    if behind is None:
        _withdraw_from_outsiders(session, happening, Topic.id == topic.id)
    elif happening.board.audience not in EVERYBODY:
        came = (Topic.id == topic.id) & (Post.number > behind)
        _withdraw_from_outsiders(session, happening, came)


def _mentioned_anew(session: Session, post: Post) -> frozenset[int]:
    """However often a post is edited, it tells no more people that they are named than it may name
    at once."""
    named = mentioned_in(session, post.text)
    of_post = Notification.post_id == post.id, Notification.about == About.MENTION
    told = session.scalars(select(Notification.person_id).where(*of_post)).all() if named else []
    return frozenset(sorted(named.difference(told))[: max(0, MOST_NAMED - len(told))])


def _withdraw_from_outsiders(
    session: Session, happening: Happening, which: ColumnElement[bool]
) -> None:
    """From those who are not of the audience of the board any more."""
    posts = select(Post.id).join(Topic, Topic.id == Post.topic_id).where(which)
    readers = select(Person.id).where(belongs_to(happening.board.audience, happening.now))
    operations.withdraw(
        session,
        Notification.post_id.in_(posts) & Notification.person_id.not_in(readers),
        happening.now,
    )
