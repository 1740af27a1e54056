"""In which order cases wait.

What is against the law and threats come first. Then: how grave the ground is, times how often the
reporters were right before; more reporters and each day of waiting add to it. The day is counted
back from a fixed one, so that the number of a case never has to be reckoned again as time passes.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import ColumnElement, case, func, select, true
from sqlalchemy.orm import Session

from hub.forum.models import Board
from hub.moderation.models import Case, Ground, Report

FIRST_OF_ALL = frozenset({Ground.ILLEGAL, Ground.THREAT})
LEAD = 10_000.0
WEIGHTS = {
    Ground.ILLEGAL: 100.0,
    Ground.THREAT: 100.0,
    Ground.OPERATIONAL: 80.0,
    Ground.PERSONAL_DATA: 60.0,
    Ground.ABUSE: 40.0,
    Ground.SPAM: 20.0,
    Ground.OTHER: 15.0,
    Ground.AUTOMATIC: 15.0,
    Ground.FIRST: 10.0,
    Ground.OFF_TOPIC: 10.0,
}
FOR_EACH_MORE, MOST_COUNTED = 2.0, 20
FOR_A_DAY = 2.0
EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
# Beta(2, 1): who has reported nothing yet is taken to be right two times in three.
RIGHT_BEFORE, ALL_BEFORE = 2.0, 3.0
OF_A_STRANGER = 0.5


@dataclass(frozen=True, slots=True)
class Voice:
    """One report: for what, and how often its reporter was right of those that were decided."""

    ground: Ground
    right: int = 0
    decided: int = 0
    is_stranger: bool = False

    @property
    def reliability(self) -> float:
        """The mean of the Beta distribution after what is known (Bayes, with the prior above)."""
        if self.is_stranger:
            return OF_A_STRANGER
        return (self.right + RIGHT_BEFORE) / (self.decided + ALL_BEFORE)


def gravest(grounds: Iterable[Ground]) -> Ground:
    return max(grounds, key=lambda ground: (WEIGHTS[ground], ground))


def urgency_of(voices: Iterable[Voice], held_for: Ground | None, opened_at: datetime) -> float:
    """Higher is sooner; only for comparing."""
    heard = list(voices)
    grounds = {voice.ground for voice in heard} | ({held_for} if held_for else set())
    weights = [WEIGHTS[voice.ground] * voice.reliability for voice in heard]
    if held_for:
        weights.append(WEIGHTS[held_for])
    more = min(max(len(heard) - 1, 0), MOST_COUNTED)
    waited = (opened_at - EPOCH).total_seconds() / 86_400
    lead = LEAD if grounds & FIRST_OF_ALL else 0.0
    return lead + max(weights, default=0.0) + more * FOR_EACH_MORE - waited * FOR_A_DAY


def voices_on(
    session: Session, case_id: int, within: ColumnElement[bool] | None = None
) -> list[Voice]:
    """Those who reported a case, in order, each with what became of their other reports.
    ``within``: a condition on ``board``, where not all boards are for whoever looks."""
    made = select(Report.ground, Report.reporter_id).where(Report.case_id == case_id)
    rows = session.execute(made.order_by(Report.id)).all()
    people = {row.reporter_id for row in rows if row.reporter_id}
    records = _records(session, people, true() if within is None else within)
    return [
        Voice(
            Ground(row.ground),
            *records.get(row.reporter_id, (0, 0)),
            is_stranger=row.reporter_id is None,
        )
        for row in rows
    ]


def reckon(session: Session, opened: Case) -> None:
    """Sets the ground and the urgency of a case anew. To be called after a report is flushed."""
    voices = voices_on(session, opened.id)
    held_for = opened.evidence.get("held_for")
    held = Ground(held_for) if held_for else None
    opened.urgency = urgency_of(voices, held, opened.opened_at)
    opened.ground = gravest([voice.ground for voice in voices] + ([held] if held else []))
    session.flush()


def _records(
    session: Session, people: set[int], within: ColumnElement[bool]
) -> dict[int, tuple[int, int]]:
    """How many of their reports were right, and how many were decided."""
    if not people:
        return {}
    right = func.sum(case((Report.was_right.is_(True), 1), else_=0))
    counted = (
        select(Report.reporter_id, right, func.count())
        .join(Case, Case.id == Report.case_id)
        .join(Board, Board.id == Case.board_id)
        .where(Report.reporter_id.in_(people), Report.was_right.is_not(None), within)
        .group_by(Report.reporter_id)
    )
    return {row[0]: (int(row[1]), int(row[2])) for row in session.execute(counted)}
