"""Telling people what was decided: in the page and by mail, in their language.

Mails carry numbers; what they say is read when they are sent. Reasons speak of what a post says:
they leave the hub only where its words may (``hub.notifications.mailing``), else the mail says what
was decided, and where the rest stands.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.accounts.models import Person
from hub.accounts.standing import standing_of
from hub.forum.models import Board, Post, Topic
from hub.mail import outbox
from hub.mail.kinds import Content, kind
from hub.mail.models import Mail
from hub.moderation import rules
from hub.moderation.models import Action, Case, Decision, Ground, Objection, Report
from hub.notifications.mailing import may_carry_words
from hub.notifications.models import About
from hub.notifications.operations import notify
from knowledge.access import ANYONE

RECEIVED, DECIDED, OUTCOME = "moderation-received", "moderation-decision", "moderation-outcome"
ANSWERED, CHANGED = "moderation-answer", "moderation-changed"
MOST_TO_ONE_ADDRESS = 20  # a day, where nobody has confirmed that it is theirs


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
    elif report.address and not _has_enough(session, report.address, now):
        outbox.post(
            session, mail, report.address, report.language, now, report=report.id, **numbers
        )


def _has_enough(session: Session, address: str, now: datetime) -> bool:
    lately = (
        select(func.count(Mail.id))
        .where(Mail.recipient == address, Mail.person_id.is_(None))
        .where(Mail.kind.in_((RECEIVED, OUTCOME, ANSWERED, CHANGED)))
        .where(Mail.created_at > now - timedelta(days=1))
    )
    return (session.scalar(lately) or 0) >= MOST_TO_ONE_ADDRESS


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
    values = _reasons(decision, says_why=_may_say_why(session, decision.case))
    return Content(mail.kind, {**values, "decision_id": decision.id})


@kind(OUTCOME, CHANGED)
def outcome(session: Session, mail: Mail, now: datetime) -> Content | None:
    decision = session.get(Decision, mail.parameters.get("decision"))
    report = session.get(Report, mail.parameters.get("report"))
    if decision is None or report is None:
        return None
    if mail.kind == OUTCOME and decision.overturned_at is not None:
        return None
    values = _reasons(decision, says_why=_may_say_why_to(session, report, decision.case, now))
    return Content(mail.kind, {**values, "reference": report.reference})


@kind(ANSWERED)
def answered(session: Session, mail: Mail, now: datetime) -> Content | None:
    objection = session.get(Objection, mail.parameters.get("objection"))
    if objection is None or objection.decided_at is None:
        return None
    report, case = objection.report, objection.decision.case
    if report is None:
        says_why = _may_say_why(session, case)
    else:
        says_why = _may_say_why_to(session, report, case, now)
    answer = _one_line(objection.answer) if says_why else ""
    values = {"is_upheld": objection.is_upheld, "answer": answer}
    reference = report.reference if report else ""
    return Content(
        mail.kind, {**values, "reference": reference, "decision_id": objection.decision_id}
    )


def _may_say_why(session: Session, case: Case) -> bool:
    """By the board and the mark of the topic as they are now; of a post that is not there any more
    nobody knows the mark."""
    found = session.execute(
        select(Board.audience, Board.mark, Topic.mark)
        .join(Topic, Topic.board_id == Board.id)
        .join(Post, Post.topic_id == Topic.id)
        .where(Post.id == case.post_id)
    ).one_or_none()
    return found is not None and may_carry_words(found[0], found[1:])


def _may_say_why_to(session: Session, report: Report, case: Case, now: datetime) -> bool:
    """Nor to a reporter who may not read the board (any more)."""
    person_id = report.reporter_id
    reader = standing_of(session, person_id, now).reader() if person_id else ANYONE
    audience = session.scalar(select(Board.audience).where(Board.id == case.board_id))
    return audience in reader.audiences and _may_say_why(session, case)


def _reasons(decision: Decision, *, says_why: bool) -> dict[str, Any]:
    """Article 17(3): what, for how long, facts, ground; in words of the mail's language."""
    return {
        "action": str(decision.action),
        "takes_away": decision.takes_away,
        "ground": str(decision.ground),
        "facts": _one_line(decision.facts) if says_why else "",
        "rule": _one_line(decision.rule) if says_why else "",
        "ends_at": decision.ends_at,
        "object_until": rules.objection_ends(decision),
    }


def _one_line(text: str) -> str:
    """What somebody typed begins no line of a mail."""
    return " ".join(text.split())
