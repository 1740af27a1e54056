"""Takes all topics and boards in which something changes when somebody erases the account.

All of them before the first change, in the order in which everybody takes several: topics by their
ids, then boards by theirs. Whoever writes in one of them meanwhile waits, or is waited for.
"""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import islice

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.forum.models import Board, Post, Topic

AT_ONCE = 200
TRIES = 3


class _Moved(Exception):
    """A post came into a topic that is not taken, while one waited for those that are."""


def batches(ids: Sequence[int]) -> Iterator[list[int]]:
    remaining = iter(ids)
    while some := list(islice(remaining, AT_ONCE)):
        yield some


def take_topics(session: Session, post_ids: Sequence[int], author_id: int | None = None) -> None:
    """Those in which these posts stand, and those in which ``author_id`` wrote."""
    for _ in range(TRIES):
        with suppress(_Moved), session.begin_nested():
            _take(session, post_ids, author_id)
            return
    _take_all(session, _topics_of(session, post_ids, author_id))


def take_boards(session: Session, author_id: int) -> None:
    """Those in which they wrote, archived ones too; after their topics are taken."""
    wrote_in = (
        select(Topic.board_id)
        .join(Post, Post.topic_id == Topic.id)
        .where(Post.author_id == author_id)
    )
    session.scalars(
        select(Board)
        .where(Board.id.in_(wrote_in))
        .order_by(Board.id)
        .with_for_update(of=Board, key_share=True)
        .execution_options(populate_existing=True)
    ).all()


def _take(session: Session, post_ids: Sequence[int], author_id: int | None) -> None:
    """Raises: _Moved, upon which all are let go and taken anew in their order."""
    topic_ids = _topics_of(session, post_ids, author_id)
    _take_all(session, topic_ids)
    if _topics_of(session, post_ids, author_id) - topic_ids:
        raise _Moved


def _take_all(session: Session, topic_ids: set[int]) -> None:
    for some in batches(sorted(topic_ids)):
        session.scalars(
            select(Topic)
            .where(Topic.id.in_(some))
            .order_by(Topic.id)
            .with_for_update(of=Topic, key_share=True)
            .execution_options(populate_existing=True)
        ).all()


def _topics_of(session: Session, post_ids: Sequence[int], author_id: int | None) -> set[int]:
    found: set[int] = set()
    for some in batches(post_ids):
        found.update(session.scalars(select(Post.topic_id).where(Post.id.in_(some))))
    if author_id is not None:
        found.update(session.scalars(select(Post.topic_id).where(Post.author_id == author_id)))
    return found
