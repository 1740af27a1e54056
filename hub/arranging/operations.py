"""Pin, lock, accept, move. They flush; whoever calls them commits.

Of ``split`` and ``merge`` see ``hub.arranging.splitting`` and ``hub.arranging.merging``. Notes in
the audit log come last: whoever writes one makes others wait (``hub.audit.log``).
"""

from datetime import datetime

from sqlalchemy.orm import Session

from hub.arranging import recounting
from hub.arranging.rules import stricter
from hub.arranging.taking import Changed, Spot, take, take_boards
from hub.audit import log
from hub.forum.happenings import Happening, Kind, tell
from hub.forum.models import Board, State, Topic
from hub.forum.operations import Closed, Refused, take_post
from hub.forum.rules import may_stand_in
from hub.notifications.models import About
from hub.notifications.operations import notify


class TooOpen(Refused):
    """The mark of the topic does not allow the readers of that board."""


def pin(
    session: Session, spot: Spot, actor_id: int, now: datetime, *, pinned: bool = True
) -> Topic:
    """Among the first of its board. Raises: Changed."""
    (topic,) = take(session, spot)
    if topic.is_pinned != pinned:
        topic.is_pinned = pinned
        session.flush()
        log.note(
            session,
            "topic.pinned",
            actor_id,
            now,
            ("topic", topic.id),
            before={"pinned": not pinned},
            after={"pinned": pinned},
        )
    return topic


def lock(
    session: Session,
    spot: Spot,
    actor_id: int,
    now: datetime,
    *,
    locked: bool = True,
    reason: str = "",
) -> Topic:
    """Nobody but moderators replies, and nothing in it is edited. Raises: Changed."""
    (topic,) = take(session, spot)
    if (topic.locked_at is not None) != locked:
        topic.locked_at = now if locked else None
        session.flush()
        log.note(
            session,
            "topic.locked",
            actor_id,
            now,
            ("topic", topic.id),
            before={"locked": not locked},
            after={"locked": locked},
            reason=reason,
        )
    return topic


def accept(
    session: Session, post_id: int, actor_id: int, now: datetime, *, accepted: bool = True
) -> None:
    """Says that a post answers the question or, where it is the one that does, that it does not.
    Raises: Closed where the post cannot be read any more, or the board is archived."""
    topic, post = take_post(session, post_id)
    if post.state != State.VISIBLE or post.number == 1 or topic.board.archived_at is not None:
        raise Closed
    if (topic.accepted_post_id == post.id) == accepted:
        return
    topic.accepted_post_id = post.id if accepted else None
    session.flush()
    if accepted:
        notify(
            session,
            [post.author_id],
            About.ACCEPTED,
            now,
            actor_id=actor_id,
            topic_id=topic.id,
            post_id=post.id,
        )


def move(
    session: Session, spot: Spot, board_id: int, actor_id: int, now: datetime, reason: str = ""
) -> Topic:
    """Into another board. Its mark becomes the stricter one, for good; a pin stays behind, for it
    belongs to the board. Raises: Changed, TooOpen, Closed where the board is archived."""
    (topic,) = take(session, spot)
    if topic.state == State.DELETED:
        raise Changed
    if topic.board_id == board_id:
        return topic
    boards = take_boards(session, topic.board_id, board_id)
    source, target = boards[topic.board_id], boards[board_id]
    look_at(topic.mark, target)
    topic.board, topic.is_pinned = target, False
    topic.mark = stricter(topic.mark, target.mark)
    is_seen = topic.state == State.VISIBLE
    recounting.shift(source, target, topics=int(is_seen), posts=topic.posts * is_seen)
    session.flush()
    recounting.date(session, source, target)
    tell(session, Happening(Kind.MOVED, target, topic, None, actor_id, now))
    log.note(
        session,
        "topic.moved",
        actor_id,
        now,
        ("topic", topic.id),
        before={"board": source.id, "audience": source.audience},
        after={"board": target.id, "audience": target.audience, "mark": topic.mark},
        reason=reason,
    )
    return topic


def look_at(mark: str, target: Board) -> None:
    """Whether what has this mark may come here. Raises: TooOpen, Closed."""
    if target.archived_at is not None:
        raise Closed
    if not may_stand_in(mark, target):
        raise TooOpen
