"""The one statement that tells everybody: an INSERT from a SELECT.

That of a new post is part of every reply, so it is built once for each audience and executed with
the values of the post.
"""

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Integer, bindparam, case, cast, exists, literal, or_, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from hub.accounts.models import Person
from hub.following import telling
from hub.forum.readership import belongs_to
from hub.notifications.models import About, Notification
from knowledge.orm import LongId

COLUMNS = [
    *("person_id", "about", "actor_id", "topic_id", "post_id", "post_key", "subject_id"),
    "made_at",
]
OF_A_POST = (About.MENTION, About.QUOTE, About.REPLY, About.WATCHED)
TABLE: Any = Notification.__table__
MOMENT = Notification.made_at.type


def values(
    actor_id: int | None, topic_id: int | None, post_id: int | None, subject_id: int, now: datetime
) -> dict[str, Any]:
    """What is the same for everybody who is told."""
    return {
        "actor": actor_id,
        "topic": topic_id,
        "post": post_id,
        "post_or_none": post_id or 0,
        "subject": subject_id,
        "now": now,
    }


def insert(
    session: Session, about: ColumnElement[Any], wanted: Sequence[ColumnElement[bool]]
) -> Any:
    """Tells the people for whom all of ``wanted`` holds, but not who did it."""
    return _insert(session.get_bind().dialect.name == "postgresql", about, wanted)


@lru_cache(maxsize=200)
def of_post(audience: str, to_watchers: bool, is_postgresql: bool) -> Any:
    """Tells the ``mentioned``, ``quoted`` and ``answered`` (ids), and those who watch, of a post in
    a board of this audience."""
    mentioned, quoted, answered = map(_named, ("mentioned", "quoted", "answered"))
    concerned = select(Person.id).where(
        or_(Person.id.in_(mentioned), Person.id.in_(quoted), Person.id.in_(answered))
    )
    about = case(
        (Person.id.in_(mentioned), literal(About.MENTION)),
        (Person.id.in_(quoted), literal(About.QUOTE)),
        (Person.id.in_(answered), literal(About.REPLY)),
        else_=literal(About.WATCHED),
    )
    wanted = [
        Person.id.in_(concerned.union(telling.WATCHERS) if to_watchers else concerned),
        belongs_to(audience, bindparam("now", type_=MOMENT)),  # type: ignore[arg-type]
        Person.id.not_in(telling.MUTERS),
        ~_was_told(),
    ]
    return _insert(is_postgresql, about, wanted)


def _insert(
    is_postgresql: bool, about: ColumnElement[Any], wanted: Sequence[ColumnElement[bool]]
) -> Any:
    numbers = [_number(name) for name in ("actor", "topic", "post", "post_or_none", "subject")]
    now = bindparam("now", type_=MOMENT)  # psycopg says its type, SQLite needs none
    is_somebody_else = or_(_number("actor").is_(None), Person.id != _number("actor"))
    people = select(Person.id, about, *numbers, now).where(*wanted, is_somebody_else)
    into = (postgresql.insert if is_postgresql else sqlite.insert)(TABLE)
    return (
        into.from_select(COLUMNS, people, include_defaults=False)
        .on_conflict_do_nothing()
        .returning(TABLE.c.id, TABLE.c.person_id)
    )


def _was_told() -> ColumnElement[bool]:
    """Of this post already."""
    return exists().where(
        Notification.person_id == Person.id,
        Notification.post_id == _number("post"),
        Notification.about.in_(OF_A_POST),
    )


def _named(name: str) -> Any:
    return bindparam(name, expanding=True, type_=Integer)


def _number(name: str) -> ColumnElement[Any]:
    """With its type: PostgreSQL takes an untyped one in a SELECT for a text."""
    return cast(bindparam(name, type_=LongId), LongId)
