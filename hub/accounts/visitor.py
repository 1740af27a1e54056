"""Who visits: the person behind this request, and what they may do and read.

Looked up once for each request (and for each message of a socket), never kept longer. What goes on
longer, as an answer does, asks again through the reader's ``now``.
"""

from dataclasses import dataclass, field
from datetime import datetime

from flask import abort, current_app, g, request
from sqlalchemy.orm import Session

from hub.accounts import cookie, sessions
from hub.accounts.models import Person, Role, SignIn
from hub.accounts.standing import Standing, standing_of
from hub.clock import now
from hub.extensions import READING_METHODS, db
from knowledge.access import ANYONE, Reader
from knowledge.orm import reading


@dataclass(frozen=True)
class Visitor:
    """``held`` is what the person was given, ``standing`` what of it is in effect here.
    ``pending`` is a sign-in that still awaits its second factor: it gives no rights."""

    person: Person | None = None
    sign_in: SignIn | None = None
    pending: SignIn | None = None
    held: Standing = field(default_factory=Standing)
    standing: Standing = field(default_factory=Standing)
    reader: Reader = ANYONE

    @property
    def is_signed_in(self) -> bool:
        return self.person is not None

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
    has_begun = db.session().in_transaction()
    found = _behind(key)
    if not has_begun:
        db.session.commit()
    return found


def _behind(key: str) -> Visitor:
    sign_in = sessions.found(db.session(), key, now())
    if sign_in is None:
        return NOBODY
    if sign_in.needs_second_factor:
        return Visitor(pending=sign_in)
    if now() - sign_in.seen_at > sessions.SEEN_EVERY:
        _note_visit(sign_in)
    held, standing = _standing(db.session(), sign_in, now())
    return Visitor(
        person=sign_in.person,
        sign_in=sign_in,
        held=held,
        standing=standing,
        reader=_renewable(standing, sign_in.id),
    )


def _standing(session: Session, sign_in: SignIn, moment: datetime) -> tuple[Standing, Standing]:
    held = standing_of(session, sign_in.person_id, moment)
    compulsory = current_app.config["SECOND_FACTOR_FOR"]
    return held, held.in_effect(sign_in.strong_at is not None, compulsory)


def _renewable(standing: Standing, sign_in_id: int) -> Reader:
    """The reader, who can be asked what they still are: nothing once this sign-in has ended."""

    def renew() -> Reader:
        with reading(db.engine) as session:
            sign_in = sessions.with_id(session, sign_in_id, now())
            if sign_in is None or sign_in.needs_second_factor:
                return ANYONE
            return _standing(session, sign_in, now())[1].reader()

    return Reader(standing.reader().audiences, renew)


def _note_visit(sign_in: SignIn) -> None:
    """In a transaction of its own where the request only reads, else in the request's."""
    if request.method not in READING_METHODS:
        sign_in.seen_at = now()
        return
    with Session(db.engine) as session, session.begin():
        sessions.note_visit(session, sign_in.id, now())
