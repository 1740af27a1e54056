"""Telling people what was decided: in the page and by mail, in their language.

Mails carry numbers; what they say is read when they are sent.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.accounts.models import Person
from hub.mail import outbox
from hub.mail.kinds import Content, kind
from hub.mail.models import Mail
from hub.moderation import rules
from hub.moderation.models import Action, Case, Decision, Ground, Objection, Report
from hub.notifications.models import About
from hub.notifications.operations import notify

RECEIVED, DECIDED, OUTCOME = "moderation-received", "moderation-decision", "moderation-outcome"
ANSWERED, CHANGED = "moderation-answer", "moderation-changed"


def confirm_receipt(session: Session, report: Report, now: datetime) -> None:
    """Of a notice of illegal content (Article 16(4)), where there is an address."""
    if report.ground == Ground.ILLEGAL:
        _to_reporter(session, report, RECEIVED, now)


def tell_decision(session: Session, case: Case, decision: Decision, now: datetime) -> None:
    """The author of what is restricted, or published after it waited; everybody who reported it."""
    if case.author_id is not None and decision.action == Action.APPROVE:
        notify(session, [case.author_id], About.APPROVED, now, post_id=case.post_id)
    elif case.author_id is not None and decision.action in rules.RESTRICTING:
        notify(session, [case.author_id], About.DECISION, now, subject_id=decision.id)
        _to_person(session, case.author_id, DECIDED, now, decision=decision.id)
    for report in reports_of(session, case.id):
        _to_reporter(session, report, OUTCOME, now, decision=decision.id)
        _notify_reporter(session, report, About.OUTCOME, decision, now)


def tell_answer(
    session: Session, case: Case, decision: Decision, objection: Objection, now: datetime
) -> None:
    """Whoever objected gets the answer; the other side hears where something changes by it."""
    if objection.report is not None:
        _to_reporter(session, objection.report, ANSWERED, now, objection=objection.id)
        _notify_reporter(session, objection.report, About.ANSWER, decision, now)
        return
    if objection.person_id is not None:
        notify(session, [objection.person_id], About.ANSWER, now, subject_id=decision.id)
        _to_person(session, objection.person_id, ANSWERED, now, objection=objection.id)
    if objection.is_upheld:
        for report in reports_of(session, case.id):
            _to_reporter(session, report, CHANGED, now, decision=decision.id)
            _notify_reporter(session, report, About.ANSWER, decision, now)


def _notify_reporter(
    session: Session, report: Report, about: About, decision: Decision, now: datetime
) -> None:
    if report.reporter_id is not None:
        notify(session, [report.reporter_id], about, now, subject_id=decision.id)


def reports_of(session: Session, case_id: int) -> Sequence[Report]:
    made = select(Report).where(Report.case_id == case_id).order_by(Report.id)
    return session.scalars(made.execution_options(populate_existing=True)).all()


def _to_reporter(
    session: Session, report: Report, mail: str, now: datetime, **numbers: int
) -> None:
    if report.reporter_id is not None:
        _to_person(session, report.reporter_id, mail, now, report=report.id, **numbers)
    elif report.address:
        outbox.post(
            session, mail, report.address, report.language, now, report=report.id, **numbers
        )


def _to_person(session: Session, person_id: int, mail: str, now: datetime, **numbers: int) -> None:
    person = session.get(Person, person_id)
    if person is not None and person.email:
        outbox.post(
            session, mail, person.email, person.language, now, person_id=person.id, **numbers
        )


@kind(RECEIVED)
def received(session: Session, mail: Mail, now: datetime) -> Content | None:
    report = session.get(Report, mail.parameters.get("report"))
    return Content(mail.kind, {"reference": report.reference}) if report else None


@kind(DECIDED)
def decided(session: Session, mail: Mail, now: datetime) -> Content | None:
    decision = session.get(Decision, mail.parameters.get("decision"))
    if decision is None or decision.overturned_at is not None:
        return None
    return Content(mail.kind, {**_reasons(decision), "decision_id": decision.id})


@kind(OUTCOME, CHANGED)
def outcome(session: Session, mail: Mail, now: datetime) -> Content | None:
    decision = session.get(Decision, mail.parameters.get("decision"))
    report = session.get(Report, mail.parameters.get("report"))
    if decision is None or report is None:
        return None
    if mail.kind == OUTCOME and decision.overturned_at is not None:
        return None
    return Content(mail.kind, {**_reasons(decision), "reference": report.reference})


@kind(ANSWERED)
def answered(session: Session, mail: Mail, now: datetime) -> Content | None:
    objection = session.get(Objection, mail.parameters.get("objection"))
    if objection is None or objection.decided_at is None:
        return None
    values = {"is_upheld": objection.is_upheld, "answer": _one_line(objection.answer)}
    reference = objection.report.reference if objection.report else ""
    return Content(
        mail.kind, {**values, "reference": reference, "decision_id": objection.decision_id}
    )


def _reasons(decision: Decision) -> dict[str, Any]:
    """Article 17(3): what, for how long, facts, ground; in words of the mail's language."""
    return {
        "action": str(decision.action),
        "takes_away": decision.takes_away,
        "ground": str(decision.ground),
        "facts": _one_line(decision.facts),
        "rule": _one_line(decision.rule),
        "ends_at": decision.ends_at,
        "object_until": rules.objection_ends(decision),
    }


def _one_line(text: str) -> str:
    """What somebody typed begins no line of a mail."""
    return " ".join(text.split())
