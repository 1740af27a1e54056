"""Every read of uploads that spans several rows."""

from collections.abc import Sequence

from sqlalchemy import exists, func, or_, select
from sqlalchemy.orm import Session

from hub.accounts.visitor import Visitor
from hub.forum.models import Board, Post, State, Topic
from hub.forum.seats import is_board_moderator, seat_for
from hub.uploads.models import Attachment, Upload
from hub.uploads.rules import Carried
from knowledge.access import Reader

PAGE_SIZE = 30
MOST_CARRIED = 50


def carried(session: Session, who: Visitor, upload_id: int) -> list[Carried]:
    """Posts with this upload in boards that the visitor may read, those that all may see first."""
    me = who.person_id
    asked = (
        select(Post, Topic, Board, Attachment.detached_at, is_board_moderator(me))
        .join(Attachment, Attachment.post_id == Post.id)
        .join(Topic, Topic.id == Post.topic_id)
        .join(Board, Board.id == Topic.board_id)
        .where(Attachment.upload_id == upload_id, Board.audience.in_(sorted(who.reader.audiences)))
        .order_by(
            Attachment.detached_at.is_not(None),
            Post.state != State.VISIBLE,
            Topic.state != State.VISIBLE,
        )
        .limit(MOST_CARRIED)
    )
    return [
        Carried(topic, post, seat_for(who, board, moderates=bool(moderates)), detached is not None)
        for post, topic, board, detached, moderates in session.execute(asked)
    ]


def posts_with(session: Session, upload_id: int) -> int:
    """How many posts show it, wherever they stand."""
    showing = select(func.count()).where(
        Attachment.upload_id == upload_id, Attachment.detached_at.is_(None)
    )
    return session.scalar(showing) or 0


def may_write_somewhere(session: Session, reader: Reader) -> bool:
    theirs = sorted(reader.audiences)
    boards = exists().where(
        Board.archived_at.is_(None), Board.audience.in_(theirs), Board.writers.in_(theirs)
    )
    return bool(session.scalar(select(boards)))


def used(session: Session, person_id: int) -> tuple[int, int]:
    """How many bytes somebody's uploads have, and how many of them no post carries."""
    is_loose = ~exists().where(Attachment.upload_id == Upload.id)
    counted = select(func.coalesce(func.sum(Upload.size), 0)).where(Upload.person_id == person_id)
    loose = select(func.count()).where(Upload.person_id == person_id, is_loose)
    return session.scalar(counted) or 0, session.scalar(loose) or 0


def of_person(
    session: Session, person_id: int, before: int = 0
) -> tuple[Sequence[tuple[Upload, int]], int]:
    """A page of somebody's uploads with the number of posts that show each, the latest first, and
    the id that the next page begins after, 0 for none."""
    showing = (
        select(func.count())
        .where(Attachment.upload_id == Upload.id, Attachment.detached_at.is_(None))
        .scalar_subquery()
    )
    mine = select(Upload, showing).where(Upload.person_id == person_id)
    if before:
        mark = select(Upload.created_at).where(Upload.id == before, Upload.person_id == person_id)
        earlier = Upload.created_at < mark.scalar_subquery()
        beside = (Upload.created_at == mark.scalar_subquery()) & (Upload.id < before)
        mine = mine.where(or_(earlier, beside))
    order = (Upload.created_at.desc(), Upload.id.desc())
    rows = session.execute(mine.order_by(*order).limit(PAGE_SIZE + 1)).all()
    page = [(upload, posts) for upload, posts in rows[:PAGE_SIZE]]
    return page, page[-1][0].id if len(rows) > PAGE_SIZE else 0
