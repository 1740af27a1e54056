"""What is written becomes a row, once for each form. The caller holds the row of the topic."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Integer, String, bindparam, insert, select
from sqlalchemy.orm import Session, make_transient_to_detached
from sqlalchemy.orm.attributes import set_committed_value

from hub.forum import authoring
from hub.forum.authoring import People
from hub.forum.models import Post, State, Topic
from knowledge.orm import run, unguessable_long_id


@dataclass(frozen=True, slots=True)
class Written:
    """What came by a form. ``submission`` is the key of the form: the same form gives one post."""

    text: str
    submission: str
    language: str = ""
    title: str = ""
    tags: Sequence[str] = ()
    is_wiki: bool = False
    is_held: bool = False


def add_post(
    session: Session,
    topic: Topic,
    author_id: int,
    written: Written,
    people: People,
    state: State,
    now: datetime,
    reply_to_id: int | None = None,
) -> Post:
    """The next post of the topic, which is not counted there yet. ``people``: who is mentioned in
    it."""
    row: dict[str, Any] = {
        "id": unguessable_long_id(),
        "topic_id": topic.id,
        "number": topic.last_number + 1,
        "author_id": author_id,
        "reply_to_id": reply_to_id,
        "text": written.text,
        "html": authoring.html_with(written.text, people),
        "language": written.language,
        "state": state,
        "is_wiki": written.is_wiki,
        "revision": 1,
        "submission": written.submission,
        "reactions": {},
        "created_at": now,
        "edited_at": None,
        "edited_by": None,
    }
    run(session, _ADDED, row)
    # As if it was read again, which costs less than to have the session write it.
    post = Post(**row)
    make_transient_to_detached(post)
    session.add(post)
    set_committed_value(post, "topic", topic)
    return post


def sent(session: Session, author_id: int, submission: str) -> Post | None:
    """The post that this form made already."""
    return session.scalar(_SENT, {"author": author_id, "submission": submission})


POSTS: Any = Post.__table__
# Part of every post: made once, for making a statement costs more than running it.
_ADDED = insert(POSTS)
_SENT = select(Post).where(
    Post.author_id == bindparam("author", type_=Integer),
    Post.submission == bindparam("submission", type_=String),
)
