"""Reads ``metadata.csv``, the list that may lie in a folder of documents.

Its columns are path (relative to the folder), title, type, language, date, status, publisher,
replaced_by, audience and mark (a sharing mark, for example TLP:AMBER); only path is needed. An
empty cell says nothing.
"""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from knowledge.access import mark_named
from knowledge.errors import MetadataRefused
from knowledge.metadata import Metadata, checked_path, shown, status_named

NAME = "metadata.csv"
COLUMNS = (
    "path", "title", "type", "language", "date", "status", "publisher", "replaced_by", "audience",
    "mark",
)  # fmt: skip
LARGEST = 10_000_000


@dataclass(frozen=True, slots=True)
class Problem:
    """A line that could not be used. ``line`` counts from 1; 0 means the whole file."""

    line: int
    cause: str


@dataclass(slots=True)
class MetadataList:
    """What the list says of each path, and the lines that could not be used."""

    by_path: dict[str, Metadata] = field(default_factory=dict)
    line_of: dict[str, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


def read_metadata(folder: Path) -> MetadataList | None:
    """The list in ``folder``, None where there is none. Never raises for what is in the file."""
    file = folder / NAME
    if not file.is_file():
        return None
    try:
        with file.open("rb") as stream:
            content = stream.read(LARGEST + 1)
        if len(content) > LARGEST:
            return _refused("is too large for a list")
        return parse_metadata(content.decode("utf-8-sig"))
    except UnicodeDecodeError:
        return _refused("is not in UTF-8")
    except OSError as error:
        return _refused(f"cannot be opened ({error.strerror})")


def parse_metadata(text: str) -> MetadataList:
    """The list in ``text``: usable lines are used, the others named with their line."""
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    found = MetadataList()
    try:
        header = reader.fieldnames or []
        if "path" not in header:
            return _refused("has no column “path” in its first line")
        for name in header:
            if name not in COLUMNS:
                found.problems.append(Problem(1, f"The column “{shown(name)}” is not known."))
        for line, row in _rows(reader):
            _read_row(found, line, row)
    except csv.Error as error:
        found.problems.append(Problem(reader.line_num, f"The list ends here: {error}."))
    return found


def _rows(reader: "csv.DictReader[str]") -> Iterator[tuple[int, dict[str | None, object]]]:
    for row in reader:
        yield reader.line_num, dict(row)


def _read_row(found: MetadataList, line: int, row: dict[str | None, object]) -> None:
    try:
        if None in row or None in row.values():
            raise MetadataRefused("It has not as many cells as the first line.")
        cells = {str(name): str(cell).strip() for name, cell in row.items() if cell}
        path = checked_path(cells.get("path", ""))
        if path in found.by_path:
            raise MetadataRefused(f"“{shown(path)}” stands in line {found.line_of[path]} already.")
        found.by_path[path] = _metadata(cells)
        found.line_of[path] = line
    except MetadataRefused as problem:
        found.problems.append(Problem(line, str(problem)))


def _metadata(cells: dict[str, str]) -> Metadata:
    status, mark = cells.get("status"), cells.get("mark")
    return Metadata(
        title=cells.get("title") or None,
        type=cells.get("type") or None,
        language=cells.get("language") or None,
        date=cells.get("date") or None,
        status=status_named(status) if status else None,
        publisher=cells.get("publisher") or None,
        replaced_by=cells.get("replaced_by") or None,
        audience=cells.get("audience") or None,
        mark=mark_named(mark) if mark else None,
    )


def _refused(cause: str) -> MetadataList:
    return MetadataList(problems=[Problem(0, f"The list {cause}.")])
