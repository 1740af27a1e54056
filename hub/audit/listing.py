"""The page of the audit log: the fields of its filter bar, and its rows in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import url_for
from flask_babel import gettext as _

from hub.audit import words
from hub.audit.filters import Filters
from hub.audit.queries import Line
from hub.filter_bar import Field


@dataclass(frozen=True, slots=True)
class Row:
    """``actor_url`` and ``subject_url`` lead to people; "" where there is none."""

    number: int
    at: datetime
    act: str
    actor: str
    actor_url: str
    subject: str
    subject_url: str
    before: str
    after: str
    reason: str


def filter_fields(filters: Filters, acts: Sequence[str]) -> list[Field]:
    named = sorted((words.act_name(act), act) for act in {*acts, filters.act} if act)
    options = (("", _("All")), *((act, name) for name, act in named))
    return [
        Field("act", _("Act"), filters.act, "select", options),
        Field("person", _("Person (pseudonym)"), filters.person, "search"),
        Field("subject", _("Subject, such as document 12"), filters.subject, "search"),
        Field("since", _("From"), filters.since, "date"),
        Field("until", _("To"), filters.until, "date"),
    ]


def row(line: Line) -> Row:
    entry = line.entry
    is_person = entry.subject_kind == "person" and line.subject is not None
    return Row(
        number=entry.id,
        at=entry.at,
        act=words.act_name(entry.act),
        actor=line.actor or words.actor_name(entry.actor),
        actor_url=_person_url(entry.actor_id),
        subject=words.subject_name(entry.subject_kind, entry.subject_id, line.subject),
        subject_url=_person_url(entry.subject_id) if is_person else "",
        before=words.state(entry.before),
        after=words.state(entry.after),
        reason=entry.reason,
    )


def _person_url(person_id: int | None) -> str:
    return "" if person_id is None else url_for("desk.person", person_id=person_id)
