"""Every change to categories. They flush; whoever calls them commits."""

from datetime import datetime
from typing import Any

from sqlalchemy import exists, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from hub.audit import log
from hub.forum.models import Board, Category
from hub.forum.operations import Closed, Refused


class NameTaken(Refused):
    """Another board of the category, or another category, has the name."""


class NotEmpty(Refused):
    """There are boards in the category."""


def create(session: Session, name: str, actor_id: int, now: datetime) -> Category:
    """The last one. Raises: NameTaken; roll back then."""
    last = session.scalar(select(func.max(Category.ordinal)))
    category = Category(name=name, ordinal=0 if last is None else last + 1)
    session.add(category)
    flush_unless_taken(session)
    log.note(session, "category.created", actor_id, now, ("category", category.id))
    return category


def rename(session: Session, category_id: int, name: str, actor_id: int, now: datetime) -> None:
    """Raises: Closed where it is gone, NameTaken; roll back then."""
    category = take_category(session, category_id)
    if category.name == name:
        return
    category.name = name
    flush_unless_taken(session)
    log.note(session, "category.renamed", actor_id, now, ("category", category_id))


def remove(session: Session, category_id: int, actor_id: int, now: datetime) -> None:
    """Raises: Closed where it is gone, NotEmpty."""
    category = take_category(session, category_id)
    if session.scalar(select(exists().where(Board.category_id == category_id))):
        raise NotEmpty
    session.delete(category)
    session.flush()
    log.note(session, "category.removed", actor_id, now, ("category", category_id))


def move(session: Session, category_id: int, step: int, actor_id: int, now: datetime) -> None:
    """The same among the categories."""
    ordered = select(Category).order_by(Category.ordinal, func.lower(Category.name), Category.id)
    categories = list(session.scalars(ordered.with_for_update()))
    if put_further(categories, category_id, step):
        session.flush()
        where = ("category", category_id)
        log.note(session, "category.moved", actor_id, now, where, after={"step": step})


def take_category(session: Session, category_id: int) -> Category:
    """For this transaction alone. Raises: Closed where there is none."""
    taken = session.scalar(
        select(Category)
        .where(Category.id == category_id)
        .with_for_update(of=Category, key_share=True)
        .execution_options(populate_existing=True)
    )
    if taken is None:
        raise Closed
    return taken


def put_further(ordered: list[Any], moved_id: int, step: int) -> bool:
    """Puts one a place further and numbers all of them anew."""
    place = next((place for place, one in enumerate(ordered) if one.id == moved_id), None)
    if place is None or not 0 <= place + step < len(ordered):
        return False
    ordered.insert(place + step, ordered.pop(place))
    for ordinal, one in enumerate(ordered):
        one.ordinal = ordinal
    return True


def flush_unless_taken(session: Session) -> None:
    """Raises: NameTaken, the transaction having been rolled back."""
    try:
        session.flush()
    except IntegrityError as error:
        session.rollback()
        raise NameTaken from error
