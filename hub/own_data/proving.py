"""Whoever erases an account proves in the form itself that it is theirs, however fresh the sign-in.

The second factor where there is one, else the password; who signs in elsewhere and has neither
types a word from the page, so that no single press does it. A passkey cannot be used within a
form; who has no app must have used theirs a moment ago, or gives a recovery code.
"""

from datetime import datetime, timedelta
from enum import StrEnum

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from hub.accounts import passwords, throttle
from hub.accounts.models import Person, SignIn
from hub.accounts.wording import too_many_attempts
from hub.second_factor import wording
from hub.second_factor.proving import TooMany, prove_code
from hub.second_factor.rules import has_second_factor

PASSKEY_COUNTS = timedelta(minutes=5)
LONGEST_WORD = 100


class Means(StrEnum):
    CODE = "code"
    PASSKEY = "passkey"
    PASSWORD = "password"  # noqa: S105 - the name of a field
    WORD = "word"


def means_for(sign_in: SignIn, now: datetime) -> Means:
    """What the form asks. ``PASSKEY``: it was used just now, and nothing more is asked."""
    person = sign_in.person
    if has_second_factor(person):
        used_at = None if person.totp_secret else sign_in.strong_at
        just_used = used_at is not None and now - used_at < PASSKEY_COUNTS
        return Means.PASSKEY if just_used else Means.CODE
    return Means.PASSWORD if person.password_hash else Means.WORD


def word() -> str:
    """What is typed by those who have nothing else, in the language of the page."""
    return _("erase")


def problem_with(
    session: Session, sign_in: SignIn, means: Means, text: str, now: datetime
) -> str | None:
    """What is wrong with the proof, in a sentence; None where it is right. Counted like any
    attempt. Commits nothing; a code that was right is used up with the caller's transaction."""
    match means:
        case Means.PASSKEY:
            return None
        case Means.CODE:
            return _problem_with_code(session, sign_in.person, text, now)
        case Means.PASSWORD:
            return _problem_with_password(sign_in.person, text)
        case Means.WORD:
            is_right = text[:LONGEST_WORD].strip().casefold() == word().casefold()
            return None if is_right else _("Type the word as it stands here.")


def _problem_with_code(session: Session, person: Person, text: str, now: datetime) -> str | None:
    try:
        proof = prove_code(session, person, text, now)
    except TooMany as too_many:
        return wording.too_many_codes(too_many.seconds)
    return None if proof else wording.wrong_code()


def _problem_with_password(person: Person, text: str) -> str | None:
    attempt = throttle.attempt_on(person.email or f"person {person.id}", person.id)
    if seconds := throttle.seconds_to_wait(attempt):
        return too_many_attempts(seconds)
    if not passwords.matches(person.password_hash, text):
        return _("The password is not right.")
    throttle.note_success(attempt)
    return None
