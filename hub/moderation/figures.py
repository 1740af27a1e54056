"""How moderation went, in numbers: what a yearly report must say (Regulation (EU) 2022/2065,
Articles 15 and 24). Counts only: no number of a person, a case or a post stands in it."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from statistics import median
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.moderation.models import Case, Decision, Objection, Report, Sanction


@dataclass(frozen=True, slots=True)
class Figures:
    """Of a span of time. Hours are medians; None where there was nothing. ``automated`` counts
    decisions by a program: the hub has none."""

    reports: dict[str, int]
    reports_without_account: int
    held_back: int
    decisions: dict[str, int]
    decisions_by_ground: dict[str, int]
    automated: int
    hours_to_decision: float | None
    sanctions: dict[str, int]
    objections: int
    objections_answered: int
    objections_upheld: int
    hours_to_answer: float | None
    overturned: int

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def figures(session: Session, since: datetime, until: datetime) -> Figures:
    """``until`` is left out. Reports count by when they were made, decisions and answers by when
    these were made."""
    reports = session.execute(
        select(Report.ground, Report.reporter_id.is_(None)).where(
            Report.made_at >= since, Report.made_at < until
        )
    ).all()
    opened = session.scalars(
        select(Case.ground)
        .where(Case.opened_at >= since, Case.opened_at < until)
        .where(~Case.reports.any())
    ).all()
    decisions = session.execute(
        select(
            Decision.action,
            Decision.ground,
            Decision.decided_at,
            Decision.overturned_at,
            Case.opened_at,
        )
        .join(Case, Case.id == Decision.case_id)
        .where(Decision.decided_at >= since, Decision.decided_at < until)
    ).all()
    sanctions = session.scalars(
        select(Sanction.kind).where(Sanction.begins_at >= since, Sanction.begins_at < until)
    ).all()
    objections = select(Objection.made_at, Objection.decided_at, Objection.is_upheld)
    made = session.execute(
        objections.where(Objection.made_at >= since, Objection.made_at < until)
    ).all()
    answered = session.execute(
        objections.where(Objection.decided_at >= since, Objection.decided_at < until)
    ).all()
    return Figures(
        reports=_counts(row[0] for row in reports),
        reports_without_account=sum(bool(row[1]) for row in reports),
        held_back=len(opened),
        decisions=_counts(row.action for row in decisions),
        decisions_by_ground=_counts(row.ground for row in decisions),
        automated=0,
        hours_to_decision=_hours((row.opened_at, row.decided_at) for row in decisions),
        sanctions=_counts(sanctions),
        objections=len(made),
        objections_answered=len(answered),
        objections_upheld=sum(bool(row.is_upheld) for row in answered),
        hours_to_answer=_hours((row.made_at, row.decided_at) for row in answered),
        overturned=sum(row.overturned_at is not None for row in decisions),
    )


def _counts(names: Iterable[str]) -> dict[str, int]:
    return dict(sorted(Counter(map(str, names)).items()))


def _hours(spans: Iterable[tuple[datetime, datetime]]) -> float | None:
    hours = [(end - start).total_seconds() / 3600 for start, end in spans]
    return round(median(hours), 2) if hours else None
