"""Tesseract, the program that reads pictures of text, where the machine has it."""

import csv
import itertools
import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

# The languages of the European Union by the names that Tesseract gives them.
LANGUAGES = {
    "bg": "bul", "cs": "ces", "da": "dan", "de": "deu", "el": "ell", "en": "eng", "es": "spa",
    "et": "est", "fi": "fin", "fr": "fra", "ga": "gle", "hr": "hrv", "hu": "hun", "it": "ita",
    "lt": "lit", "lv": "lav", "mt": "mlt", "nl": "nld", "pl": "pol", "pt": "por", "ro": "ron",
    "sk": "slk", "sl": "slv", "sv": "swe",
}  # fmt: skip
ORIENTATION = "osd"  # not a language: finds out how a page has been turned
_COLUMNS = 12
_LINE, _WORD = "4", "5"


@dataclass(frozen=True, slots=True)
class RecognisedWord:
    """``box`` is (left, top, right, bottom) in pixels, ``confidence`` goes from 0 to 100."""

    text: str
    box: tuple[float, float, float, float]
    confidence: float


@dataclass(frozen=True, slots=True)
class RecognisedLine:
    words: tuple[RecognisedWord, ...]
    box: tuple[float, float, float, float]


class RecognitionFailed(Exception):
    """Tesseract gave nothing for a picture: it took too long, or ended with an error."""


@cache
def installed_languages() -> frozenset[str]:
    """What Tesseract can read here, in its own names; empty where it is not installed."""
    if shutil.which("tesseract") is None:
        return frozenset()
    try:
        told = _run(["--list-langs"], b"", 20)
    except RecognitionFailed:
        return frozenset()
    return frozenset(line.strip() for line in told.splitlines()[1:] if line.strip())


def recognised_lines(
    picture: bytes, resolution: int, language: str, seconds: float
) -> list[RecognisedLine]:
    """The lines of a ``picture`` (a file that Tesseract can open) in reading order.

    ``resolution`` is in dots per inch, ``language`` one or more of `installed_languages` joined
    by "+". Raises: RecognitionFailed.
    """
    layout = "1" if ORIENTATION in installed_languages() else "3"
    asked = ["--psm", layout, "--dpi", str(resolution), "-l", language, "tsv"]
    table = _run(["stdin", "stdout", *asked], picture, seconds)
    return list(_lines(table))


def _run(arguments: list[str], given: bytes, seconds: float) -> str:
    try:
        done = subprocess.run(
            [*_tied(), "tesseract", *arguments],
            input=given,
            capture_output=True,
            timeout=seconds,
            env={**os.environ, "OMP_THREAD_LIMIT": "1"},
            check=True,
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise RecognitionFailed(type(error).__name__) from error
    return done.stdout.decode("utf-8", "replace")


@cache
def _tied() -> tuple[str, ...]:
    """Lets the kernel end the program together with the process that has started it."""
    return ("setpriv", "--pdeathsig", "KILL", "--") if shutil.which("setpriv") else ()


def _lines(table: str) -> Iterator[RecognisedLine]:
    rows = csv.reader(table.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE)
    whole = [row for row in rows if len(row) == _COLUMNS and row[0] in (_LINE, _WORD)]
    for _place, grouped in itertools.groupby(whole, key=lambda row: row[1:5]):
        group = list(grouped)
        box = next((_box(row) for row in group if row[0] == _LINE), None)
        words = tuple(word for row in group if row[0] == _WORD and (word := _word(row)))
        if box is not None and words:
            yield RecognisedLine(words, box)


def _word(row: list[str]) -> RecognisedWord | None:
    text = row[11].strip()
    return RecognisedWord(text, _box(row), float(row[10])) if text else None


def _box(row: list[str]) -> tuple[float, float, float, float]:
    left, top, width, height = map(float, row[6:10])
    return left, top, left + width, top + height
