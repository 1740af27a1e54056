"""Decisions: what they do to the post and to its author, in one transaction. They flush."""

from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from hub.accounts.standing import standing_of
from hub.audit import log
from hub.desk.operations import hold
from hub.forum import operations as forum
from hub.forum.models import Post, State
from hub.moderation import letters, rules
from hub.moderation.models import (
    Action,
    Case,
    CaseState,
    Decision,
    Report,
    Sanction,
    SanctionKind,
)
from hub.moderation.rules import Judge, Parties, Problem, Ruling
from hub.moderation.taking import Refused, kept_for, latest_decision, parties_of, state_of, take


def decide(session: Session, case_id: int, judge: Judge, ruling: Ruling, now: datetime) -> Decision:
    """Decides, does it, and tells the author and everybody who reported it.

    Raises: Refused; where somebody else was faster, with their decision. Roll back then.
    """
    case, post = take(session, case_id)
    parties = parties_of(session, case)
    _refuse(session, case, post, parties, judge, ruling)
    _refuse_suspended_judge(session, parties, judge, ruling, now)
    decision = Decision(
        case_id=case.id,
        action=ruling.action,
        ground=ruling.ground,
        facts=ruling.facts,
        rule=ruling.rule,
        takes_away=rules.takes_away(ruling, state_of(post)),
        ends_at=_end_of(ruling, now),
        decided_by=judge.person_id,
        decided_at=now,
    )
    session.add(decision)
    session.flush()
    _act_on_post(session, decision, post, ruling, judge.person_id, now)
    _close(session, case, judge.person_id, now)
    mark_reports(session, case.id, decision)
    sanction = _impose(session, case, decision, now)
    _note(session, case, decision, sanction, now)
    letters.tell_decision(session, case, decision, now)
    return decision


def mark_reports(session: Session, case_id: int, decision: Decision | None) -> None:
    """Whether the reporters were right, by the decision that stands; None: nobody knows yet."""
    was_right = None if decision is None else decision.action in rules.RESTRICTING
    if decision is not None and decision.overturned_at is not None:
        was_right = None if decision.action in rules.LEAVING else False
    session.execute(
        update(Report).where(Report.case_id == case_id).values(was_right=was_right),
        execution_options={"synchronize_session": False},
    )


def _refuse(
    session: Session,
    case: Case,
    post: Post | None,
    parties: Parties,
    judge: Judge,
    ruling: Ruling,
) -> None:
    problem = rules.why_not_decide(judge, case, parties)
    if problem is None:
        problem = rules.why_not_rule(ruling, state_of(post), parties, judge)
    if problem is None and _is_edited_since(post, ruling):
        problem = Problem.CHANGED
    if problem is not None:
        is_decided = problem is Problem.DECIDED
        raise Refused(problem, latest_decision(session, case.id) if is_decided else None)


def _is_edited_since(post: Post | None, ruling: Ruling) -> bool:
    """Of an edit, which would undo what its author has changed meanwhile; approving what the
    moderator has not read would publish it."""
    if post is None or ruling.action not in (Action.EDIT, Action.APPROVE):
        return False
    return post.revision != ruling.based_on


def _refuse_suspended_judge(
    session: Session, parties: Parties, judge: Judge, ruling: Ruling, now: datetime
) -> None:
    """Two administrators who suspend each other at once: the second is suspended by then."""
    if ruling.action != Action.SUSPEND or not parties.is_author_staff or not parties.author_id:
        return
    hold(session, parties.author_id)
    if standing_of(session, judge.person_id, now).is_suspended:
        raise Refused(Problem.NEEDS_ADMINISTRATOR)


def _end_of(ruling: Ruling, now: datetime) -> datetime | None:
    return now + timedelta(days=ruling.days) if ruling.action in rules.WITH_END else None


def _act_on_post(
    session: Session,
    decision: Decision,
    post: Post | None,
    ruling: Ruling,
    judge_id: int,
    now: datetime,
) -> None:
    """A post that its author has taken back stays taken back."""
    if post is None or post.state == State.DELETED:
        decision.takes_away = False
        return
    if decision.takes_away:
        forum.take_away(session, post.id, State.HIDDEN, judge_id, now)
    elif ruling.action == Action.EDIT:
        decision.revision = _edit(session, post, ruling, judge_id, now)
    if ruling.action in (Action.APPROVE, Action.EDIT) and post.state == State.HELD:
        forum.show(session, post.id, judge_id, now)


def _edit(session: Session, post: Post, ruling: Ruling, judge_id: int, now: datetime) -> int:
    """The first words of the reasons stand in the history of the post, which its readers see.

    Raises: Refused where it changes nothing: the state that is there is not the moderator's.
    """
    topic = post.topic
    changed = forum.edit(
        session,
        post.id,
        judge_id,
        forum.Written(
            ruling.text,
            "",
            title=ruling.title or topic.title,
            tags=tuple(topic.tags),
            is_wiki=post.is_wiki,
        ),
        ruling.based_on,
        now,
        note=ruling.rule[:200],
    )
    if changed.revision == ruling.based_on:
        raise Refused(Problem.NOT_POSSIBLE)
    return changed.revision


def _close(session: Session, case: Case, judge_id: int, now: datetime) -> None:
    case.state, case.decided_at = CaseState.DECIDED, now
    case.claimed_by, case.claimed_at = judge_id, case.claimed_at or now
    case.kept_until = now + kept_for()
    session.flush()


def _impose(session: Session, case: Case, decision: Decision, now: datetime) -> Sanction | None:
    kind = rules.SANCTIONS.get(Action(decision.action))
    if kind is None or case.author_id is None:
        return None
    sanction = Sanction(
        person_id=case.author_id,
        decision_id=decision.id,
        kind=kind,
        begins_at=now,
        ends_at=decision.ends_at,
    )
    session.add(sanction)
    session.flush()
    return sanction


def _note(
    session: Session, case: Case, decision: Decision, sanction: Sanction | None, now: datetime
) -> None:
    after: dict[str, int | bool | str | None] = {
        "decision": decision.id,
        "action": str(decision.action),
        "ground": str(decision.ground),
        "takes_away": decision.takes_away,
    }
    log.note(session, "case.decided", decision.decided_by, now, ("case", case.id), after=after)
    if sanction is not None:
        days = (sanction.ends_at - sanction.begins_at).days if sanction.ends_at else None
        told: dict[str, int | str | None] = {
            "kind": str(sanction.kind),
            "decision": decision.id,
            "days": days,
        }
        about = ("person", sanction.person_id)
        log.note(session, "sanction.imposed", decision.decided_by, now, about, after=told)


def sanctions_by(session: Session, decision_id: int) -> list[Sanction]:
    """Those of a decision that are not lifted."""
    imposed = select(Sanction).where(
        Sanction.decision_id == decision_id, Sanction.lifted_at.is_(None)
    )
    return list(session.scalars(imposed))


def is_felt(sanction: Sanction, now: datetime) -> bool:
    """Whether it still keeps the person from something."""
    is_over = sanction.ends_at is not None and sanction.ends_at <= now
    return sanction.kind != SanctionKind.WARNING and not is_over
