"""Takes the name of somebody who erased the account out of the posts of others: where they were
mentioned, and where they were quoted."""

import re
from datetime import datetime
from typing import Any

from markupsafe import escape
from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session, undefer

from hub.accounts.models import Person
from hub.accounts.pseudonyms import key_of
from hub.forum.authoring import html_of
from hub.forum.happenings import Happening, Kind, tell
from hub.forum.models import Post, PostRevision, State

_QUOTED = re.compile(r"\[@([^\]\n]{1,80}), #([0-9]{1,7})\]")
_MENTIONED = re.compile(r"""@(?:"([^"\n]{1,60})"|([^\s@,;:!?()\[\]<>"]{1,60}))""")
_SIGNS = ".'\u2019-_"


def forget_name(session: Session, person_id: int, former: str, now: datetime) -> None:
    """Flushes. The row of the person is emptied already; the session still holds who they were."""
    person = session.get_one(Person, person_id)
    if person.pseudonym == former:
        return
    name, key = person.pseudonym, key_of(person.pseudonym)
    for post in session.scalars(_naming(name)).all():
        text = without_name(post.text, key, former)
        if text == post.text:
            continue
        post.text = text
        session.flush()
        post.html = html_of(session, text)
        session.flush()
        kind = Kind.EDITED if post.state == State.VISIBLE else Kind.REWORDED
        tell(session, Happening(kind, post.topic.board, post.topic, post, None, now))
    named = select(PostRevision).where(PostRevision.text.icontains(name, autoescape=True))
    for revision in session.scalars(named).all():
        revision.text = without_name(revision.text, key, former)
    session.flush()


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

    return _MENTIONED.sub(mentioned, _QUOTED.sub(quoted, text))


def _naming(name: str) -> Select[Any]:
    """In the HTML a mention stands as the name is spelled, however it was typed."""
    return (
        select(Post)
        .where(
            or_(
                Post.html.contains(str(escape(name)), autoescape=True),
                Post.text.contains(name, autoescape=True),
            )
        )
        .order_by(Post.topic_id, Post.number)
        .options(undefer(Post.text))
    )
