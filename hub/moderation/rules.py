"""Who decides about what, and how. Pure: views, templates and operations ask the same questions."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from hub.accounts.models import Role
from hub.forum.models import State
from hub.forum.seats import MODERATING
from hub.moderation.models import Action, Case, CaseState, Decision, Ground, Objection, SanctionKind

OBJECTION_TIME = timedelta(days=184)  # six months, Regulation (EU) 2022/2065, Article 20(1)
LONGEST_SANCTION = 365  # days
LEAST_FACTS = 20  # characters: "spam" alone is no statement of reasons
LEAVING = frozenset({Action.NOTHING, Action.APPROVE})
RESTRICTING = frozenset(Action) - LEAVING
SANCTIONS = {
    Action.WARN: SanctionKind.WARNING,
    Action.SILENCE: SanctionKind.SILENCE,
    Action.SUSPEND: SanctionKind.SUSPENSION,
}
WITH_END = frozenset({Action.SILENCE, Action.SUSPEND})
HELD_FOR = frozenset({Ground.FIRST, Ground.AUTOMATIC})
REPORTABLE = tuple(ground for ground in Ground if ground not in HELD_FOR)


class Problem(StrEnum):
    """Why something is not done."""

    GONE = "gone"
    DECIDED = "decided"
    CLAIMED = "claimed"
    OWN_POST = "own post"
    OWN_REPORT = "own report"
    SAME_PERSON = "same person"
    NOT_POSSIBLE = "not possible"
    NO_REASONS = "no reasons"
    NO_END = "no end"
    NEEDS_MODERATOR = "needs a moderator"
    NEEDS_ADMINISTRATOR = "needs an administrator"
    CHANGED = "changed"
    TOO_LATE = "too late"
    ANSWERED = "answered"


@dataclass(frozen=True, slots=True)
class Judge:
    """Somebody who moderates the board of a case, with the roles that are in effect for them."""

    person_id: int
    roles: frozenset[Role] = frozenset()

    @property
    def moderates_everywhere(self) -> bool:
        return bool(self.roles.intersection(MODERATING))

    @property
    def is_administrator(self) -> bool:
        return Role.ADMINISTRATOR in self.roles


@dataclass(frozen=True, slots=True)
class Ruling:
    """What somebody decides. ``days``: for how long, of a silence or a suspension. ``takes_away``:
    the post goes from view too. ``text``, ``title`` and ``based_on``: of an edit."""

    action: Action
    ground: Ground
    facts: str = ""
    rule: str = ""
    days: int = 0
    takes_away: bool = False
    text: str = ""
    title: str = ""
    based_on: int = 0


@dataclass(frozen=True, slots=True)
class Parties:
    """Those who have to do with a case. ``reporters``: people with an account. ``overruled``: whose
    decision on the post was overturned. ``editors``: who else put its words as they are.
    ``is_author_staff``: the author has a role. ``are_words_of_author``: nobody else edited them
    last."""

    author_id: int | None
    reporters: Collection[int] = ()
    overruled: Collection[int] = ()
    editors: Collection[int] = ()
    is_author_staff: bool = False
    is_author_here: bool = True
    are_words_of_author: bool = True


def why_not_judge(judge: Judge, parties: Parties) -> Problem | None:
    """Nobody decides on their own words, on what they reported, or again after being overruled."""
    if judge.person_id == parties.author_id or judge.person_id in parties.editors:
        return Problem.OWN_POST
    if judge.person_id in parties.reporters:
        return Problem.OWN_REPORT
    return Problem.SAME_PERSON if judge.person_id in parties.overruled else None


def why_not_decide(judge: Judge, case: Case, parties: Parties) -> Problem | None:
    if case.state != CaseState.OPEN:
        return Problem.DECIDED
    if case.claimed_by not in (None, judge.person_id):
        return Problem.CLAIMED
    return why_not_judge(judge, parties)


def actions_on(state: State | None, parties: Parties, judge: Judge) -> tuple[Action, ...]:
    """What this judge may decide about a post in this state (None: it is there no more)."""
    on_person = tuple(
        action for action in SANCTIONS if why_not_sanction(action, parties, judge) is None
    )
    if state == State.HELD:
        return (Action.APPROVE, Action.HIDE, Action.EDIT, *on_person)
    if state == State.VISIBLE:
        return (Action.NOTHING, Action.HIDE, Action.EDIT, *on_person)
    return (Action.NOTHING, *on_person)


def why_not_sanction(action: Action, parties: Parties, judge: Judge) -> Problem | None:
    """Whoever moderates one board warns; silence and suspension hold for the whole hub, and are for
    those who moderate all of it. Staff are answerable to administrators. Nobody answers for what
    somebody else wrote into their post."""
    if not parties.is_author_here or not parties.are_words_of_author:
        return Problem.NOT_POSSIBLE
    if parties.is_author_staff and not judge.is_administrator:
        return Problem.NEEDS_ADMINISTRATOR
    if action in WITH_END and not judge.moderates_everywhere:
        return Problem.NEEDS_MODERATOR
    return None


def why_not_rule(
    ruling: Ruling, state: State | None, parties: Parties, judge: Judge
) -> Problem | None:
    """No restriction without facts and a ground (Article 17(3)), no silence without an end."""
    if ruling.action in SANCTIONS:
        problem = why_not_sanction(ruling.action, parties, judge)
        if problem is not None:
            return problem
    if ruling.action not in actions_on(state, parties, judge):
        return Problem.NOT_POSSIBLE
    if ruling.action == Action.APPROVE:
        return None
    if len(ruling.facts.strip()) < LEAST_FACTS:
        return Problem.NO_REASONS
    if ruling.action in RESTRICTING and ruling.ground in HELD_FOR:
        return Problem.NO_REASONS
    if ruling.action in WITH_END and not 1 <= ruling.days <= LONGEST_SANCTION:
        return Problem.NO_END
    if ruling.action == Action.EDIT and not ruling.text.strip():
        return Problem.NOT_POSSIBLE
    return None


def takes_away(ruling: Ruling, state: State | None) -> bool:
    """Whether the post goes from view: always where it waits and is not approved."""
    if ruling.action == Action.HIDE:
        return True
    return ruling.action in SANCTIONS and (ruling.takes_away or state == State.HELD)


def objection_ends(decision: Decision) -> datetime:
    return decision.decided_at + OBJECTION_TIME


def why_not_object(decision: Decision, *, as_author: bool, now: datetime) -> Problem | None:
    """Authors object to a restriction, reporters to the decision that there is none."""
    is_against = decision.action in (RESTRICTING if as_author else LEAVING)
    if not is_against or decision.overturned_at is not None:
        return Problem.NOT_POSSIBLE
    return Problem.TOO_LATE if now > objection_ends(decision) else None


def why_not_answer(
    judge: Judge, objection: Objection, decision: Decision, case: Case, parties: Parties
) -> Problem | None:
    """Somebody else than who decided, who had the case, and who objects answers (Article 20)."""
    if objection.decided_at is not None:
        return Problem.ANSWERED
    if judge.person_id == objection.person_id:
        return Problem.OWN_POST if objection.report_id is None else Problem.OWN_REPORT
    if judge.person_id in (decision.decided_by, case.claimed_by):
        return Problem.SAME_PERSON
    if decision.action in WITH_END and not judge.moderates_everywhere:
        return Problem.NEEDS_MODERATOR
    if decision.action in SANCTIONS and parties.is_author_staff and not judge.is_administrator:
        return Problem.NEEDS_ADMINISTRATOR
    return why_not_judge(judge, parties)
