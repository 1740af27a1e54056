"""The file with everything that is kept of a person."""

import json
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from hub.accounts.models import Person
from hub.own_data.declared import TRACES
from hub.own_data.queries import whose
from hub.own_data.traces import Trace, Whose


def everything_about(session: Session, person: Person, now: datetime) -> dict[str, Any]:
    """What the file holds: each way in which a table knows the person, with the rows."""
    theirs = whose(session, person)
    return {
        "person": person.id,
        "made_at": now,
        "kept": [_of_trace(session, trace, theirs) for trace in TRACES],
    }


def as_file(content: dict[str, Any]) -> bytes:
    """JSON in UTF-8, for people to read and for programs to take over."""
    text = json.dumps(content, ensure_ascii=False, indent=2, default=_spelled)
    return (text + "\n").encode()


def _of_trace(session: Session, trace: Trace, theirs: Whose) -> dict[str, Any]:
    rows = session.execute(trace.rows(theirs)).mappings()
    return {
        "table": trace.table,
        "found_by": trace.by,
        "what": str(trace.topic.what),
        "why": str(trace.topic.why),
        "how_long": str(trace.topic.how_long),
        "left_out": {column: str(why) for column, why in trace.left_out.items()},
        "rows": [dict(row) for row in rows],
    }


def _spelled(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no place in the file")
