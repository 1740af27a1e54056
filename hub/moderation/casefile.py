"""Everything about one case that whoever decides looks at."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, undefer

from hub.accounts.visitor import Visitor
from hub.forum.models import Board, Post, State
from hub.membership.queries import Appearance, shown_as
from hub.moderation import queries, rules, taking, trust, urgency
from hub.moderation.models import Action, Case, Decision, Objection
from hub.moderation.queries import CaseRecord
from hub.moderation.rules import Judge, Parties, Problem
from hub.moderation.urgency import Voice
from hub.writing.differing import Piece, differences


@dataclass(frozen=True, slots=True)
class CaseFile:
    """``post`` is None where the row is gone. ``changes``: from what it was to what it is, [] where
    nothing changed. ``hindrance``: why this judge cannot decide it; ``bar``: why they have no part
    in it at all. ``level`` is the trust that the author has."""

    case: Case
    board: Board
    post: Post | None
    judge: Judge
    parties: Parties
    actions: tuple[Action, ...]
    hindrance: Problem | None
    changes: Sequence[Piece]
    voices: Sequence[Voice]
    decisions: Sequence[Decision]
    objections: Sequence[Objection]
    record: CaseRecord
    level: int
    appearances: dict[int, Appearance]

    @property
    def bar(self) -> Problem | None:
        return rules.why_not_judge(self.judge, self.parties)

    @property
    def title_now(self) -> str:
        return self.post.topic.title if self.post is not None and self.post.number == 1 else ""

    @property
    def is_held(self) -> bool:
        return self.post is not None and self.post.state == State.HELD

    def why_not_answer(self, objection: Objection) -> Problem | None:
        decision = objection.decision
        return rules.why_not_answer(self.judge, objection, decision, self.case, self.parties)

    def others_who_answer(self, session: Session, decision: Decision, now: datetime) -> int:
        """How many people could answer an objection against this decision."""
        involved = {decision.decided_by, self.case.claimed_by, self.parties.author_id}
        ids = {number for number in involved if number} | set(self.parties.reporters)
        ids |= set(self.parties.overruled) | set(self.parties.editors)
        return queries.others_who_answer(session, self.board, decision, ids, now)


def opened(session: Session, who: Visitor, case_id: int, now: datetime) -> CaseFile | None:
    """None where the visitor may not know of it."""
    found = queries.case_for(session, who, case_id)
    if found is None:
        return None
    case, board = found
    post, judge = _post(session, case), queries.judge_of(who)
    parties = taking.parties_of(session, case)
    decisions = queries.decisions_on(session, case.id)
    objections = queries.objections_on(session, case.id)
    author = case.author_id or 0
    return CaseFile(
        case=case,
        board=board,
        post=post,
        judge=judge,
        parties=parties,
        actions=rules.actions_on(taking.state_of(post), parties, judge),
        hindrance=rules.why_not_decide(judge, case, parties),
        changes=_changes(case, post),
        voices=urgency.voices_on(session, case.id, queries.counts_for(who)),
        decisions=decisions,
        objections=objections,
        record=queries.record_of_author(session, author, who),
        level=trust.level_of(trust.record_of(session, author, now)),
        appearances=shown_as(session, _people(case, decisions, objections), now),
    )


def _post(session: Session, case: Case) -> Post | None:
    if case.post_id is None:
        return None
    asked = select(Post).where(Post.id == case.post_id)
    return session.scalar(asked.options(undefer(Post.text), joinedload(Post.topic)))


def _changes(case: Case, post: Post | None) -> list[Piece]:
    before = str(case.evidence.get("text", ""))
    if post is None or post.state == State.DELETED or not case.evidence or post.text == before:
        return []
    return differences(before, post.text)


def _people(case: Case, decisions: Sequence[Decision], objections: Sequence[Objection]) -> set[int]:
    """Whose names stand on the page. Who reported is named too, to those who decide."""
    numbers = {case.author_id, case.claimed_by}
    numbers |= {report.reporter_id for report in case.reports}
    numbers |= {note.author_id for note in case.notes}
    numbers |= {decision.decided_by for decision in decisions}
    for objection in objections:
        numbers |= {objection.person_id, objection.decided_by}
    return {number for number in numbers if number}
