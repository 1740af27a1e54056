"""Takes a case for one transaction, always in the same order: topic, board, case."""

from datetime import timedelta

from flask import current_app
from sqlalchemy import ColumnElement, exists, func, or_, select
from sqlalchemy.orm import Session

from hub.accounts.models import Person, RoleGrant
from hub.forum import operations as forum
from hub.forum.models import Post, State
from hub.moderation.models import Case, CaseState, Decision, Report
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
    """Who reported the post and who was overruled on it count from its other cases too: reports
    move from one to another, and a new report gives nobody a second try."""
    of_post = Case.post_id == case.post_id if case.post_id else Case.id == case.id
    reporters = select(Report.reporter_id).join(Case, Case.id == Report.case_id).where(of_post)
    made = select(Decision.decided_by).join(Case, Case.id == Decision.case_id).where(of_post)
    overruled = made.where(Decision.overturned_at.is_not(None))
    is_staff = exists().where(RoleGrant.person_id == Person.id)
    author = session.execute(
        select(is_staff, Person.erased_at.is_(None)).where(Person.id == case.author_id)
    ).one_or_none()
    return Parties(
        author_id=case.author_id,
        reporters={number for number in session.scalars(reporters) if number},
        overruled={number for number in session.scalars(overruled) if number},
        editors=_editors(session, case),
        is_author_staff=bool(author and author[0]),
        is_author_here=bool(author and author[1]),
        are_words_of_author=case.evidence.get("edited_by") in (None, case.author_id),
    )


def is_written_by(person_id: int) -> ColumnElement[bool]:
    """The condition on ``moderation_case``: its author or one of its editors (``parties_of``)."""
    edited = Case.evidence["edited_by"].as_integer()
    return or_(
        func.coalesce(Case.author_id, 0) == person_id,
        func.coalesce(edited, 0) == person_id,
        exists()
        .where(Case.state == CaseState.OPEN, Post.id == Case.post_id)
        .where(Post.is_wiki, Post.edited_by == person_id)
        .correlate(Case),
    )


def _editors(session: Session, case: Case) -> set[int]:
    """Whoever edited the post last when it was reported, and, of a wiki post that waits, since:
    a report that comes later may be about their words."""
    editors = {case.evidence.get("edited_by")}
    if case.state == CaseState.OPEN and case.post_id:
        of_wiki = select(Post.edited_by).where(Post.id == case.post_id, Post.is_wiki)
        editors.add(session.scalar(of_wiki))
    return {number for number in editors if number}


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
