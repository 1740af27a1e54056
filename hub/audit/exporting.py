"""The audit log as a file, a line at a time."""

import csv
import io
import json
from collections.abc import Callable, Iterator
from typing import Any

from hub.audit.queries import Line

COLUMNS = (
    *("id", "at", "act", "actor_id", "actor", "subject_kind", "subject_id", "subject"),
    *("before", "after", "reason", "previous_hash", "key_mark", "hash"),
)
# A spreadsheet takes a cell that begins so for a formula, and some do so after white space.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "＝", "＋", "－", "＠")
MEDIA_TYPES = {"csv": "text/csv", "jsonl": "application/jsonl"}


def as_csv(lines: Iterator[Line]) -> Iterator[str]:
    yield _csv_row(COLUMNS)
    for line in lines:
        yield _csv_row([_cell(value) for value in _values(line).values()])


def as_jsonl(lines: Iterator[Line]) -> Iterator[str]:
    for line in lines:
        yield json.dumps(_values(line), ensure_ascii=False) + "\n"


WRITERS: dict[str, Callable[[Iterator[Line]], Iterator[str]]] = {"csv": as_csv, "jsonl": as_jsonl}


def _values(line: Line) -> dict[str, Any]:
    """The columns in their order; people by number and by pseudonym."""
    entry = line.entry
    named = {
        "at": entry.at.isoformat(timespec="microseconds"),
        "actor": line.actor or entry.actor,
        "subject": line.subject or "",
    }
    return {name: named.get(name, getattr(entry, name, None)) for name in COLUMNS}


def _cell(value: Any) -> str:
    """Text that no spreadsheet runs."""
    if isinstance(value, dict):
        value = json.dumps(value, sort_keys=True)
    text = "" if value is None else str(value)
    return f"'{text}" if text.lstrip(" ").startswith(FORMULA) else text


def _csv_row(values: Any) -> str:
    row = io.StringIO()
    csv.writer(row).writerow(values)
    return row.getvalue()
