"""Posts as pages show them. Columns, not entities: a page has many."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup

from hub.forum.models import State


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
