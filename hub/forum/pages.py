"""What the pages of the forum show, made ready for the templates."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from itertools import groupby
from typing import Any

from flask_babel import format_decimal, get_locale, gettext, ngettext
from sqlalchemy import Row

from hub.following.models import Level
from hub.forum.links import pattern
from hub.forum.listing import Filters, Show
from hub.membership.queries import Appearance


@dataclass(frozen=True, slots=True)
class CategoryRows:
    """A heading and the boards shown below it; ``more`` is how many are not."""

    id: int
    name: str
    boards: Sequence[Row[Any]]
    more: int


def by_category(rows: Sequence[Row[Any]]) -> list[CategoryRows]:
    """``rows``: of ``listing.boards``, in their order."""
    found = []
    for _key, group in groupby(rows, key=lambda row: row.category_id):
        boards = list(group)
        first = boards[0]
        more = first.total - len(boards)
        found.append(CategoryRows(first.category_id, first.category, boards, more))
    return found


@dataclass(frozen=True, slots=True)
class TopicRow:
    """A topic in a list. ``url`` leads to where the reader left it. ``unread``: in words, how
    many posts came since, "" for none; ``is_new``: they never opened it. ``last_by`` is ""
    where nobody has answered."""

    id: int
    url: str
    title: str
    language: str
    is_pinned: bool
    is_locked: bool
    is_solved: bool
    mark: str
    tags: Sequence[str]
    posts: str
    started_by: str
    last_by: str
    bumped_at: datetime
    unread: str
    is_new: bool
    board_id: int
    board: str


def topic_rows(rows: Sequence[Row[Any]], appearances: Mapping[int, Appearance]) -> list[TopicRow]:
    address = pattern("forum.topic", "topic_id")
    locale = str(get_locale())
    return [_topic_row(row, appearances, address, locale) for row in rows]


def _topic_row(
    row: Row[Any], appearances: Mapping[int, Appearance], address: str, locale: str
) -> TopicRow:
    is_muted = row.level == Level.MUTE
    waiting = 0 if is_muted or row.read is None else max(0, row.last_number - row.read)
    url = address % row.id
    return TopicRow(
        id=row.id,
        url=f"{url}?at={row.read + 1}#unread" if waiting else url,
        title=row.title,
        language=row.language,
        is_pinned=row.is_pinned,
        is_locked=row.locked_at is not None,
        is_solved=row.accepted_post_id is not None,
        mark=row.mark,
        tags=row.tags,
        posts=posts_in_words(row.posts, locale),
        started_by=_name(appearances, row.author_id),
        last_by=_name(appearances, row.last_author_id) if row.posts > 1 else "",
        bumped_at=row.bumped_at,
        unread=new_in_words(waiting, locale) if waiting else "",
        is_new=row.read is None and not is_muted,
        board_id=row.board_id,
        board=getattr(row, "board", ""),
    )


def _name(appearances: Mapping[int, Appearance], person_id: int | None) -> str:
    found = appearances.get(person_id) if person_id else None
    return found.name if found else "–"


@lru_cache(4096)
def posts_in_words(count: int, locale: str) -> str:
    """In the language of the page, which ``locale`` names: the words of a list are many and few."""
    return ngettext("%(count)s post", "%(count)s posts", count, count=format_decimal(count))


@lru_cache(4096)
def new_in_words(count: int, locale: str) -> str:
    return ngettext("%(count)s new", "%(count)s new", count, count=format_decimal(count))


@dataclass(frozen=True, slots=True)
class Choice:
    """A filter as a link: its words, and what it puts into the address."""

    label: str
    query: Mapping[str, str] = field(default_factory=dict)
    is_current: bool = False


def shows(filters: Filters, *, is_signed_in: bool) -> list[Choice]:
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
