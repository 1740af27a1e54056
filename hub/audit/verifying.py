"""Checks the chain of the audit log from its first entry to its last."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Row, String, Text, cast, select, type_coerce
from sqlalchemy.orm import Session

from hub.audit.chain import COVERED, START, Head, Key, hash_of
from hub.audit.models import AuditEntry

ROWS_AT_ONCE = 1_000


class Fault(StrEnum):
    CHANGED = "changed"
    MISSING = "missing"
    BROKEN = "broken"
    OTHER_KEY = "other key"
    CUT_OFF = "cut off"
    OTHER_HEAD = "other head"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong with the entries ``first`` to ``last``."""

    fault: Fault
    first: int
    last: int


@dataclass
class Check:
    """What was found so far, and the last entry that was looked at."""

    keys: Mapping[str, Key]
    noted: Head | None
    head: Head = field(default=Head(0, START))
    count: int = 0
    findings: list[Finding] = field(default_factory=list)

    @property
    def is_whole(self) -> bool:
        return not self.findings

    def look_at(self, fields: Mapping[str, Any], stored: str) -> None:
        number = fields["id"]
        expected = self.head.number + 1
        if number > expected:
            self._found(Fault.MISSING, expected, number - 1)
        elif number < expected or fields["previous_hash"] != self.head.hash:
            self._found(Fault.BROKEN, number)
        self._look_inside(fields, stored)
        if self.noted and self.noted.number == number and self.noted.hash != stored:
            self._found(Fault.OTHER_HEAD, number)
        self.head = Head(number, stored)
        self.count += 1

    def finish(self) -> None:
        if self.noted and self.noted.number > self.head.number:
            self._found(Fault.CUT_OFF, self.head.number + 1, self.noted.number)

    def _look_inside(self, fields: Mapping[str, Any], stored: str) -> None:
        key = self.keys.get(fields["key_mark"])
        if key is None:
            self._found(Fault.OTHER_KEY, fields["id"])
        elif _hash_of(key, fields) != stored:
            self._found(Fault.CHANGED, fields["id"])

    def _found(self, fault: Fault, first: int, last: int | None = None) -> None:
        """Neighbours with the same fault are one finding."""
        last = first if last is None else last
        for place, known in enumerate(self.findings[-2:], max(len(self.findings) - 2, 0)):
            if known.fault == fault and known.last == first - 1:
                self.findings[place] = replace(known, last=last)
                return
        self.findings.append(Finding(fault, first, last))


def verify(session: Session, keys: Sequence[Key], head: Head | None = None) -> Check:
    """Reads the whole log, some rows at a time. ``keys``: the present one, and former ones that
    entries were made with. ``head`` is one that was noted earlier."""
    check = Check({key.mark: key for key in keys}, head)
    for fields, stored in _entries(session):
        check.look_at(fields, stored)
    check.finish()
    return check


def _entries(session: Session) -> Iterator[tuple[dict[str, Any], str]]:
    """Each entry as it stands in the database, also where that makes no sense any more."""
    is_sqlite = session.connection().dialect.name == "sqlite"
    at = type_coerce(AuditEntry.at, String) if is_sqlite else AuditEntry.at
    raw = {
        **{name: getattr(AuditEntry, name) for name in COVERED},
        "at": at,
        "before": cast(AuditEntry.before, Text),
        "after": cast(AuditEntry.after, Text),
    }
    columns = [column.label(name) for name, column in raw.items()]
    query = select(*columns, AuditEntry.hash.label("hash")).order_by(AuditEntry.id)
    rows: Iterable[Row[Any]] = session.execute(query.execution_options(yield_per=ROWS_AT_ONCE))
    for row in rows:
        fields = dict(row._mapping)
        yield fields, fields.pop("hash")


def _hash_of(key: Key, fields: Mapping[str, Any]) -> str:
    """The hash that the entry should have; "" where it holds what was never written by us."""
    try:
        states = {name: _parsed(fields[name]) for name in ("before", "after")}
        return hash_of(key, {**fields, **states, "at": _moment(fields["at"])})
    except (TypeError, ValueError, AttributeError):
        return ""


def _parsed(text: str | None) -> Any:
    return None if text is None else json.loads(text)


def _moment(value: Any) -> datetime:
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
