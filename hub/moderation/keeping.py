"""How long what stands in cases is kept: a chore of the worker, about once an hour.

What is left afterwards says that there was a case and how it was decided, and nothing of what
anybody wrote.
"""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, delete, exists, func, or_, select, update
from sqlalchemy.orm import Session

from hub.audit import log
from hub.forum.models import Post, State
from hub.moderation.models import (
    Case,
    CaseNote,
    CaseState,
    Decision,
    Objection,
    Report,
    Sanction,
    SanctionKind,
)
from hub.moderation.rules import OBJECTION_TIME
from hub.moderation.taking import kept_for

ADDRESS_KEPT = OBJECTION_TIME + timedelta(days=30)  # as long as it may be needed for an answer
MOST_AT_ONCE = 200
_NOT_SYNCHRONISED: dict[str, Any] = {"synchronize_session": False}


def chore(session: Session, now: datetime) -> None:
    forget_addresses(session, now)
    close_abandoned(session, now)
    empty_cases(session, now)


def forget_addresses(session: Session, now: datetime) -> None:
    """Name and address of those who reported without an account."""
    over = select(Case.id).where(
        Case.state == CaseState.DECIDED,
        Case.decided_at < now - ADDRESS_KEPT,
        ~_has_open_objection(),
    )
    session.execute(
        update(Report)
        .where(Report.case_id.in_(over), or_(Report.address != "", Report.name != ""))
        .values(name="", address=""),
        execution_options=_NOT_SYNCHRONISED,
    )


def close_abandoned(session: Session, now: datetime) -> int:
    """Closes, without a decision, what nobody has decided for as long as cases are kept, and whose
    post is not there any more: its time is over at once. Says how many."""
    is_there = exists().where(Post.id == Case.post_id, Post.state != State.DELETED)
    since = func.coalesce(Case.claimed_at, Case.opened_at)
    abandoned = select(Case.id).where(Case.state == CaseState.OPEN, ~is_there)
    abandoned = abandoned.where(since < now - kept_for(), ~_has_open_objection())
    ids = list(session.scalars(abandoned.order_by(Case.id).limit(MOST_AT_ONCE)))
    closed = session.execute(
        update(Case)
        .where(Case.id.in_(ids), Case.state == CaseState.OPEN)
        .values(state=CaseState.DECIDED, decided_at=now, kept_until=now - timedelta(seconds=1)),
        execution_options=_NOT_SYNCHRONISED,
    )
    return int(closed.rowcount)  # type: ignore[attr-defined]


def empty_cases(session: Session, now: datetime) -> int:
    """Removes what was said and written in the cases whose time is over; says in how many."""
    ids = list(session.scalars(_over(now)))
    if not ids:
        return 0
    decisions = select(Decision.id).where(Decision.case_id.in_(ids))
    reports = update(Report).where(Report.case_id.in_(ids))
    objections = update(Objection).where(Objection.decision_id.in_(decisions))
    for change in (
        reports.values(name="", address="", reason=""),
        delete(CaseNote).where(CaseNote.case_id.in_(ids)),
        update(Decision).where(Decision.case_id.in_(ids)).values(facts=""),
        objections.values(text="", answer=""),
        update(Case).where(Case.id.in_(ids)).values(evidence={}, kept_until=None),
    ):
        session.execute(change, execution_options=_NOT_SYNCHRONISED)
    for case_id in ids:
        log.note(session, "case.emptied", None, now, ("case", case_id))
    return len(ids)


def _over(now: datetime) -> Select[int]:
    """Not while an objection waits, or a sanction lasts that somebody may ask about."""
    lasting = exists().where(
        Sanction.decision_id == Decision.id,
        Decision.case_id == Case.id,
        Sanction.kind != SanctionKind.WARNING,
        Sanction.lifted_at.is_(None),
        or_(Sanction.ends_at.is_(None), Sanction.ends_at > now),
    )
    return (
        select(Case.id)
        .where(Case.state == CaseState.DECIDED, Case.kept_until < now)
        .where(~_has_open_objection(), ~lasting)
        .order_by(Case.id)
        .limit(MOST_AT_ONCE)
    )


def _has_open_objection() -> Any:
    return exists().where(
        Objection.decision_id == Decision.id,
        Decision.case_id == Case.id,
        Objection.decided_at.is_(None),
    )
