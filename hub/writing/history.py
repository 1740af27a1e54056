"""What a post was: its states, who made each, and what changed with one of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.forum.models import Post, PostRevision
from hub.forum.rules import Seat
from hub.moderation.models import Action, Case, Decision
from hub.writing import queries
from hub.writing.differing import Piece, differences

PAGE_SIZE = 50


@dataclass(frozen=True, slots=True)
class PostState:
    """``note``: what its editor said of the change that led to it."""

    number: int
    editor_id: int | None
    at: datetime
    note: str


@dataclass(frozen=True, slots=True)
class History:
    """``states``: a page of them, the latest first; ``older``: the number below which the next page
    begins, 0 for none; ``count``: of all. ``shown``: the one whose change ``text`` and ``title``
    tell."""

    states: Sequence[PostState]
    older: int
    count: int
    shown: PostState
    text: list[Piece]
    title: list[Piece]

    @property
    def is_first(self) -> bool:
        return self.shown.number == 1


def told(session: Session, post: Post, number: int, seat: Seat, below: int = 0) -> History | None:
    """What changed from the state before to this one; None where there is no such state, or none
    that is for who sits there. Listed are the states below a number, or the latest."""
    first = first_shown(session, post, seat)
    if not first <= number <= post.revision:
        return None
    after = queries.revision(session, post.id, number)
    if after is None and number != post.revision:
        return None
    earlier = queries.revision(session, post.id, number - 1)
    before = earlier if number > first else None
    text = post.text if after is None else after.text
    title = _title(post) if after is None else after.title
    states, older = _listed(session, post, first, below)
    return History(
        states,
        older,
        post.revision + 1 - first,
        _state(post, {one.number: one for one in (earlier, after) if one}, number),
        differences("" if before is None else before.text, text),
        differences("" if before is None else before.title, title),
    )


def _listed(
    session: Session, post: Post, first: int, below: int
) -> tuple[Sequence[PostState], int]:
    """One more than the page is read, for what led to the last one of the page."""
    end = post.revision + 1
    below = min(below or end, end)
    revisions = queries.revisions(session, post.id, below, PAGE_SIZE + 1)
    kept = {revision.number: revision for revision in revisions}
    numbers = sorted({*kept, post.revision}, reverse=True)
    numbers = [number for number in numbers if first <= number < below]
    page = numbers[:PAGE_SIZE]
    states = [_state(post, kept, number) for number in page]
    return states, page[-1] if len(numbers) > PAGE_SIZE else 0


def first_shown(session: Session, post: Post, seat: Seat) -> int:
    """The number of the first state that is for who sits there: what a decision edited out is for
    moderators alone, as long as that decision stands."""
    if seat.is_moderator:
        return 1
    edited = (
        select(func.max(Decision.revision))
        .join(Case, Case.id == Decision.case_id)
        .where(Case.post_id == post.id, Decision.action == Action.EDIT)
        .where(Decision.overturned_at.is_(None))
    )
    return session.scalar(edited) or 1


def _state(post: Post, kept: dict[int, PostRevision], number: int) -> PostState:
    note = kept[number - 1].note if number - 1 in kept else ""
    if number in kept:
        return PostState(number, kept[number].editor_id, kept[number].made_at, note)
    editor = post.edited_by or post.author_id
    return PostState(number, editor, post.edited_at or post.created_at, note)


def _title(post: Post) -> str:
    return post.topic.title if post.number == 1 else ""
