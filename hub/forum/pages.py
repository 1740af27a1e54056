"""What the pages of the forum show, made ready for the templates."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

from hub.following.models import Level
from hub.forum.listing import Filters, Show
from hub.membership.queries import Appearance
from hub.page_words import gettext


class BoardRow(NamedTuple):
    """A board in a list; ``group`` is the name of the group that it is for, ``unread`` how many of
    its latest topics hold something new."""

    id: int
    name: str
    purpose: str
    audience: str
    mark: str
    is_archived: bool
    topics: int
    posts: int
    last_post_at: datetime | None
    group: str = ""
    unread: int = 0


@dataclass(frozen=True, slots=True)
class CategoryRows:
    """A heading and the boards shown below it; ``more`` is how many are not."""

    id: int
    name: str
    boards: Sequence[BoardRow]
    more: int


def by_category(
    rows: Sequence[Any], groups: Mapping[str, str], unread: Mapping[int, int]
) -> list[CategoryRows]:
    """``rows``: of ``listing.boards``, in their order; ``groups``: names, by audience; ``unread``:
    by board."""
    found = []
    for category_id, together in groupby(rows, key=itemgetter(_CATEGORY)):
        category = list(together)
        name, more = category[0].category, category[0].total - len(category)
        boards = [
            BoardRow._make((*row[:_CATEGORY], groups.get(row.audience, ""), unread.get(row.id, 0)))
            for row in category
        ]
        found.append(CategoryRows(category_id, name, boards, more))
    return found


_CATEGORY = BoardRow._fields.index("group")  # where its id stands in a row, behind the board


class TopicRow(NamedTuple):
    """A topic in a list: plain values, so that what was drawn of it is remembered. ``read`` is the
    number that the reader has read to where ``new`` posts came since; ``is_new``: they never opened
    it. ``last_by`` is "" where nobody has answered."""

    id: int
    title: str
    language: str
    is_pinned: bool
    is_locked: bool
    is_solved: bool
    mark: str
    tags: tuple[str, ...]
    posts: int
    started_by: str
    last_by: str
    bumped_at: datetime
    read: int
    new: int
    is_new: bool
    board_id: int
    board: str


def topic_rows(rows: Sequence[Any], appearances: Mapping[int, Appearance]) -> list[TopicRow]:
    """``rows``: of ``listing.topics``."""
    return [_topic_row(appearances, *row) for row in rows]


def _topic_row(
    appearances: Mapping[int, Appearance],
    id: int,
    title: str,
    language: str,
    is_pinned: bool,
    is_locked: bool,
    is_solved: bool,
    mark: str,
    tags: Sequence[str],
    posts: int,
    author_id: int,
    last_author_id: int | None,
    bumped_at: datetime,
    board_id: int,
    board: str,
    read: int | None,
    level: str | None,
    last_number: int,
) -> TopicRow:
    is_muted = level == Level.MUTE
    new = 0 if is_muted or read is None else max(0, last_number - read)
    return TopicRow(
        *(id, title, language, is_pinned, is_locked, is_solved, mark, tuple(tags), posts),
        started_by=_name(appearances, author_id),
        last_by=_name(appearances, last_author_id) if posts > 1 else "",
        bumped_at=bumped_at,
        read=read if new and read else 0,
        new=new,
        is_new=read is None and not is_muted,
        board_id=board_id,
        board=board,
    )


def _name(appearances: Mapping[int, Appearance], person_id: int | None) -> str:
    found = appearances.get(person_id) if person_id else None
    return found.name if found else "–"


@dataclass(frozen=True, slots=True)
class Choice:
    """A filter as a link: its words, and what it puts into the address."""

    label: str
    query: Mapping[str, str] = field(default_factory=dict)
    is_current: bool = False


def list_choices(filters: Filters, is_signed_in: bool) -> list[Choice]:
    """What a list of topics can be narrowed to; in templates."""
    labels = {
        Show.ALL: gettext("All"),
        Show.UNREAD: gettext("Unread"),
        Show.UNANSWERED: gettext("Unanswered"),
        Show.ANSWERED: gettext("Answered"),
    }
    return [
        Choice(label, Filters(show, filters.tag).query(), show is filters.show)
        for show, label in labels.items()
        if is_signed_in or show is not Show.UNREAD
    ]
