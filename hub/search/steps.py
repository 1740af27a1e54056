"""Links from one search to another: narrower, wider, of another kind; in templates."""

from dataclasses import replace
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import quote_plus

from flask import request, url_for

from hub.page_words import gettext
from hub.search.asking import Kind, Query
from hub.search.wording import kind_name


class Step(NamedTuple):
    """A link that narrows the search or widens it again."""

    label: str
    url: str
    is_current: bool = False


def search_url(query: Query, page: int = 1) -> str:
    """Built by hand: a page has many of them."""
    place, said = _place(request.script_root), query.said
    asked = [f"q={quote_plus(said)}"] if said else []
    asked += [f"page={page}"] if page > 1 else []
    return f"{place}?{'&'.join(asked)}" if asked else place


@lru_cache(100)
def _place(_root: str) -> str:
    return url_for("search.index")


def kinds(query: Query) -> list[Step]:
    return [
        Step(kind_name(kind), search_url(replace(query, kind=kind)), query.kind is kind)
        for kind in Kind
    ]


def taken_away(query: Query) -> list[Step]:
    """Each operator in the search, with the address of the search without it."""
    return [Step(text, search_url(query.without(name, text))) for name, text in query.operators()]


def narrower(
    query: Query, boards: tuple[str, ...], tags: tuple[str, ...]
) -> list[tuple[str, list[Step]]]:
    """(heading, links) of what would narrow this search, made of what it has found."""
    groups = []
    if not query.board and len(boards) > 1:
        steps = [Step(board, search_url(replace(query, board=board))) for board in boards]
        groups.append((gettext("Board"), steps))
    unused = [tag for tag in tags if tag not in query.tags]
    if unused:
        steps = [Step(t, search_url(replace(query, tags=(*query.tags, t)))) for t in unused]
        groups.append((gettext("Tag"), steps))
    if query.answered is None:
        states = [(True, gettext("answered")), (False, gettext("unanswered"))]
        steps = [Step(words, search_url(replace(query, answered=is_so))) for is_so, words in states]
        groups.append((gettext("Topics"), steps))
    return groups
