"""What stands before a post: whether its author may publish it now.

New members are looked at more closely, by what they did here and not by who they are
(``hub.moderation.trust``). Nothing is deleted and nobody is judged by it: a post that is held waits
for a moderator, and its author sees that it does.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

from flask import current_app
from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from hub.accounts.models import Person
from hub.forum.models import Board, Post
from hub.markup import found_in
from hub.moderation import signs, trust, wording
from hub.moderation.models import Ground
from hub.moderation.signs import Sign
from hub.moderation.trust import Record

# Whose posts of the last day a new member's post is compared with: their own, and other new ones'.
NEW = timedelta(days=30)
MOST_COMPARED = 100


class Verdict(StrEnum):
    """``HOLD``: it is kept, and a moderator looks at it first. ``REFUSE``: not now."""

    PASS = "pass"  # noqa: S105 - a verdict
    HOLD = "hold"
    REFUSE = "refuse"


@dataclass(frozen=True, slots=True)
class Opinion:
    """``why`` is for the author, in their language. ``seconds``: when to try again, if refused.
    ``signs``: what speaks for holding it."""

    verdict: Verdict = Verdict.PASS
    why: Any = ""
    seconds: int = 0
    signs: tuple[Sign, ...] = ()


def opinion_on(
    session: Session,
    person_id: int,
    board: Board,
    text: str,
    now: datetime,
    *,
    edited_id: int | None = None,
) -> Opinion:
    """To be asked before a topic, a post or an edit is written. Flushes nothing.

    ``edited_id`` is the post that is edited: edits are not counted, not compared with themselves,
    and no first posts.
    """
    record = trust.record_of(session, person_id, now)
    seconds = 0 if edited_id is not None else _seconds_to_wait(session, person_id, record, now)
    if seconds:
        return Opinion(Verdict.REFUSE, wording.try_later(seconds), seconds)
    seen = _signs(session, person_id, record, board, text, now, edited_id)
    if not seen:
        return Opinion()
    reasons = [wording.sign_name(sign) for sign in seen]
    return Opinion(Verdict.HOLD, " ".join([*reasons, wording.waits()]), signs=seen)


def signs_of(session: Session, board: Board, post: Post, now: datetime) -> tuple[Sign, ...]:
    """What speaks for holding a post that is written already; as when it was asked about."""
    record = trust.record_of(session, post.author_id, now)
    seen = list(_signs(session, post.author_id, record, board, post.text, now, post.id))
    if Sign.FIRST not in seen and is_first(record, board):
        seen.insert(0, Sign.FIRST)
    return tuple(seen)


def ground_of(seen: tuple[Sign, ...]) -> Ground:
    return Ground.FIRST if set(seen) == {Sign.FIRST} else Ground.AUTOMATIC


def is_first(record: Record, board: Board) -> bool:
    """Whether it is among the first posts that somebody is to approve, by the setting for all
    boards (HOLD_FIRST_POSTS) or by this board."""
    held = max(int(current_app.config["HOLD_FIRST_POSTS"]), int(board.holds_first_posts))
    return not record.is_known and record.visible < held


def _signs(
    session: Session,
    person_id: int,
    record: Record,
    board: Board,
    text: str,
    now: datetime,
    edited_id: int | None,
) -> tuple[Sign, ...]:
    level = trust.level_of(record)
    found = [Sign.FIRST] if edited_id is None and is_first(record, board) else []
    own_host = urlsplit(current_app.config["ADDRESS"]).hostname or ""
    found += signs.signs_in(text, level, own_host, len(found_in(text).mentions))
    if level < signs.READ_BELOW and _is_repeated(session, person_id, text, now, edited_id):
        found.append(Sign.REPEATED)
    return tuple(found)


def _is_repeated(
    session: Session, person_id: int, text: str, now: datetime, edited_id: int | None
) -> bool:
    if not signs.is_comparable(text):
        return False
    new = select(Person.id).where(Person.created_at > now - NEW)
    lately = (
        select(func.substr(Post.text, 1, signs.LONGEST_READ))
        .where(or_(Post.author_id == person_id, Post.author_id.in_(new)))
        .where(Post.created_at > now - trust.DAY)
        .order_by(Post.created_at.desc())
        .limit(MOST_COMPARED)
    )
    if edited_id is not None:
        lately = lately.where(Post.id != edited_id)
    return any(signs.is_alike(text, other) for other in session.scalars(lately))


def _seconds_to_wait(session: Session, person_id: int, record: Record, now: datetime) -> int:
    """Counted by the posts that are there: no memory, and the same for every process."""
    an_hour, a_day = current_app.config["POST_LIMITS"][trust.level_of(record)]
    seconds = 0
    if record.last_hour >= an_hour:
        seconds = _until_fewer(session, person_id, an_hour, trust.HOUR, now)
    if record.last_day >= a_day:
        seconds = max(seconds, _until_fewer(session, person_id, a_day, trust.DAY, now))
    return seconds


def _until_fewer(
    session: Session, person_id: int, most: int, window: timedelta, now: datetime
) -> int:
    """Until the one that is the last to count now counts no more."""
    last = (
        select(Post.created_at)
        .where(Post.author_id == person_id)
        .order_by(Post.created_at.desc())
        .offset(most - 1)
        .limit(1)
    )
    written = session.scalar(last)
    return max(1, int((written + window - now).total_seconds()) + 1) if written else 1
