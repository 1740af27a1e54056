"""Reports, decisions and sanctions that concern somebody."""

from sqlalchemy import ColumnElement, Table, and_, func, select

from hub.moderation.models import Case, CaseState
from hub.moderation.rules import RESTRICTING
from hub.own_data import topics
from hub.own_data.traces import Trace, Whose, Why


def _left_out(why: Why, *columns: str) -> dict[str, Why]:
    return dict.fromkeys(columns, why)


def _decided_about(table: Table, whose: Whose) -> ColumnElement[bool]:
    """Not while it is open: that somebody was reported is told with the decision."""
    return and_(table.c.author_id == whose.person_id, table.c.state == CaseState.DECIDED)


def _told_to_them(table: Table, whose: Whose) -> ColumnElement[bool]:
    """The restrictions, which they were told of."""
    theirs = select(Case.id).where(Case.author_id == whose.person_id)
    return and_(table.c.case_id.in_(theirs), table.c.action.in_(sorted(RESTRICTING)))


def _at_own_address(table: Table, whose: Whose) -> ColumnElement[bool]:
    is_theirs = func.lower(table.c.address).in_(sorted(whose.addresses))
    return and_(table.c.reporter_id.is_(None), is_theirs)


_CASE = (
    *("id", "board_id", "post_id", "author_id", "state", "ground", "urgency", "evidence"),
    *("claimed_by", "claimed_at", "opened_at", "decided_at", "kept_until"),
)
_DECISION = (
    *("id", "case_id", "action", "ground", "facts", "rule", "takes_away", "revision", "ends_at"),
    *("decided_by", "decided_at", "overturned_at"),
)
_OBJECTION = (
    *("id", "decision_id", "person_id", "report_id", "text", "made_at", "is_upheld", "answer"),
    *("decided_by", "decided_at"),
)
_REPORT = (
    *("id", "case_id", "name", "address", "language", "ground", "offence", "reason", "reference"),
    *("was_right", "made_at"),
)


def _without(columns: tuple[str, ...], *others: str) -> tuple[str, ...]:
    return tuple(column for column in columns if column not in others)


CASE = Trace(
    "moderation_case",
    "author_id",
    topics.MODERATION,
    given=_without(_CASE, "claimed_by", "claimed_at", "urgency"),
    left_out=_left_out(Why.ANOTHER_PERSON, "claimed_by", "claimed_at", "urgency"),
    where=_decided_about,
)
CLAIMED = Trace(
    "moderation_case",
    "claimed_by",
    topics.MODERATING,
    given=("id", "claimed_by", "claimed_at"),
    left_out=_left_out(Why.ANOTHER_PERSON, *_without(_CASE, "id", "claimed_by", "claimed_at")),
)
REPORT = Trace(
    "report",
    "reporter_id",
    topics.REPORTS,
    given=(*_REPORT, "reporter_id"),
)
REPORT_FROM_ADDRESS = Trace(
    "report",
    "your address",
    topics.REPORTS,
    given=_REPORT,
    left_out=_left_out(Why.ALREADY_HERE, "reporter_id"),
    where=_at_own_address,
)
NOTE = Trace(
    "case_note",
    "author_id",
    topics.MODERATING,
    given=("id", "author_id", "written_at"),
    left_out=_left_out(Why.ANOTHER_PERSON, "case_id", "text"),
)
DECISION = Trace(
    "moderation_decision",
    "case_id",
    topics.MODERATION,
    given=_without(_DECISION, "decided_by"),
    left_out=_left_out(Why.ANOTHER_PERSON, "decided_by"),
    below=CASE,
    where=_told_to_them,
)
DECIDED = Trace(
    "moderation_decision",
    "decided_by",
    topics.MODERATING,
    given=("id", "action", "ground", "decided_by", "decided_at", "overturned_at"),
    left_out=_left_out(
        Why.ANOTHER_PERSON, "case_id", "facts", "rule", "takes_away", "revision", "ends_at"
    ),
)
SANCTION = Trace(
    "sanction",
    "person_id",
    topics.MODERATION,
    given=("id", "person_id", "decision_id", "kind", "begins_at", "ends_at", "lifted_at"),
)
OBJECTION = Trace(
    "objection",
    "person_id",
    topics.MODERATION,
    given=_without(_OBJECTION, "decided_by"),
    left_out=_left_out(Why.ANOTHER_PERSON, "decided_by"),
)
ANSWERED = Trace(
    "objection",
    "decided_by",
    topics.MODERATING,
    given=("id", "decided_by", "decided_at", "is_upheld"),
    left_out=_left_out(
        Why.ANOTHER_PERSON, "decision_id", "person_id", "report_id", "text", "made_at", "answer"
    ),
)
TRACES: tuple[Trace, ...] = (
    *(CASE, CLAIMED, REPORT, REPORT_FROM_ADDRESS, NOTE, DECISION, DECIDED, SANCTION),
    *(OBJECTION, ANSWERED),
)
