"""Every read of the audit log that spans several rows."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from hub.accounts import pseudonyms
from hub.accounts.models import Person
from hub.audit.filters import Filters
from hub.audit.models import AuditEntry
from hub.audit.rules import Value

PAGE = 50
ROWS_AT_ONCE = 500
ACTOR, SUBJECT = aliased(Person), aliased(Person)


@dataclass(frozen=True, slots=True)
class Line:
    """An entry and the pseudonyms in it: of who acted, and of the person acted on."""

    entry: AuditEntry
    actor: str | None
    subject: str | None


@dataclass(frozen=True, slots=True)
class Found:
    """Some lines, the newest first, how many there are in all, and the number before which the
    older ones are, None where there are none."""

    lines: Sequence[Line]
    total: int
    older: int | None


def find_entries(session: Session, filters: Filters, zone: tzinfo, before: int | None) -> Found:
    """A page of what fits, from the number ``before`` backwards."""
    fitting = _fitting(session, filters, zone)
    total = session.scalar(select(func.count()).select_from(AuditEntry).where(*fitting)) or 0
    some = _lines().where(*fitting).order_by(AuditEntry.id.desc()).limit(PAGE + 1)
    if before is not None:
        some = some.where(AuditEntry.id < before)
    lines = [Line(*row) for row in session.execute(some)]
    older = lines[PAGE - 1].entry.id if len(lines) > PAGE else None
    return Found(lines[:PAGE], total, older)


def all_entries(session: Session, filters: Filters, zone: tzinfo, before: int) -> Iterator[Line]:
    """Everything that fits and has a smaller number than ``before``, the oldest first."""
    fitting = [*_fitting(session, filters, zone), AuditEntry.id < before]
    query = _lines().where(*fitting).order_by(AuditEntry.id)
    for row in session.execute(query.execution_options(yield_per=ROWS_AT_ONCE)):
        yield Line(*row)
        session.expunge(row[0])


def acts(session: Session) -> Sequence[str]:
    """The acts that were ever noted."""
    return session.scalars(select(AuditEntry.act).distinct().order_by(AuditEntry.act)).all()


def in_numbers(session: Session, filters: Filters) -> dict[str, Value]:
    """The filters as an entry can hold them: a person by id (0 where nobody has that name), and
    what names no subject as "-"."""
    known: dict[str, Value] = dict(filters.query())
    if filters.person:
        known["person"] = _person_id(session, filters.person)
    if filters.subject:
        kind, number = filters.subject_parts()
        known["subject"] = kind if number is None else f"{kind} {number}"
    return known


def _lines() -> Select[AuditEntry, str, str]:
    is_about_person = and_(AuditEntry.subject_kind == "person", SUBJECT.id == AuditEntry.subject_id)
    return (
        select(AuditEntry, ACTOR.pseudonym, SUBJECT.pseudonym)
        .outerjoin(ACTOR, ACTOR.id == AuditEntry.actor_id)
        .outerjoin(SUBJECT, is_about_person)
    )


def _fitting(session: Session, filters: Filters, zone: tzinfo) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if filters.act:
        conditions.append(AuditEntry.act == filters.act)
    if filters.person:
        conditions.append(_about(_person_id(session, filters.person)))
    if filters.subject:
        conditions.append(_on(*filters.subject_parts()))
    if filters.since:
        conditions.append(AuditEntry.at >= _start(date.fromisoformat(filters.since), zone))
    if filters.until:
        conditions.append(AuditEntry.at < _end(date.fromisoformat(filters.until), zone))
    return conditions


def _person_id(session: Session, pseudonym: str) -> int:
    """Also of those who are disabled; 0, which nobody has, where there is none of that name."""
    key = pseudonyms.key_of(pseudonym)
    return session.scalar(select(Person.id).where(Person.pseudonym_key == key)) or 0


def _about(person_id: int) -> ColumnElement[bool]:
    is_subject = and_(AuditEntry.subject_kind == "person", AuditEntry.subject_id == person_id)
    return or_(AuditEntry.actor_id == person_id, is_subject)


def _on(kind: str, number: int | None) -> ColumnElement[bool]:
    is_kind = AuditEntry.subject_kind == kind
    return is_kind if number is None else and_(is_kind, AuditEntry.subject_id == number)


def _start(day: date, zone: tzinfo) -> datetime:
    """The first moment of a day; the first and the last days that there are have no other zone."""
    try:
        return datetime.combine(day, time(), zone).astimezone(UTC)
    except OverflowError:
        return datetime.combine(day, time(), UTC)


def _end(day: date, zone: tzinfo) -> datetime:
    return datetime.max.replace(tzinfo=UTC) if day == date.max else _start(day + timedelta(1), zone)
