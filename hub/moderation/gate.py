"""What stands before a post: whether its author may publish it now.

New members are looked at more closely, by what they did here and not by who they are
(``hub.moderation.trust``). Nothing is deleted and nobody is judged by it: a post that is held waits
for a moderator, and its author sees that it does.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

from flask import current_app
from sqlalchemy.orm import Session

from hub.forum.models import Board, Post
from hub.markup import found_in
from hub.moderation import likeness, pace, signs, trust, wording
from hub.moderation.models import Ground
from hub.moderation.signs import Sign
from hub.moderation.trust import Record


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

    ``edited_id`` is the post that is edited: edits are counted by themselves, not compared with
    themselves, and no first posts.
    """
    record = trust.record_of(session, person_id, now)
    wait = pace.seconds_to_post if edited_id is None else pace.seconds_to_edit
    seconds = wait(session, person_id, record, now)
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
    if level < signs.READ_BELOW and likeness.is_repeated(session, person_id, text, now, edited_id):
        found.append(Sign.REPEATED)
    return tuple(found)
