"""Comma-separated values and their kin: one table."""

import csv
import io
from collections.abc import Iterator
from typing import BinaryIO

from indexer.parsers.canonical import PageBuilder
from indexer.parsers.encoding import decode
from indexer.parsers.limits import Limits
from indexer.parsers.parsed import ParsedDocument, UnreadableFile
from indexer.parsers.sniffing import CSV
from indexer.parsers.tables import TableWriter

_SEPARATORS = ",;\t|"
_SAMPLE = 20_000
_LONGEST_CELL = 1_000_000


class CsvParser:
    """Reads CSV in any encoding, separated by commas, semicolons, tabs or bars."""

    media_types: tuple[str, ...] = (CSV,)

    def __init__(self, limits: Limits | None = None) -> None:
        self._limits = limits or Limits()

    def parse(self, stream: BinaryIO) -> ParsedDocument:
        text = decode(self._limits.read(stream)).replace("\x00", " ").lstrip("\ufeff")
        self._limits.check_characters(len(text))
        page = PageBuilder()
        TableWriter(page, self._limits).rows(_rows(text))
        return ParsedDocument(pages=(page.page(1),), has_pages=False)


def _rows(text: str) -> Iterator[list[str]]:
    csv.field_size_limit(_LONGEST_CELL)
    try:
        yield from csv.reader(io.StringIO(text, newline=""), delimiter=_separator(text))
    except csv.Error as error:
        raise UnreadableFile("damaged", "no table of separated values") from error


def _separator(text: str) -> str:
    """The one that stands equally often in the first lines; a comma where none does."""
    lines = [line for line in text[:_SAMPLE].splitlines()[:50] if line.strip()]
    counts = {mark: [_outside_quotes(line, mark) for line in lines] for mark in _SEPARATORS}

    def evenness(mark: str) -> tuple[int, int]:
        usual = max(counts[mark], key=counts[mark].count, default=0)
        return (counts[mark].count(usual) if usual else 0, usual)

    return max(_SEPARATORS, key=evenness)


def _outside_quotes(line: str, mark: str) -> int:
    return sum(part.count(mark) for part in line.split('"')[::2])
