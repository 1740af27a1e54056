"""Objections against decisions, and their answers (Regulation (EU) 2022/2065, Article 20). They
flush.

An objection is answered by somebody else than who decided. Where it is upheld, what was done is
undone in the same transaction; where it was against leaving a post as it is, the case is open again
in the hands of whoever upheld it.
"""

from datetime import datetime

from sqlalchemy import exists, select, update
from sqlalchemy.orm import Session

from hub.audit import log
from hub.forum import operations as forum
from hub.forum.models import Post, PostRevision, State
from hub.moderation import letters, reporting, rules, urgency
from hub.moderation.deciding import mark_reports, sanctions_by
from hub.moderation.models import Action, Case, CaseState, Decision, Objection, Report
from hub.moderation.rules import Judge, Problem
from hub.moderation.taking import Refused, kept_for, parties_of, take


def object_as_author(
    session: Session, decision_id: int, person_id: int, text: str, now: datetime
) -> Objection:
    """The objection; the one that they have made already. Raises: Refused."""
    decision, case = _taken(session, decision_id)
    if case.author_id != person_id:
        raise Refused(Problem.NOT_POSSIBLE)
    if found := _made(session, decision_id, person_id=person_id):
        return found
    _refuse_late(decision, as_author=True, now=now)
    return _add(session, case, decision, text, now, person_id=person_id)


def object_as_reporter(
    session: Session, decision_id: int, report_id: int, text: str, now: datetime
) -> Objection:
    """The same by whoever reported the post, with or without an account. Raises: Refused."""
    decision, case = _taken(session, decision_id)
    report = session.get(Report, report_id)
    if report is None or report.case_id != case.id:
        raise Refused(Problem.NOT_POSSIBLE)
    if found := _made(session, decision_id, report_id=report_id):
        return found
    _refuse_late(decision, as_author=False, now=now)
    return _add(
        session, case, decision, text, now, person_id=report.reporter_id, report_id=report_id
    )


def answer(
    session: Session, objection_id: int, judge: Judge, is_upheld: bool, why: str, now: datetime
) -> Objection:
    """Answers it with reasons and tells both sides. Raises: Refused; roll back then."""
    decision_id = session.scalar(select(Objection.decision_id).where(Objection.id == objection_id))
    if decision_id is None:
        raise Refused(Problem.GONE)
    decision, case = _taken(session, decision_id)
    objection = session.get_one(Objection, objection_id, populate_existing=True)
    parties = parties_of(session, case)
    problem = rules.why_not_answer(judge, objection, decision, case, parties)
    if problem is None and len(why.strip()) < rules.LEAST_FACTS:
        problem = Problem.NO_REASONS
    if problem is not None:
        raise Refused(problem)
    objection.is_upheld, objection.answer = is_upheld, why
    objection.decided_by, objection.decided_at = judge.person_id, now
    case.kept_until = now + kept_for()
    session.flush()
    if is_upheld and decision.overturned_at is None:
        _overturn(session, case, decision, judge.person_id, now)
    about = ("objection", objection.id)
    after = {"upheld": is_upheld, "decision": decision.id, "case": case.id}
    log.note(session, "objection.decided", judge.person_id, now, about, after=after)
    letters.tell_answer(session, case, decision, objection, now)
    return objection


def _taken(session: Session, decision_id: int) -> tuple[Decision, Case]:
    case_id = session.scalar(select(Decision.case_id).where(Decision.id == decision_id))
    if case_id is None:
        raise Refused(Problem.GONE)
    case, _post = take(session, case_id)
    return session.get_one(Decision, decision_id, populate_existing=True), case


def _made(session: Session, decision_id: int, **by: int) -> Objection | None:
    return session.scalar(select(Objection).filter_by(decision_id=decision_id, **by))


def _refuse_late(decision: Decision, *, as_author: bool, now: datetime) -> None:
    problem = rules.why_not_object(decision, as_author=as_author, now=now)
    if problem is not None:
        raise Refused(problem)


def _add(
    session: Session, case: Case, decision: Decision, text: str, now: datetime, **by: int | None
) -> Objection:
    made = Objection(decision_id=decision.id, text=text, made_at=now, **by)
    session.add(made)
    session.flush()
    after = {"decision": decision.id, "case": case.id}
    person_id = by.get("person_id")
    actor = "" if person_id else "hub"
    log.note(
        session, "objection.made", person_id, now, ("objection", made.id), after=after, actor=actor
    )
    return made


def _overturn(
    session: Session, case: Case, decision: Decision, judge_id: int, now: datetime
) -> None:
    decision.overturned_at = now
    session.flush()
    mark_reports(session, case.id, decision)
    if decision.action in rules.LEAVING:
        _open_again(session, case, judge_id, now)
        return
    _lift_sanctions(session, decision, judge_id, now)
    post = session.get(Post, case.post_id) if case.post_id else None
    if post is None:
        return
    if decision.takes_away and not _is_hidden_by_another(session, post.id):
        forum.show(session, post.id, judge_id, now)
    elif decision.action == Action.EDIT:
        _undo_edit(session, post, decision, judge_id, now)


def _lift_sanctions(session: Session, decision: Decision, judge_id: int, now: datetime) -> None:
    for sanction in sanctions_by(session, decision.id):
        sanction.lifted_at = now
        session.flush()
        told: dict[str, int | str] = {"kind": str(sanction.kind), "decision": decision.id}
        about = ("person", sanction.person_id)
        log.note(session, "sanction.lifted", judge_id, now, about, before=told)


def _is_hidden_by_another(session: Session, post_id: int) -> bool:
    """Whether another decision that stands keeps it from view."""
    others = exists().where(
        Decision.case_id == Case.id,
        Case.post_id == post_id,
        Decision.takes_away.is_(True),
        Decision.overturned_at.is_(None),
    )
    return bool(session.scalar(select(others)))


def _undo_edit(
    session: Session, post: Post, decision: Decision, judge_id: int, now: datetime
) -> None:
    """What it said before, unless somebody has edited it since: that would be lost."""
    if decision.revision is None or post.revision != decision.revision:
        return
    before = session.scalar(
        select(PostRevision).filter_by(post_id=post.id, number=decision.revision - 1)
    )
    if before is None or post.state not in (State.VISIBLE, State.HELD):
        return
    topic = post.topic
    restored = forum.Written(
        before.text,
        "",
        title=before.title or topic.title,
        tags=tuple(topic.tags),
        is_wiki=post.is_wiki,
    )
    forum.edit(session, post.id, judge_id, restored, post.revision, now)


def _open_again(session: Session, case: Case, judge_id: int, now: datetime) -> None:
    other = reporting.open_case_of(session, case.post_id) if case.post_id else None
    if other is not None:
        _join(session, case, other)
        return
    case.state, case.decided_at, case.kept_until = CaseState.OPEN, None, None
    case.claimed_by, case.claimed_at = judge_id, now
    session.flush()
    urgency.reckon(session, case)
    log.note(session, "case.reopened", judge_id, now, ("case", case.id))


def _join(session: Session, case: Case, other: Case) -> None:
    """The post has been reported again since: its reporters wait for that case together."""
    there = select(Report.reporter_id).where(Report.case_id == other.id)
    there = there.where(Report.reporter_id.is_not(None))
    session.execute(
        update(Report)
        .where(Report.case_id == case.id)
        .where(Report.reporter_id.is_(None) | Report.reporter_id.not_in(there))
        .values(case_id=other.id),
        execution_options={"synchronize_session": False},
    )
    urgency.reckon(session, other)
