"""What becomes of contributions whose posts stand in another topic now: a statement or two, however
many they are. Nothing here commits."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, case, or_, update
from sqlalchemy.orm import Session

from knowledge.community_models import Contribution
from knowledge.contributions import tag_mark, to_be_embedded

_NOT_SYNCHRONISED: dict[str, Any] = {"synchronize_session": False}


@dataclass(frozen=True, slots=True)
class Group:
    """A topic as the search knows it. ``first_post_id``: the post that bears its title."""

    topic_id: int
    board_id: int
    audience: str
    first_post_id: int | None
    title: str
    tags: Iterable[str]


def regroup(session: Session, which: ColumnElement[bool], group: Group) -> None:
    """These stand in that topic now, and are found by its readers, in its board, under its tags.
    They are embedded anew, for they were embedded below the title of the other topic; the search
    by words does not wait for that."""
    _say_anew(session, which, group)
    _change(
        session,
        which,
        topic_id=group.topic_id,
        progress=to_be_embedded(),
        revision=Contribution.revision + 1,
    )


def _say_anew(session: Session, which: ColumnElement[bool], group: Group) -> None:
    """Only of those of which something else is said: for each the words are indexed again."""
    is_first = Contribution.post_id == group.first_post_id
    said: dict[Any, Any] = {
        Contribution.board_id: group.board_id,
        Contribution.audience: group.audience,
        Contribution.is_first: is_first,
        Contribution.title: case((is_first, group.title), else_=""),
        Contribution.tags: " ".join(map(tag_mark, group.tags)),
    }
    differs = or_(*(column != value for column, value in said.items()))
    _change(session, and_(which, differs), **{column.key: to for column, to in said.items()})


def _change(session: Session, which: ColumnElement[bool], **values: Any) -> None:
    session.execute(
        update(Contribution).where(which).values(values), execution_options=_NOT_SYNCHRONISED
    )
