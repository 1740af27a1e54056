"""Recovery codes: ten numbers on paper, each of which stands in once for the second factor.

A code has 16 digits (53 bits), so that it can be typed on the keys for numbers of a telephone; with
the limit on attempts it cannot be guessed. Only digests are kept. Until the person says that they
have kept them, at most a quarter of an hour, the codes are shown from the browser's own session,
where they lie sealed.
"""

import secrets
from datetime import datetime

from flask import session as browser_session
from sqlalchemy import CursorResult, delete, func, select, update
from sqlalchemy.orm import Session

from hub.accounts import sealing
from hub.accounts.models import Person, RecoveryCode
from hub.second_factor.rules import RECOVERY_DIGITS

HOW_MANY = 10
SECONDS_SHOWN = 15 * 60
SHOWN = "recovery codes"


def renew(session: Session, person: Person) -> list[str]:
    """Ten new codes; the old ones are worth nothing any more. Flushes."""
    codes = [_new_code() for _ in range(HOW_MANY)]
    forget(session, person)
    session.add_all(
        RecoveryCode(person_id=person.id, code_hash=_digest(person, code)) for code in codes
    )
    session.flush()
    return codes


def use(session: Session, person: Person, code: str, now: datetime) -> bool:
    """Uses a code up: True for one request alone, however many come at once."""
    used = session.execute(
        update(RecoveryCode)
        .where(RecoveryCode.person_id == person.id, RecoveryCode.used_at.is_(None))
        .where(RecoveryCode.code_hash == _digest(person, code))
        .values(used_at=now),
        execution_options={"synchronize_session": False},
    )
    return isinstance(used, CursorResult) and used.rowcount == 1


def left(session: Session, person: Person) -> int:
    unused = select(func.count(RecoveryCode.id)).where(
        RecoveryCode.person_id == person.id, RecoveryCode.used_at.is_(None)
    )
    return session.scalar(unused) or 0


def forget(session: Session, person: Person) -> None:
    session.execute(
        delete(RecoveryCode).where(RecoveryCode.person_id == person.id),
        execution_options={"synchronize_session": False},
    )


def show(person: Person, codes: list[str]) -> None:
    """Keeps the codes for the page that shows them."""
    browser_session[SHOWN] = sealing.seal(" ".join(codes), _shown_to(person))


def shown(person: Person) -> list[str]:
    """The codes to show, in groups of four digits; empty once they are not to be seen any more."""
    sealed = str(browser_session.get(SHOWN, ""))
    text = sealing.opened(sealed, _shown_to(person), SECONDS_SHOWN) or ""
    return [_in_groups(code) for code in text.split()]


def stop_showing() -> None:
    browser_session.pop(SHOWN, None)


def _new_code() -> str:
    return f"{secrets.randbelow(10**RECOVERY_DIGITS):0{RECOVERY_DIGITS}}"


def _digest(person: Person, code: str) -> str:
    return sealing.digest(code, f"recovery code of {person.id}")


def _shown_to(person: Person) -> str:
    return f"recovery codes shown to {person.id}"


def _in_groups(code: str) -> str:
    return "-".join(code[place : place + 4] for place in range(0, len(code), 4))
