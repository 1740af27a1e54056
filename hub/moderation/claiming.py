"""Who looks at a case, and what moderators tell each other about it. They flush.

A claim is one conditional UPDATE: of two who claim at once, the second learns who has the case.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from hub.audit import log
from hub.moderation.models import Case, CaseNote, CaseState

_NOT_SYNCHRONISED: dict[str, Any] = {"synchronize_session": False}


def claim(session: Session, case_id: int, judge_id: int, now: datetime) -> bool:
    """False where somebody else has it, or it is decided. Claiming twice changes nothing."""
    if not _hand_over(session, case_id, judge_id, now, Case.claimed_by.is_(None)):
        return _holder(session, case_id) == judge_id
    log.note(session, "case.claimed", judge_id, now, ("case", case_id))
    return True


def release(session: Session, case_id: int, judge_id: int, now: datetime) -> bool:
    """Gives it back; False where it is not theirs."""
    if not _hand_over(session, case_id, None, None, Case.claimed_by == judge_id):
        return False
    log.note(session, "case.released", judge_id, now, ("case", case_id))
    return True


def take_over(
    session: Session, case_id: int, holder_id: int, judge_id: int, why: str, now: datetime
) -> bool:
    """From ``holder_id``, as the page showed it, with a note on why. False where it is somebody
    else's by now."""
    if not _hand_over(session, case_id, judge_id, now, Case.claimed_by == holder_id):
        return False
    add_note(session, case_id, judge_id, why, now)
    states = ({"claimed_by": holder_id}, {"claimed_by": judge_id})
    log.note(session, "case.taken_over", judge_id, now, ("case", case_id), *states)
    return True


def add_note(session: Session, case_id: int, author_id: int, text: str, now: datetime) -> None:
    session.add(CaseNote(case_id=case_id, author_id=author_id, text=text, written_at=now))
    session.flush()


def _hand_over(
    session: Session,
    case_id: int,
    to: int | None,
    at: datetime | None,
    if_: ColumnElement[bool],
) -> bool:
    changed = session.execute(
        update(Case)
        .where(Case.id == case_id, Case.state == CaseState.OPEN, if_)
        .values(claimed_by=to, claimed_at=at),
        execution_options=_NOT_SYNCHRONISED,
    )
    return bool(changed.rowcount)  # type: ignore[attr-defined]


def _holder(session: Session, case_id: int) -> int | None:
    held = select(Case.claimed_by).where(Case.id == case_id, Case.state == CaseState.OPEN)
    return session.scalar(held)
