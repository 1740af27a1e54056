"""Every change to topics and posts that readers notice. They flush; whoever calls them commits.

What many do in one topic at once happens one after the other: each change takes the row of the
topic first, then that of the board. Whoever would start topics in one board takes the board's.
"""

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext, suppress
from datetime import datetime
from typing import Any

from sqlalchemy import Integer, bindparam, delete, select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from hub.forum import authoring, counting
from hub.forum.adding import Written as Written
from hub.forum.adding import add_post, sent
from hub.forum.authoring import People
from hub.forum.happenings import Happening, Kind, tell
from hub.forum.models import Board, Post, PostRevision, State, Topic, TopicTag
from knowledge.orm import LongId

NOT_SYNCHRONISED: dict[str, Any] = {"synchronize_session": False}
# Part of every post: made once.
_TAKEN_TOPIC = (
    select(Topic)
    .where(Topic.id == bindparam("topic", type_=LongId), Topic.merged_into_id.is_(None))
    .with_for_update(of=Topic, key_share=True)
    .execution_options(populate_existing=True)
)
_BOARD_NOW = (
    select(Board)
    .where(Board.id == bindparam("board", type_=Integer))
    .execution_options(populate_existing=True)
)


class Refused(Exception):
    """Nothing was changed."""


class Closed(Refused):
    """The topic is locked or gone, or the board is archived."""


class _Left(Exception):
    """What is looked for is not there any more: it went into another topic."""


class EditConflict(Refused):
    """Somebody else has edited the post since; ``post`` is as it stands now."""

    def __init__(self, post: Post) -> None:
        super().__init__()
        self.post = post


def start_topic(
    session: Session, board: Board, author_id: int, written: Written, now: datetime
) -> Topic:
    """A topic with its first post; the one that this form made already, if it did.

    Raises: Closed where the board is archived.
    """
    take_board(session, board.id)
    if found := sent(session, author_id, written.submission):
        return found.topic
    state = State.HELD if written.is_held else State.VISIBLE
    topic = Topic(
        board=board,
        author_id=author_id,
        title=written.title,
        language=written.language,
        state=state,
        mark=board.mark,
        tags=list(written.tags),
        created_at=now,
        bumped_at=now,
        last_author_id=author_id,
    )
    session.add(topic)
    session.flush()
    session.add_all(TopicTag(topic_id=topic.id, tag=tag) for tag in written.tags)
    people = authoring.people_in(session, written.text)
    post = add_post(session, topic, author_id, written, people, state, now)
    topic.last_number = post.number
    if state == State.VISIBLE:
        counting.count_topic(session, topic)
        counting.count_post(session, topic, post)
    session.flush()
    _tell_new(session, topic, post, people, now)
    return topic


def reply(
    session: Session,
    topic_id: int,
    author_id: int,
    written: Written,
    now: datetime,
    *,
    reply_to_id: int | None = None,
    is_moderator: bool = False,
) -> Post:
    """A post at the end of the topic, or of the one that it was merged into; the post that this
    form made already, if it did.

    Raises: Closed.
    """
    topic = take_topic(session, topic_id)
    if found := sent(session, author_id, written.submission):
        return found
    return reply_in(
        session,
        topic,
        author_id,
        written,
        now,
        reply_to_id=reply_to_id,
        is_moderator=is_moderator,
    )


def reply_in(
    session: Session,
    topic: Topic,
    author_id: int,
    written: Written,
    now: datetime,
    *,
    reply_to_id: int | None = None,
    is_moderator: bool = False,
) -> Post:
    """The same in a topic that was taken, by a form that has made nothing yet (``sent``)."""
    is_open = topic.state == State.VISIBLE and topic.board.archived_at is None
    if not is_open or (topic.locked_at is not None and not is_moderator):
        raise Closed
    state = State.HELD if written.is_held else State.VISIBLE
    people = authoring.people_in(session, written.text)
    post = add_post(session, topic, author_id, written, people, state, now, reply_to_id)
    topic.last_number = post.number
    if state == State.VISIBLE:
        counting.count_post(session, topic, post)
    session.flush()
    _tell_new(session, topic, post, people, now)
    return post


def edit(
    session: Session,
    post_id: int,
    editor_id: int,
    written: Written,
    based_on: int,
    now: datetime,
    note: str = "",
) -> Post:
    """Changes the text (of the first post the title and tags too) and keeps what it was.

    ``based_on`` is the revision that the editor saw. Raises: EditConflict where the post is another
    one by now; Closed where it is gone.
    """
    topic, post = take_post(session, post_id)
    if post.state not in (State.VISIBLE, State.HELD):
        raise Closed
    if _is_same(topic, post, written):
        return post
    if post.revision != based_on:
        raise EditConflict(post)
    _keep_revision(session, topic, post, note)
    post.text, post.revision = written.text, post.revision + 1
    post.html = authoring.html_of(session, written.text)
    post.is_wiki, post.language = written.is_wiki, written.language or post.language
    post.edited_at, post.edited_by = now, editor_id
    if post.number == 1:
        _retitle(session, topic, written, editor_id, now)
    session.flush()
    if post.state == State.VISIBLE:
        _tell(session, Kind.EDITED, topic, post, editor_id, now)
    return post


def take_away(
    session: Session, post_id: int, state: State, actor_id: int | None, now: datetime
) -> Post:
    """``HIDDEN`` or ``DELETED``: nobody but who may see such posts sees it any more. With its first
    post a topic goes as a whole. Taking away twice changes nothing."""
    topic, post = take_post(session, post_id)
    was_visible = post.state == State.VISIBLE
    is_for_good = state == State.DELETED != post.state
    post.state = state
    if topic.accepted_post_id == post.id:
        topic.accepted_post_id = None
    if was_visible:
        counting.uncount_post(session, topic, post)
    if post.number == 1:
        if topic.state == State.VISIBLE:
            counting.uncount_topic(session, topic)
        topic.state = state
    session.flush()
    if was_visible or is_for_good:
        _tell(session, Kind.GONE, topic, post, actor_id, now)
    return post


def show(session: Session, post_id: int, actor_id: int | None, now: datetime) -> Post:
    """Publishes a post that was held, behind what came meanwhile, or shows again one that was
    hidden. One that is visible or deleted is left as it is. Of a topic that is not visible a reply
    comes to light with the topic: nobody is told of it."""
    topic, post = take_post(session, post_id)
    if post.state not in (State.HELD, State.HIDDEN):
        return post
    kind = Kind.BACK
    if post.state == State.HELD:
        kind = Kind.POSTED
        _put_last(topic, post)
    post.state = State.VISIBLE
    if post.number == 1 and topic.state != State.VISIBLE:
        topic.state = State.VISIBLE
        counting.count_topic(session, topic)
    counting.count_post(session, topic, post)
    session.flush()
    if topic.state == State.VISIBLE:
        _tell(session, kind, topic, post, actor_id, now)
    return post


def _put_last(topic: Topic, post: Post) -> None:
    """Whoever has read on while it waited finds it among what is new to them. What was edited keeps
    its place: it may have been held for the edit, and what stands behind it may answer it."""
    if post.edited_at is None and 1 < post.number < topic.last_number:
        topic.last_number += 1
        post.number = topic.last_number


def take_topic(session: Session, topic_id: int) -> Topic:
    """The topic, for this transaction alone, as it is now, and its board as it is now; the one that
    it was merged into, of which the row stays free: who holds one topic waits for no other.

    Raises: Closed where there is none.
    """
    for _ in range(10):  # merged and merged again
        with suppress(_Left), _letting_go(session):
            taken = session.scalar(_TAKEN_TOPIC, {"topic": topic_id})
            if taken is None:
                raise _Left
            _look_at_board(session, taken)
            return taken
        into = session.scalar(select(Topic.merged_into_id).where(Topic.id == topic_id))
        if into is None:
            break
        topic_id = into
    raise Closed


def _letting_go(session: Session) -> AbstractContextManager[Any]:
    """What is locked inside is let go where it ends by an error. PostgreSQL keeps the lock of a row
    that was waited for, also where it does not fit any more; SQLite locks no rows."""
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    return nullcontext() if is_sqlite else session.begin_nested()


def _look_at_board(session: Session, topic: Topic) -> None:
    """What this transaction knows of the board may be older than the topic that it waited for."""
    board = session.scalars(_BOARD_NOW, {"board": topic.board_id}).one()
    set_committed_value(topic, "board", board)


def take_post(session: Session, post_id: int) -> tuple[Topic, Post]:
    """A post and its topic, as ``take_topic`` does. Raises: Closed where there is none."""
    for _ in range(3):  # between looking and taking it may be moved to another topic
        topic_id = session.scalar(select(Post.topic_id).where(Post.id == post_id))
        if topic_id is None:
            raise Closed
        with suppress(_Left), session.begin_nested():
            return _take_post(session, post_id, topic_id)
    raise Closed


def _take_post(session: Session, post_id: int, topic_id: int) -> tuple[Topic, Post]:
    """Raises: _Left, upon which the topic is let go: who holds one topic waits for no other."""
    topic = take_topic(session, topic_id)
    post = session.scalar(
        select(Post).where(Post.id == post_id).execution_options(populate_existing=True)
    )
    if post is None or post.topic_id != topic.id:
        raise _Left
    return topic, post


def take_board(session: Session, board_id: int) -> Board:
    """Raises: Closed where it is archived."""
    taken = session.scalar(
        select(Board)
        .where(Board.id == board_id, Board.archived_at.is_(None))
        .with_for_update(of=Board, key_share=True)
        .execution_options(populate_existing=True)
    )
    if taken is None:
        raise Closed
    return taken


def set_tags(session: Session, topic: Topic, tags: Sequence[str]) -> None:
    session.execute(
        delete(TopicTag).where(TopicTag.topic_id == topic.id), execution_options=NOT_SYNCHRONISED
    )
    session.add_all(TopicTag(topic_id=topic.id, tag=tag) for tag in tags)
    topic.tags = list(tags)
    session.flush()


def _is_same(topic: Topic, post: Post, written: Written) -> bool:
    is_text_same = post.text == written.text and post.is_wiki == written.is_wiki
    is_head_same = topic.title == written.title and list(topic.tags) == list(written.tags)
    return is_text_same and (post.number > 1 or is_head_same)


def _keep_revision(session: Session, topic: Topic, post: Post, note: str) -> None:
    session.add(
        PostRevision(
            post_id=post.id,
            number=post.revision,
            text=post.text,
            title=topic.title if post.number == 1 else "",
            note=note,
            editor_id=post.edited_by or post.author_id,
            made_at=post.edited_at or post.created_at,
        )
    )


def _retitle(
    session: Session, topic: Topic, written: Written, editor_id: int, now: datetime
) -> None:
    if topic.title == written.title and list(topic.tags) == list(written.tags):
        return
    topic.title = written.title
    set_tags(session, topic, written.tags)
    _tell(session, Kind.RETITLED, topic, None, editor_id, now)


def _tell_new(session: Session, topic: Topic, post: Post, people: People, now: datetime) -> None:
    kind = Kind.POSTED if post.state == State.VISIBLE else Kind.HELD
    tell(session, Happening(kind, topic.board, topic, post, post.author_id, now, people))


def _tell(
    session: Session,
    kind: Kind,
    topic: Topic,
    post: Post | None,
    actor_id: int | None,
    now: datetime,
) -> None:
    tell(session, Happening(kind, topic.board, topic, post, actor_id, now))
