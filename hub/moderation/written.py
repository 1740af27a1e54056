"""What people wrote in cases, when they erase their account.

The reasons of a decision stay: they were given to somebody else, who may still object. Evidence
stays until its time is over (``hub.moderation.keeping``); it names nobody but by number.
"""

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from hub.moderation import evidence
from hub.moderation.models import Case, CaseNote, CaseState, Objection, Report
from hub.own_data import content

_NOT_SYNCHRONISED = {"synchronize_session": False}


def register() -> None:
    content.register("moderation", content.Content(remove=remove, keep=keep))


def keep(session: Session, person_id: int) -> None:
    """Takes the name out of what posts said. Flushes."""
    evidence.forget_name(session, person_id)


def remove(session: Session, person_id: int) -> None:
    """Their notes, and their reports and objections on which nothing waits any more."""
    keep(session, person_id)
    decided = select(Case.id).where(Case.state == CaseState.DECIDED)
    for change in (
        update(CaseNote).where(CaseNote.author_id == person_id).values(text=""),
        update(Report)
        .where(Report.reporter_id == person_id, Report.case_id.in_(decided))
        .values(reason=""),
        update(Objection)
        .where(Objection.person_id == person_id, Objection.decided_at.is_not(None))
        .values(text=""),
    ):
        session.execute(change, execution_options=_NOT_SYNCHRONISED)
    session.flush()
