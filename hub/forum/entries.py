"""Boards, topics and posts as pages show them. Columns, not entities, which take as long to make as
all the rest of a page.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from markupsafe import Markup

from hub.forum.models import State


class BoardFacts(NamedTuple):
    """Of a ``Board``, under the same names."""

    id: int
    category_id: int
    name: str
    purpose: str
    audience: str
    writers: str
    mark: str
    archived_at: datetime | None


class TopicFacts(NamedTuple):
    """Of a ``Topic``, under the same names, and of its board."""

    board: BoardFacts
    id: int
    author_id: int
    title: str
    language: str
    state: State
    mark: str
    tags: Sequence[str]
    is_pinned: bool
    locked_at: datetime | None
    accepted_post_id: int | None
    merged_into_id: int | None
    has_moved_posts: bool
    posts: int
    last_number: int


@dataclass(slots=True)
class Entry:
    """A post on a page, and what this reader may do with it. ``answers`` is the number of the post
    that it replies to, ``my_reactions`` the kinds. ``is_shown``: whether they may see its words."""

    id: int
    number: int
    author_id: int
    html: Markup
    language: str
    state: State
    is_wiki: bool
    revision: int
    reactions: Mapping[str, int]
    created_at: datetime
    edited_at: datetime | None
    answers: int | None
    answers_author_id: int | None
    poll_id: int | None
    is_bookmarked: bool
    my_reactions: frozenset[str] = frozenset()
    is_shown: bool = False
    is_own: bool = False
    is_accepted: bool = False
    can_edit: bool = False
    can_delete: bool = False
    can_accept: bool = False
    can_react: bool = False
