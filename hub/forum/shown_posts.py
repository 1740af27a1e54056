"""Posts as the page of a topic draws them: plain values, so that what was drawn is remembered.

The words of a post stand between its two parts: they are long, and no two posts share them.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import NamedTuple

from markupsafe import Markup

from hub.drawing import draw_here, filled
from hub.forum.entries import Entry
from hub.forum.models import State
from hub.forum.reading import OpenTopic
from hub.membership.queries import Appearance

PARTS = "forum/_post.html"
WORDS_END = Markup("</div>")


class PostHead(NamedTuple):
    """What stands above the words. ``name`` is "" for who is not here any more, ``pseudonym`` where
    their page is not for this reader. ``answers`` is the number of the post that it replies to."""

    id: int
    number: int
    state: State
    is_shown: bool
    is_accepted: bool
    name: str
    role: str
    pseudonym: str
    is_starter: bool
    created_at: datetime
    language: str
    answers: int | None
    answers_name: str


class PostFoot(NamedTuple):
    """What stands below them. ``reply_url`` is "" where this reader may not reply; ``reactions``
    are (kind, how many)."""

    id: int
    edited_at: datetime | None
    is_wiki: bool
    is_signed_in: bool
    reply_url: str
    is_accepted: bool
    can_edit: bool
    can_accept: bool
    can_delete: bool
    can_report: bool
    can_react: bool
    reactions: tuple[tuple[str, int], ...]
    my_reactions: frozenset[str]
    is_bookmarked: bool


class ShownPost(NamedTuple):
    """A post, drawn: what stands ``above`` its poll, which most have not, and ``below`` it."""

    id: int
    number: int
    above: Markup
    below: Markup


def shown_posts(
    entries: Iterable[Entry],
    opened: OpenTopic,
    appearances: Mapping[int, Appearance],
    reply_url: str,
    token: str,
) -> list[ShownPost]:
    """``reply_url``: where one replies in this topic, "" where this reader may not. ``token``: of
    the forms."""
    draw = draw_here()
    shown = []
    for entry in entries:
        above = draw(PARTS, "head", _head(entry, opened, appearances))
        foot = _foot(entry, opened, reply_url) if entry.is_shown else None
        if foot is not None:
            above = above + entry.html + WORDS_END
        below = filled(draw(PARTS, "foot", foot), token)
        shown.append(ShownPost(entry.id, entry.number, above, below))
    return shown


def _head(entry: Entry, opened: OpenTopic, appearances: Mapping[int, Appearance]) -> PostHead:
    author = appearances.get(entry.author_id)
    answered = appearances.get(entry.answers_author_id) if entry.answers_author_id else None
    role = author.role_words if author else ""
    country = f" · {author.country_name}" if author and author.country_name else ""
    return PostHead(
        id=entry.id,
        number=entry.number,
        state=entry.state,
        is_shown=entry.is_shown,
        is_accepted=entry.is_accepted,
        name=author.name if author else "",
        role=role and role + country,
        pseudonym=author.pseudonym if author and role and opened.seat.is_signed_in else "",
        is_starter=entry.number > 1 and entry.author_id == opened.topic.author_id,
        created_at=entry.created_at,
        language=entry.language,
        answers=entry.answers,
        answers_name=answered.name if answered else "",
    )


def _foot(entry: Entry, opened: OpenTopic, reply_url: str) -> PostFoot:
    is_visible = entry.state == State.VISIBLE
    return PostFoot(
        id=entry.id,
        edited_at=entry.edited_at,
        is_wiki=entry.is_wiki,
        is_signed_in=opened.seat.is_signed_in,
        reply_url=reply_url if is_visible else "",
        is_accepted=entry.is_accepted,
        can_edit=entry.can_edit,
        can_accept=entry.can_accept,
        can_delete=entry.can_delete,
        can_report=is_visible and not entry.is_own,
        can_react=entry.can_react,
        reactions=tuple(entry.reactions.items()),
        my_reactions=entry.my_reactions,
        is_bookmarked=entry.is_bookmarked,
    )
