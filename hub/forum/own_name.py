"""Takes the name of somebody who erased the account out of the posts of others: where they were
mentioned, and where they were quoted."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape
from typing import Any

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import Session, undefer

from hub.accounts.models import Person
from hub.accounts.pseudonyms import key_of
from hub.forum.authoring import html_of
from hub.forum.happenings import Happening, Kind, tell
from hub.forum.models import Post, PostRevision, State
from hub.forum.own_places import batches
from hub.marking.mentions import mentions_in

_QUOTED = re.compile(r"\[@([^\]\n]{1,80}), #([0-9]{1,7})\]")
_MENTIONED = re.compile(r"""@(?:"([^"\n]{1,60})"|([^\s@,;:!?()\[\]<>"]{1,60}))""")
_SIGNS = ".'\u2019-_"


@dataclass(frozen=True, slots=True)
class Named:
    """Where a name may stand: ids of posts, and of what posts were before with their posts."""

    posts: Sequence[int] = ()
    revisions: Sequence[tuple[int, int]] = ()

    @property
    def all_posts(self) -> list[int]:
        return sorted({*self.posts, *(post_id for _revision, post_id in self.revisions)})


def naming(session: Session, name: str) -> Named:
    """Finds by the signs of a mention and of a quote: a name may be a word of every day."""
    revisions = select(PostRevision.id, PostRevision.post_id).where(_was_named(name))
    revisions = revisions.order_by(PostRevision.id)
    return Named(
        session.scalars(_naming(name)).all(),
        [(row.id, row.post_id) for row in session.execute(revisions)],
    )


def forget_name(session: Session, person: Person, named: Named, former: str, now: datetime) -> None:
    """The caller holds the topics of all these posts; the person still has the name. Flushes."""
    key = key_of(person.pseudonym)
    for some in batches(named.posts):
        these = select(Post).where(Post.id.in_(some)).order_by(Post.topic_id, Post.number)
        these = these.options(undefer(Post.text)).execution_options(populate_existing=True)
        for post in session.scalars(these).all():
            _forget_in(session, post, without_name(post.text, key, former), now)
        # The name may have gone into the past of a post while one waited for its topic.
        past = PostRevision.post_id.in_(some) & _was_named(person.pseudonym)
        _forget_before(session, past, key, former)
    for some in batches([revision_id for revision_id, _post in named.revisions]):
        _forget_before(session, PostRevision.id.in_(some), key, former)


def _forget_before(session: Session, past: ColumnElement[bool], key: str, former: str) -> None:
    said = select(PostRevision).where(past).execution_options(populate_existing=True)
    for revision in session.scalars(said).all():
        revision.text = without_name(revision.text, key, former)
    session.flush()


def _forget_in(session: Session, post: Post, text: str, now: datetime) -> None:
    if text == post.text:
        return
    post.text, post.html = text, html_of(session, text)
    session.flush()
    kind = Kind.EDITED if post.state == State.VISIBLE else Kind.REWORDED
    tell(session, Happening(kind, post.topic.board, post.topic, post, None, now))


def without_name(text: str, key: str, former: str) -> str:
    """``key``: what all spellings of the name have in common."""

    def quoted(found: re.Match[str]) -> str:
        is_theirs = key_of(found[1]) == key
        return f"[@{former}, #{found[2]}]" if is_theirs else found[0]

    def mentioned(found: re.Match[str]) -> str:
        name = found[1] or found[2]
        if key_of(name) != key:
            return found[0]
        return former + ("" if found[1] else name[len(name.rstrip(_SIGNS)) :])

    return _without_links(_MENTIONED.sub(mentioned, _QUOTED.sub(quoted, text)), key, former)


def _without_links(text: str, key: str, former: str) -> str:
    """Where the page would still make a link of the name, as in @Name/Other."""
    for start, end, name in reversed(list(mentions_in(text))):
        if key_of(name) == key:
            text = text[:start] + former + text[end:]
    return text


def _naming(name: str) -> Select[Any]:
    """In the HTML a mention stands as the name is spelled, however it was typed."""
    return (
        select(Post.id)
        .where(
            or_(
                Post.html.contains(f">@{escape(name, quote=False)}</a>", autoescape=True),
                *(Post.text.contains(sign, autoescape=True) for sign in _signs(name)),
            )
        )
        .order_by(Post.id)
    )


def _was_named(name: str) -> ColumnElement[bool]:
    return or_(*(PostRevision.text.icontains(sign, autoescape=True) for sign in _signs(name)))


def _signs(name: str) -> tuple[str, str]:
    """Of a mention; the first one also stands in a quote."""
    return f"@{name}", f'@"{name}'
