"""How much somebody may write in an hour and in a day, by their trust. Counted by the posts and the
edits that are there: no memory, and the same for every process."""

from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy import Select, select, union_all
from sqlalchemy.orm import Session

from hub.forum.models import Post, PostRevision
from hub.moderation import trust
from hub.moderation.trust import Record

Times = Select[datetime]


def seconds_to_post(session: Session, person_id: int, record: Record, now: datetime) -> int:
    """0: they may post now."""
    written = select(Post.created_at.label("at")).where(Post.author_id == person_id)
    an_hour, a_day = _limits(record)
    seconds = 0
    if record.last_hour >= an_hour:
        seconds = _until_fewer(session, written, an_hour, trust.HOUR, now)
    if record.last_day >= a_day:
        seconds = max(seconds, _until_fewer(session, written, a_day, trust.DAY, now))
    return seconds


def seconds_to_edit(session: Session, person_id: int, record: Record, now: datetime) -> int:
    """The same of edits, which have the limits of posts and are counted by themselves: each keeps
    what there was, and may tell people."""
    edited = _edits(person_id)
    an_hour, a_day = _limits(record)
    return max(
        _until_fewer(session, edited, an_hour, trust.HOUR, now),
        _until_fewer(session, edited, a_day, trust.DAY, now),
    )


def _limits(record: Record) -> tuple[int, int]:
    an_hour, a_day = current_app.config["POST_LIMITS"][trust.level_of(record)]
    return an_hour, a_day


def _edits(person_id: int) -> Times:
    """When they edited. The latest state of somebody else's wiki post is left out: no index finds
    it, and it counts as soon as that post is edited again."""
    before = select(PostRevision.made_at.label("at")).where(
        PostRevision.editor_id == person_id, PostRevision.number > 1
    )
    latest = select(Post.edited_at.label("at")).where(
        Post.author_id == person_id, Post.edited_by == person_id
    )
    times = union_all(before, latest).subquery()
    return select(times.c.at)


def _until_fewer(
    session: Session, times: Times, most: int, window: timedelta, now: datetime
) -> int:
    """Seconds until the one that is the last to count now counts no more; 0 where fewer do."""
    listed = times.subquery()
    last = select(listed.c.at).where(listed.c.at > now - window).order_by(listed.c.at.desc())
    at = session.scalar(last.offset(most - 1).limit(1))
    return max(1, int((at + window - now).total_seconds()) + 1) if at else 0
