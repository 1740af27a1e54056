"""What becomes of posts when their author erases the account.

Where the texts stay, they stand under "former member 17". Where they go, a topic in which others
have written stays with their posts; it keeps its title, which is theirs to find it by.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import exists, or_, select, update
from sqlalchemy.orm import Session

from hub.accounts.models import Person
from hub.clock import now
from hub.forum import counting, own_places
from hub.forum.happenings import Happening, Kind, tell
from hub.forum.models import Post, PostRevision, State, Topic
from hub.forum.operations import set_tags, take_topic
from hub.forum.own_name import Named, forget_name, naming
from hub.own_data.erasing import former_name
from hub.reactions.models import Reaction

NOT_SYNCHRONISED: dict[str, Any] = {"synchronize_session": False}


def remove(session: Session, person_id: int) -> None:
    """Empties all that they wrote, and what it was before edits. Flushes.

    Topic by topic, in the order of their numbers, as whoever changes several topics takes them.
    """
    moment = now()
    person, named = _named(session, person_id)
    posts = [*named.all_posts, *_reacted_to(session, person_id)]
    own_places.take_topics(session, posts, person_id)
    own_places.take_boards(session, person_id)
    forget_name(session, person, named, former_name(person_id), moment)
    for topic_id in _topics_with_posts_of(session, person_id):
        _remove_from(session, topic_id, person_id, moment)
    _empty_revisions(session, person_id)


def keep(session: Session, person_id: int) -> None:
    """Leaves them as they are, and takes the name out of what others wrote. Flushes."""
    person, named = _named(session, person_id)
    posts = [*named.all_posts, *_reacted_to(session, person_id)]
    own_places.take_topics(session, posts)
    forget_name(session, person, named, former_name(person_id), now())


def _named(session: Session, person_id: int) -> tuple[Person, Named]:
    person = session.get_one(Person, person_id)
    is_gone = person.pseudonym == former_name(person_id)
    return person, Named() if is_gone else naming(session, person.pseudonym)


def _reacted_to(session: Session, person_id: int) -> Sequence[int]:
    """They change too, when the reactions go: whoever changes many posts of a topic has it."""
    theirs = select(Reaction.post_id).where(Reaction.person_id == person_id).distinct()
    return session.scalars(theirs).all()


def _topics_with_posts_of(session: Session, person_id: int) -> Iterator[int]:
    wrote = select(Post.topic_id).where(Post.author_id == person_id).distinct()
    yield from session.scalars(wrote.order_by(Post.topic_id)).all()


def _remove_from(session: Session, topic_id: int, person_id: int, moment: datetime) -> None:
    take_topic(session, topic_id)
    topic = session.get_one(Topic, topic_id)
    theirs = select(Post).where(Post.topic_id == topic_id, Post.author_id == person_id)
    gone = []
    for post in session.scalars(theirs.order_by(Post.number.desc())):
        if post.state == State.VISIBLE:
            gone.append(post)
        post.text, post.html, post.state = "", "", State.DELETED
    session.flush()
    _close_if_empty(session, topic, person_id)
    for post in gone:
        if topic.accepted_post_id == post.id:
            topic.accepted_post_id = None
        counting.uncount_post(session, topic, post)
        tell(session, Happening(Kind.GONE, topic.board, topic, post, None, moment))


def _close_if_empty(session: Session, topic: Topic, person_id: int) -> None:
    """A topic of theirs in which nobody else wrote goes as a whole."""
    others = exists().where(Post.topic_id == topic.id, Post.author_id != person_id)
    if topic.author_id != person_id or session.scalar(select(others)):
        return
    if topic.state == State.VISIBLE:
        counting.uncount_topic(session, topic)
    topic.title, topic.state = "", State.DELETED
    set_tags(session, topic, ())


def _empty_revisions(session: Session, person_id: int) -> None:
    """Of their posts all; of others' posts what they said of their edits: the text is another's."""
    own = select(Post.id).where(Post.author_id == person_id)
    session.execute(
        update(PostRevision)
        .where(PostRevision.post_id.in_(own))
        .values(text="", title="", note=""),
        execution_options=NOT_SYNCHRONISED,
    )
    edited = select(PostRevision.post_id).where(PostRevision.editor_id == person_id)
    latest = select(Post.id).where(Post.edited_by == person_id)
    session.execute(
        update(PostRevision)
        .where(or_(PostRevision.post_id.in_(edited), PostRevision.post_id.in_(latest)))
        .values(note=""),
        execution_options=NOT_SYNCHRONISED,
    )
