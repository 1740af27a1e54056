"""Takes a case for one transaction, always in the same order: topic, board, case."""

from datetime import timedelta

from flask import current_app
from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from hub.accounts.models import Person, RoleGrant
from hub.forum import operations as forum
from hub.forum.models import Post, State
from hub.moderation.models import Case, Decision, Report
from hub.moderation.rules import Parties, Problem


class Refused(Exception):
    """Nothing was changed. ``decision``: the one that somebody else was faster with."""

    def __init__(self, problem: Problem, decision: Decision | None = None) -> None:
        super().__init__(problem)
        self.problem, self.decision = problem, decision


def take(session: Session, case_id: int) -> tuple[Case, Post | None]:
    """The case and its post as they are now, for this transaction alone. Raises: Refused."""
    post_id = session.scalar(select(Case.post_id).where(Case.id == case_id))
    post = _post(session, post_id)
    case = session.scalar(
        select(Case)
        .where(Case.id == case_id)
        .with_for_update(of=Case, key_share=True)
        .execution_options(populate_existing=True)
    )
    if case is None:
        raise Refused(Problem.GONE)
    return case, post


def parties_of(session: Session, case: Case) -> Parties:
    reporters = select(Report.reporter_id).where(Report.case_id == case.id)
    overruled = select(Decision.decided_by).where(
        Decision.case_id == case.id, Decision.overturned_at.is_not(None)
    )
    is_staff = exists().where(RoleGrant.person_id == Person.id)
    author = session.execute(
        select(is_staff, Person.erased_at.is_(None)).where(Person.id == case.author_id)
    ).one_or_none()
    return Parties(
        author_id=case.author_id,
        reporters={number for number in session.scalars(reporters) if number},
        overruled={number for number in session.scalars(overruled) if number},
        is_author_staff=bool(author and author[0]),
        is_author_here=bool(author and author[1]),
    )


def latest_decision(session: Session, case_id: int) -> Decision | None:
    made = select(Decision).where(Decision.case_id == case_id).order_by(Decision.id.desc())
    return session.scalar(made.limit(1))


def state_of(post: Post | None) -> State | None:
    return State(post.state) if post is not None else None


def kept_for() -> timedelta:
    return timedelta(days=current_app.config["MODERATION_KEPT_DAYS"])


def _post(session: Session, post_id: int | None) -> Post | None:
    if post_id is None:
        return None
    try:
        return forum.take_post(session, post_id)[1]
    except forum.Closed:
        return None
