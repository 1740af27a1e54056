"""Whether a new member's text was posted before: compared with their own posts of the last day, and
with those of other new members that they may read. What they may not read is not compared, for
being held would tell them what stands there."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from hub.accounts.models import Person
from hub.accounts.standing import standing_of
from hub.forum.models import Board, Post, State, Topic
from hub.moderation import signs, trust

NEW = timedelta(days=30)
MOST_COMPARED = 100


def is_repeated(
    session: Session, person_id: int, text: str, now: datetime, edited_id: int | None
) -> bool:
    """Not with the post that is edited."""
    if not signs.is_comparable(text):
        return False
    lately = (
        select(func.substr(Post.text, 1, signs.LONGEST_READ))
        .join(Topic, Topic.id == Post.topic_id)
        .join(Board, Board.id == Topic.board_id)
        .where(or_(Post.author_id == person_id, _readable_of_others(session, person_id, now)))
        .where(Post.created_at > now - trust.DAY)
        .order_by(Post.created_at.desc())
        .limit(MOST_COMPARED)
    )
    if edited_id is not None:
        lately = lately.where(Post.id != edited_id)
    return any(signs.is_alike(text, other) for other in session.scalars(lately))


def _readable_of_others(session: Session, person_id: int, now: datetime) -> ColumnElement[bool]:
    audiences = standing_of(session, person_id, now).reader().audiences
    return and_(
        Post.author_id.in_(select(Person.id).where(Person.created_at > now - NEW)),
        Post.state == State.VISIBLE,
        Topic.state == State.VISIBLE,
        Board.audience.in_(sorted(audiences)),
    )
