"""Every read of cases, reports and decisions that spans several rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, exists, false, func, or_, select, true
from sqlalchemy.orm import Session, joinedload

from hub.accounts.models import Person, RoleGrant
from hub.accounts.visitor import Visitor
from hub.forum.models import Board, BoardModerator
from hub.forum.readership import belongs_to
from hub.forum.seats import MODERATING, is_named
from hub.moderation.filters import Filters, Tab
from hub.moderation.models import (
    Case,
    CaseState,
    Decision,
    Objection,
    Report,
    Sanction,
)
from hub.moderation.rules import RESTRICTING, WITH_END, Judge
from hub.moderation.taking import is_written_by
from knowledge.access import LEA, MEMBERS, PUBLIC, STAFF

PAGE_SIZE = 30
MOST_LISTED = 100


@dataclass(frozen=True, slots=True)
class CaseRecord:
    """What was decided about what somebody wrote before, and what of it was overturned."""

    against: dict[str, int]
    overturned: int


def judge_of(who: Visitor) -> Judge:
    """Whoever visits, with the roles that are in effect; who is silenced decides nothing."""
    return Judge(who.person_id, who.roles)


def is_judged_by(who: Visitor) -> ColumnElement[bool]:
    """The condition on ``board`` for those whose cases a visitor may see."""
    if not who.is_signed_in or who.is_silenced:
        return false()
    reads = Board.audience.in_(sorted(who.reader.audiences))
    return reads if who.may(*MODERATING) else and_(reads, is_named(who))


def counts_for(who: Visitor) -> ColumnElement[bool]:
    """The condition on ``board`` for those whose decisions count in what a judge sees of somebody:
    who does not moderate everywhere learns nothing of boards that they do not read."""
    if who.may(*MODERATING):
        return true()
    return Board.audience.in_(sorted(who.reader.audiences))


def moderates_anything(session: Session, who: Visitor) -> bool:
    """Whether there is a queue for them."""
    if who.may(*MODERATING) and not who.is_silenced:
        return True
    return bool(session.scalar(select(exists(select(Board.id).where(is_judged_by(who))))))


def open_cases(session: Session) -> int:
    """How many wait in the boards that all staff read; what groups have is not for others to
    count."""
    waiting = select(func.count()).select_from(Case).join(Board, Board.id == Case.board_id)
    read = waiting.where(Board.audience.in_((PUBLIC, MEMBERS, LEA, STAFF)))
    return session.scalar(read.where(Case.state == CaseState.OPEN)) or 0


def queue(
    session: Session, who: Visitor, filters: Filters, page: int
) -> tuple[Sequence[Row[Any]], int]:
    """Rows of (Case, board's name, how many reports), page by page (from 1); and how many."""
    found = and_(_is_listed_for(who), *_narrowed(filters, who))
    total = session.scalar(
        select(func.count()).select_from(Case).join(Board, Board.id == Case.board_id).where(found)
    )
    reports = select(func.count()).where(Report.case_id == Case.id).scalar_subquery()
    order = (
        (Case.decided_at.desc(), Case.id.desc())
        if filters.tab is Tab.DECIDED
        else (Case.urgency.desc(), Case.id)
    )
    listed = (
        select(Case, Board.name.label("board"), reports.label("reports"))
        .join(Board, Board.id == Case.board_id)
        .where(found)
        .order_by(*order)
        .limit(PAGE_SIZE)
        .offset((page - 1) * PAGE_SIZE)
    )
    return session.execute(listed).all(), total or 0


def waiting(session: Session, who: Visitor) -> dict[Tab, int]:
    """How much waits under each tab."""
    cases = select(func.count()).select_from(Case).join(Board, Board.id == Case.board_id)
    is_open = and_(_is_listed_for(who), Case.state == CaseState.OPEN)
    mine = and_(is_open, Case.claimed_by == who.person_id)
    objections = _objections(who, select(func.count()).select_from(Objection))
    counted = session.execute(
        select(
            cases.where(is_open).scalar_subquery(),
            cases.where(mine).scalar_subquery(),
            objections.where(Objection.decided_at.is_(None)).scalar_subquery(),
        )
    ).one()
    return dict(zip((Tab.WAITING, Tab.MINE, Tab.OBJECTIONS), counted, strict=True))


def open_objections(session: Session, who: Visitor) -> Sequence[Row[Any]]:
    """Rows of (Objection, Decision, Case, board's name), the oldest first."""
    rows: Select[*tuple[Any, ...]] = select(Objection, Decision, Case, Board.name.label("board"))
    listed = _objections(who, rows.select_from(Objection))
    return session.execute(
        listed.where(Objection.decided_at.is_(None)).order_by(Objection.id).limit(MOST_LISTED)
    ).all()


def case_for(session: Session, who: Visitor, case_id: int) -> tuple[Case, Board] | None:
    """None where the visitor may not know of it."""
    row = session.execute(
        select(Case, Board)
        .join(Board, Board.id == Case.board_id)
        .where(Case.id == case_id, is_judged_by(who))
    ).one_or_none()
    return (row[0], row[1]) if row else None


def decisions_on(session: Session, case_id: int) -> Sequence[Decision]:
    made = select(Decision).where(Decision.case_id == case_id).order_by(Decision.id)
    return session.scalars(made).all()


def objections_on(session: Session, case_id: int) -> Sequence[Objection]:
    made = select(Objection).join(Decision, Decision.id == Objection.decision_id)
    return session.scalars(made.where(Decision.case_id == case_id).order_by(Objection.id)).all()


def latest_decision(session: Session, case_id: int) -> Decision | None:
    made = select(Decision).where(Decision.case_id == case_id).order_by(Decision.id.desc())
    return session.scalar(made.limit(1))


def report_with(session: Session, reference: str) -> Report | None:
    found = select(Report).where(Report.reference == reference).options(joinedload(Report.case))
    return session.scalar(found)


def reports_by(session: Session, person_id: int) -> Sequence[Report]:
    made = select(Report).where(Report.reporter_id == person_id).options(joinedload(Report.case))
    return session.scalars(made.order_by(Report.id.desc()).limit(MOST_LISTED)).all()


def report_decided(session: Session, decision: Decision, person_id: int) -> Report | None:
    """Theirs on which this was decided, also where it has joined a later case of the post."""
    case = decision.case
    joined = and_(Case.post_id == case.post_id, Case.id > case.id)
    theirs = select(Report).join(Case, Case.id == Report.case_id)
    theirs = theirs.where(Report.reporter_id == person_id, Report.made_at <= decision.decided_at)
    return session.scalar(theirs.where(or_(Case.id == case.id, joined)).order_by(Case.id).limit(1))


def decisions_about(session: Session, person_id: int) -> Sequence[Decision]:
    """Restrictions of what somebody wrote, or of them, the latest first."""
    made = select(Decision).join(Case, Case.id == Decision.case_id)
    theirs = made.where(Case.author_id == person_id, Decision.action.in_(sorted(RESTRICTING)))
    return session.scalars(theirs.order_by(Decision.id.desc()).limit(MOST_LISTED)).all()


def objection_by_author(session: Session, decision: Decision, person_id: int) -> Objection | None:
    return session.scalar(select(Objection).filter_by(decision_id=decision.id, person_id=person_id))


def objection_by_report(session: Session, report_id: int) -> Objection | None:
    """The latest: there may be one against each decision."""
    made = select(Objection).where(Objection.report_id == report_id)
    return session.scalar(made.order_by(Objection.id.desc()).limit(1))


def record_of_author(session: Session, person_id: int, who: Visitor) -> CaseRecord:
    counted = session.execute(
        select(Decision.action, Decision.overturned_at.is_(None), func.count())
        .join(Case, Case.id == Decision.case_id)
        .join(Board, Board.id == Case.board_id)
        .where(Case.author_id == person_id, Decision.action.in_(sorted(RESTRICTING)))
        .where(counts_for(who))
        .group_by(Decision.action, Decision.overturned_at.is_(None))
    ).all()
    standing = {str(row[0]): row[2] for row in counted if row[1]}
    return CaseRecord(standing, sum(row[2] for row in counted if not row[1]))


def sanctions_in_force(session: Session, person_id: int, now: datetime) -> Sequence[Sanction]:
    theirs = select(Sanction).where(Sanction.person_id == person_id, Sanction.lifted_at.is_(None))
    lasting = theirs.where(or_(Sanction.ends_at.is_(None), Sanction.ends_at > now))
    return session.scalars(lasting.order_by(Sanction.id)).all()


def others_who_answer(
    session: Session, board: Board, decision: Decision, not_these: set[int], now: datetime
) -> int:
    """How many people there are who may answer an objection against this decision."""
    everywhere = exists().where(RoleGrant.person_id == Person.id, RoleGrant.role.in_(MODERATING))
    here = exists().where(
        BoardModerator.person_id == Person.id, BoardModerator.board_id == board.id
    )
    may = everywhere if decision.action in WITH_END else or_(everywhere, here)
    counted = select(func.count()).select_from(Person).where(may, belongs_to(board.audience, now))
    return session.scalar(counted.where(Person.id.not_in(not_these))) or 0


def _objections(who: Visitor, selected: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    return (
        selected.join(Decision, Decision.id == Objection.decision_id)
        .join(Case, Case.id == Decision.case_id)
        .join(Board, Board.id == Case.board_id)
        .where(_is_listed_for(who))
    )


def _is_listed_for(who: Visitor) -> ColumnElement[bool]:
    """Nobody has what they wrote themselves in the queue."""
    return and_(is_judged_by(who), ~is_written_by(who.person_id))


def _narrowed(filters: Filters, who: Visitor) -> list[ColumnElement[bool]]:
    is_decided = filters.tab is Tab.DECIDED
    state = CaseState.DECIDED if is_decided else CaseState.OPEN
    narrowed: list[ColumnElement[bool]] = [Case.state == state]
    if filters.tab is Tab.MINE:
        narrowed.append(Case.claimed_by == who.person_id)
    if filters.ground:
        narrowed.append(Case.ground == filters.ground)
    if filters.board:
        narrowed.append(Case.board_id == filters.board)
    return narrowed
