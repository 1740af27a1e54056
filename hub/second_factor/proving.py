"""Proving a second factor in a sign-in that awaits one, or that is to be proven afresh."""

from datetime import datetime
from enum import StrEnum

import structlog
from flask import abort, request
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.wrappers import Response

from hub.accounts import cookie, devices, entering, sessions, throttle
from hub.accounts.models import Person, SignIn
from hub.accounts.visitor import forget_visitor
from hub.second_factor import operations, recovery, rules


class Proof(StrEnum):
    APP = "app"
    RECOVERY = "recovery code"


class TooMany(Exception):
    """Too many wrong codes; one has to wait."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"{seconds} s")
        self.seconds = seconds


def prove_code(session: Session, person: Person, text: str, now: datetime) -> Proof | None:
    """What the code proves, which is then used up; None where it is wrong. Raises: TooMany."""
    counted = (person.id, request.remote_addr or "", devices.number_of(person.id))
    if seconds := throttle.seconds_to_wait_for_code(*counted):
        raise TooMany(seconds)
    proof = _proof(session, person, rules.tidied_code(text), now)
    if proof:
        throttle.note_right_code(*counted)
    structlog.get_logger().info("second factor", person=person.id, proof=proof or "none")
    return proof


def set_strong(session: Session, sign_in: SignIn, response: Response, now: datetime) -> None:
    """Makes the sign-in a whole one in which a second factor was proven, under a new key."""
    was_pending = sign_in.needs_second_factor
    try:
        key = sessions.promote(session, sign_in, now)
    except StaleDataError:  # it was ended a moment ago
        abort(401)
    if was_pending:
        entering.arrive(response, sign_in.person, key)
    else:
        cookie.set_key(response, key)
        forget_visitor()


def _proof(session: Session, person: Person, code: str, now: datetime) -> Proof | None:
    if not rules.is_code(code) or not rules.has_second_factor(person):
        return None
    if len(code) == rules.CODE_DIGITS:
        return Proof.APP if operations.use_app_code(session, person, code, now) else None
    return Proof.RECOVERY if recovery.use(session, person, code, now) else None
