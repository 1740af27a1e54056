"""The messy files of the shared test data, with what their list says of each."""

import csv
import os
import re
from dataclasses import dataclass
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]
MESSY = Path(os.environ.get("HUB_TEST_DATA", CHECKOUT.parent / "shared")) / "files"
FEWEST = 59


@dataclass(frozen=True)
class Messy:
    """A file; ``expect`` is a word of its README, ``must_contain`` words of its text."""

    path: str
    expect: str
    must_contain: str
    pages: int | None

    @property
    def file(self) -> Path:
        return MESSY / self.path

    @property
    def may_be_text(self) -> bool:
        return "text" in self.expect

    @property
    def must_be_text(self) -> bool:
        return self.expect == "text"


def rows() -> list[Messy]:
    """All rows; none where the test data are not here."""
    if not (MESSY / "manifest.tsv").is_file():
        return []
    with (MESSY / "manifest.tsv").open(encoding="utf-8", newline="") as table:
        return [
            Messy(
                row["path"],
                row["expect"],
                row["must_contain"],
                int(row["pages"]) if row["pages"].isdecimal() else None,
            )
            for row in csv.DictReader(table, delimiter="\t")
        ]


def parameters() -> list[object]:
    """For ``parametrize``; without the test data one that says so, and fails under CI=true."""
    found = rows()
    if found:
        return [pytest.param(row, id=row.path) for row in found]
    reason = f"the messy files are not here ({MESSY}); set HUB_TEST_DATA to their folder's parent"
    marks = () if os.environ.get("CI") == "true" else pytest.mark.skip(reason=reason)
    return [pytest.param(None, id="no messy files", marks=marks)]


def plain(text: str) -> str:
    """As the list's README compares: lower case, words only, single spaces."""
    return " ".join(re.findall(r"\w+", text.lower()))
