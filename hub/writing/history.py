"""What a post was: its states, who made each, and what changed with one of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from hub.forum.models import Post, PostRevision
from hub.writing import queries
from hub.writing.differing import Piece, differences


@dataclass(frozen=True, slots=True)
class PostState:
    """``note``: what its editor said of the change that led to it."""

    number: int
    editor_id: int | None
    at: datetime
    note: str


@dataclass(frozen=True, slots=True)
class History:
    """``states``: the latest first. ``shown``: the one whose change ``text`` and ``title`` tell."""

    states: Sequence[PostState]
    shown: PostState
    text: list[Piece]
    title: list[Piece]

    @property
    def is_first(self) -> bool:
        return self.shown.number == 1


def told(session: Session, post: Post, number: int) -> History | None:
    """What changed from the state before to this one; None where there is no such state."""
    kept = {revision.number: revision for revision in queries.revisions(session, post.id)}
    states = [_state(post, kept, number) for number in sorted({*kept, post.revision}, reverse=True)]
    shown = next((state for state in states if state.number == number), None)
    if shown is None:
        return None
    before, after = kept.get(number - 1), kept.get(number)
    text = post.text if after is None else after.text
    title = _title(post) if after is None else after.title
    return History(
        states,
        shown,
        differences("" if before is None else before.text, text),
        differences("" if before is None else before.title, title),
    )


def _state(post: Post, kept: dict[int, PostRevision], number: int) -> PostState:
    note = kept[number - 1].note if number - 1 in kept else ""
    if number in kept:
        return PostState(number, kept[number].editor_id, kept[number].made_at, note)
    editor = post.edited_by or post.author_id
    return PostState(number, editor, post.edited_at or post.created_at, note)


def _title(post: Post) -> str:
    return post.topic.title if post.number == 1 else ""
