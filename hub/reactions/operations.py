"""Changes to reactions and bookmarks. They flush; whoever calls them commits."""

from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from hub.forum.models import Post, State
from hub.inserting import insert_into
from hub.notifications.models import About
from hub.notifications.operations import notify
from hub.reactions.models import Bookmark, Reaction, ReactionKind

NOT_SYNCHRONISED: dict[str, Any] = {"synchronize_session": False}
OPPOSITES = {
    ReactionKind.AGREE: ReactionKind.DISAGREE,
    ReactionKind.DISAGREE: ReactionKind.AGREE,
}


class Gone(Exception):
    """The post cannot be read any more. Nothing was changed."""


def react(
    session: Session, post_id: int, person_id: int, kind: ReactionKind, now: datetime
) -> tuple[Post, bool]:
    """Reacts to a post or, where they did so already, takes it back; whoever agrees does not
    disagree any more. Returns the post with its counts as they are now, and whether the reaction
    stands. Raises: Gone."""
    post = _take(session, post_id)
    stands = not _removed(session, post_id, person_id, kind)
    if stands:
        if kind in OPPOSITES:
            _removed(session, post_id, person_id, OPPOSITES[kind])
        session.add(Reaction(post_id=post_id, person_id=person_id, kind=kind, at=now))
    session.flush()
    _recount(session, post)
    if stands:
        notify(
            session,
            [post.author_id],
            About.REACTION,
            now,
            actor_id=person_id,
            topic_id=post.topic_id,
            post_id=post_id,
        )
    return post, stands


def mine_on(session: Session, post_id: int, person_id: int) -> list[str]:
    """With what somebody has reacted to a post."""
    theirs = select(Reaction.kind).where(
        Reaction.post_id == post_id, Reaction.person_id == person_id
    )
    return sorted(session.scalars(theirs))


def bookmark(session: Session, post_id: int, person_id: int, note: str, now: datetime) -> None:
    """Keeps a post for later, or changes the note to it."""
    values = {"note": note}
    keeping = insert_into(session, Bookmark).values(
        person_id=person_id, post_id=post_id, made_at=now, **values
    )
    mine = ["person_id", "post_id"]
    session.execute(keeping.on_conflict_do_update(index_elements=mine, set_=values))


def forget(session: Session, post_id: int, person_id: int) -> bool:
    """Keeps it no longer; says whether they did."""
    kept = (Bookmark.person_id == person_id, Bookmark.post_id == post_id)
    gone: Any = session.execute(delete(Bookmark).where(*kept), execution_options=NOT_SYNCHRONISED)
    return bool(gone.rowcount)


def take_all_back(session: Session, person_id: int) -> None:
    """Before their rows go with the account: the counts do not hold them any more. Whoever leaves
    has the topics already (``hub.forum.own_texts``); posts in the order of their ids."""
    theirs = select(Reaction.post_id).where(Reaction.person_id == person_id).distinct()
    for post_id in session.scalars(theirs.order_by(Reaction.post_id)).all():
        post = session.scalar(_locked(post_id))
        session.execute(
            delete(Reaction).where(Reaction.person_id == person_id, Reaction.post_id == post_id),
            execution_options=NOT_SYNCHRONISED,
        )
        if post is not None:
            _recount(session, post)


def _take(session: Session, post_id: int) -> Post:
    """The post, for this transaction alone. The topic is not taken: reactions do not wait for
    replies."""
    post = session.scalar(_locked(post_id))
    if post is None or post.state != State.VISIBLE:
        raise Gone
    return post


def _locked(post_id: int) -> Any:
    locked = select(Post).where(Post.id == post_id).with_for_update(of=Post, key_share=True)
    return locked.execution_options(populate_existing=True)


def _removed(session: Session, post_id: int, person_id: int, kind: ReactionKind) -> bool:
    theirs = (Reaction.post_id == post_id, Reaction.person_id == person_id, Reaction.kind == kind)
    gone: Any = session.execute(delete(Reaction).where(*theirs), execution_options=NOT_SYNCHRONISED)
    return bool(gone.rowcount)


def _recount(session: Session, post: Post) -> None:
    """Counted anew while the post is taken, so that no two lose a count to each other."""
    counted = select(Reaction.kind, func.count()).where(Reaction.post_id == post.id)
    counts = session.execute(counted.group_by(Reaction.kind))
    post.reactions = {str(kind): count for kind, count in counts}
    session.flush()
