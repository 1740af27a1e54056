"""Who visits: the person behind this request, and what they may do and read.

Looked up once for each request (and for each message of a socket), never kept longer. What goes on
longer, as an answer does, asks again through the reader's ``now``.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from flask import abort, current_app, g, request
from sqlalchemy import Row, bindparam
from sqlalchemy.orm import Session

from hub.accounts import cookie, sessions
from hub.accounts.models import Person, Role, SignIn
from hub.accounts.standing import Standing, standing_columns, standing_in, standing_of
from hub.clock import now
from hub.extensions import READING_METHODS, db
from knowledge.access import ANYONE, Reader
from knowledge.orm import read_only, reading, rows


@dataclass(frozen=True)
class Visitor:
    """``held`` is what the person was given, ``standing`` what of it is in effect here. The ids are
    0 for who is not signed in. ``pending_id``: of a sign-in that still awaits its second factor; it
    gives no rights. ``is_strong``: a second factor was proven in this sign-in."""

    person_id: int = 0
    sign_in_id: int = 0
    pending_id: int = 0
    pseudonym: str = ""
    time_zone: str = ""
    is_strong: bool = False
    held: Standing = field(default_factory=Standing)
    standing: Standing = field(default_factory=Standing)
    reader: Reader = ANYONE

    @cached_property
    def person(self) -> Person | None:
        """The row, for whoever needs more of it: most pages do not."""
        return db.session.get_one(Person, self.person_id) if self.person_id else None

    @cached_property
    def sign_in(self) -> SignIn | None:
        """The row; None also where it was ended meanwhile."""
        return db.session.get(SignIn, self.sign_in_id) if self.sign_in_id else None

    @cached_property
    def pending(self) -> SignIn | None:
        return db.session.get(SignIn, self.pending_id) if self.pending_id else None

    @property
    def is_signed_in(self) -> bool:
        return bool(self.person_id)

    @property
    def roles(self) -> frozenset[Role]:
        return self.standing.roles

    @property
    def is_staff(self) -> bool:
        return bool(self.standing.roles)

    @property
    def is_administrator(self) -> bool:
        return Role.ADMINISTRATOR in self.standing.roles

    @property
    def is_lea_member(self) -> bool:
        return self.standing.is_lea_member

    @property
    def is_silenced(self) -> bool:
        """Whether they may not write: by a decision, until it ends (``hub.moderation``)."""
        return self.standing.is_silenced

    @property
    def unread(self) -> int:
        """How many notifications wait."""
        return self.standing.unread

    @property
    def lacks_second_factor(self) -> bool:
        """Whether something that they were given waits for a second factor."""
        return self.held != self.standing

    @property
    def is_fresh(self) -> bool:
        return self.sign_in is not None and sessions.is_fresh(self.sign_in, now())

    def may(self, *roles: Role) -> bool:
        return bool(self.standing.roles.intersection(roles))


NOBODY = Visitor()


def visitor() -> Visitor:
    """Whoever sent this request."""
    if "visitor" not in g:
        g.visitor = _looked_up()
    found: Visitor = g.visitor
    return found


def me() -> Person:
    """The person who is signed in; the guard of the view has seen to it that there is one."""
    return visitor().person or abort(401)


def forget_visitor() -> None:
    """After a sign-in began or ended within this request."""
    g.pop("visitor", None)


def _looked_up() -> Visitor:
    """Holds neither a lock nor a connection afterwards: what follows may take long."""
    key = cookie.sent_key()
    if len(key) != sessions.KEY_LENGTH:
        return NOBODY
    return _behind(key)


def _rows(values: Mapping[str, Any]) -> Sequence[Row[*tuple[Any, ...]]]:
    """Also what this request has changed itself, if it has begun to; else by a connection that is
    given back at once."""
    if db.session().in_transaction():
        return rows(db.session(), _KNOWN, values)
    with read_only(db.engine).connect() as connection:
        return connection.execute(_KNOWN, values).all()


def _behind(key: str) -> Visitor:
    moment = now()
    found = _rows(sessions.sent(key, moment))
    if not found:
        return NOBODY
    known, held = found[0], standing_in(found[0][len(_KNOWN_BY) :])
    if known.needs_second_factor:
        return Visitor(pending_id=known.id)
    if moment - known.seen_at > sessions.SEEN_EVERY:
        _note_visit(known.id, moment)
    is_strong = known.strong_at is not None
    standing = _in_effect(held, is_strong)
    return Visitor(
        person_id=known.person_id,
        sign_in_id=known.id,
        pseudonym=known.pseudonym,
        time_zone=known.time_zone,
        is_strong=is_strong,
        held=held,
        standing=standing,
        reader=_renewable(standing, known.id),
    )


def _in_effect(held: Standing, is_strong: bool) -> Standing:
    return held.in_effect(is_strong, current_app.config["SECOND_FACTOR_FOR"])


def _renewable(standing: Standing, sign_in_id: int) -> Reader:
    """The reader, who can be asked what they still are: nothing once this sign-in has ended."""

    def renew() -> Reader:
        with reading(db.engine) as session:
            sign_in = sessions.with_id(session, sign_in_id, now())
            if sign_in is None or sign_in.needs_second_factor:
                return ANYONE
            held = standing_of(session, sign_in.person_id, now())
            return _in_effect(held, sign_in.strong_at is not None).reader()

    return Reader(standing.reader().audiences, renew)


def _note_visit(sign_in_id: int, moment: datetime) -> None:
    """In a transaction of its own, unless the request has begun to change something."""
    if request.method not in READING_METHODS and db.session().in_transaction():
        sessions.note_visit(db.session(), sign_in_id, moment)
        return
    with Session(db.engine) as session, session.begin():
        sessions.note_visit(session, sign_in_id, moment)


# Asked with every page: made once. Who it is and what they may, in one statement.
_KNOWN_BY = (
    *(SignIn.id, SignIn.person_id, SignIn.needs_second_factor, SignIn.seen_at, SignIn.strong_at),
    *(Person.pseudonym, Person.time_zone),
)
_KNOWN = sessions.known_by_key(*_KNOWN_BY, *standing_columns(SignIn.person_id, bindparam("now")))
