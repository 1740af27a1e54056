"""Where a page of a list begins: behind an entry, not at a number that moves while one reads."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Boolean, Row, Select, bindparam, tuple_

from hub.forum.models import Topic
from knowledge.orm import LARGEST_LONG_ID, LongId, UtcDateTime

PAGE_SIZE = 30
_WRITTEN = re.compile(r"([01])-([0-9]{1,17})-([0-9]{1,16})")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Mark:
    """One topic in the order of a list: pinned ones first, then by the latest post."""

    is_pinned: bool
    at: datetime
    topic_id: int

    def __str__(self) -> str:
        return f"{int(self.is_pinned)}-{(self.at - _EPOCH) // _MICROSECOND}-{self.topic_id}"


class Way(StrEnum):
    """``FIRST`` is the beginning of the list."""

    FIRST = "first"
    AFTER = "after"
    BEFORE = "before"


@dataclass(frozen=True, slots=True)
class Page:
    """What is asked for: the topics ``after`` a mark, or those ``before`` it; else the first."""

    after: Mark | None = None
    before: Mark | None = None

    @property
    def way(self) -> Way:
        if self.before:
            return Way.BEFORE
        return Way.AFTER if self.after else Way.FIRST

    def values(self) -> dict[str, Any]:
        """For the statement of ``paged``."""
        mark = self.before or self.after
        if mark is None:
            return {}
        return {"is_pinned": mark.is_pinned, "at": mark.at, "topic_id": mark.topic_id}


@dataclass(frozen=True, slots=True)
class Listed:
    """A page of topics. ``newer`` and ``older`` are the marks of the pages beside it, or ""."""

    rows: list[Row[Any]]
    newer: str = ""
    older: str = ""


def page_from(after: str, before: str) -> Page:
    """From an address; what makes no sense is left out."""
    return Page(mark_from(after), mark_from(before) if not after else None)


def mark_from(text: str) -> Mark | None:
    found = _WRITTEN.fullmatch(text)
    if found is None or int(found[3]) > LARGEST_LONG_ID:
        return None
    return Mark(found[1] == "1", _EPOCH + int(found[2]) * _MICROSECOND, int(found[3]))


def paged(asked: Select[Any], way: Way, *, pinned_first: bool) -> Select[Any]:
    """The statement for one page, with one topic more than fits."""
    order: list[Any] = [Topic.is_pinned, Topic.bumped_at, Topic.id]
    edge: list[Any] = [
        bindparam("is_pinned", type_=Boolean()),
        bindparam("at", type_=UtcDateTime()),
        bindparam("topic_id", type_=LongId),
    ]
    columns, values = (order, edge) if pinned_first else (order[1:], edge[1:])
    if way is Way.BEFORE:
        asked = asked.where(tuple_(*columns) > tuple_(*values))
    elif way is Way.AFTER:
        asked = asked.where(tuple_(*columns) < tuple_(*values))
    ordered = [column.asc() if way is Way.BEFORE else column.desc() for column in columns]
    return asked.order_by(*ordered).limit(PAGE_SIZE + 1)


def listed(rows: list[Row[Any]], page: Page) -> Listed:
    """The page in its order, from what ``paged`` gave."""
    has_more, shown = len(rows) > PAGE_SIZE, rows[:PAGE_SIZE]
    if page.before:
        shown.reverse()
    if not shown:
        return Listed([])
    has_newer = has_more if page.before else page.after is not None
    has_older = has_more if not page.before else True
    first, last = (Mark(row.is_pinned, row.bumped_at, row.id) for row in (shown[0], shown[-1]))
    return Listed(shown, str(first) if has_newer else "", str(last) if has_older else "")
