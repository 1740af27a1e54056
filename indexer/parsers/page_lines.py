"""Printed page numbers in texts extracted from paged documents.

"58/144", "L 119/67" beside a running title, a number alone on its line, or form feeds. A line is a
page line when the same wording returns many times with a number that counts up: that is what no
ordinary line does.
"""

import itertools
import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from indexer.parsers.headings import contents_cells, is_contents_line, legal_heading

_NUMBER = re.compile(r"(?<![\d.,])\d{1,4}(?![\d.,])")
_LONGEST = 120
_FEWEST = 4
_FEWEST_ALIKE = 3
_MOST_RUNNING = 4
FORM_FEED = "\f"


@dataclass(frozen=True, slots=True)
class PageOfLines:
    label: str | None
    lines: Sequence[str]


@dataclass(frozen=True, slots=True)
class _PageLine:
    place: int
    number: int


def split_pages(text: str) -> list[PageOfLines]:
    """The pages of ``text`` without their page lines and running lines; one page if it has none."""
    if text.strip(FORM_FEED + "\n ").count(FORM_FEED):
        parts = text.strip(FORM_FEED).split(FORM_FEED)
        return [PageOfLines(None, part.split("\n")) for part in parts]
    lines = text.split("\n")
    marks = _page_lines(lines)
    if not marks:
        return [PageOfLines(None, lines)]
    running = _running_lines(lines, marks)
    cuts = _cut(lines, marks, running)
    return [page for page in cuts if any(line.strip() for line in page.lines)]


def _page_lines(lines: Sequence[str]) -> list[_PageLine]:
    """The longest run of lines whose numbers count up; odd and even pages may differ in wording."""
    found: dict[str, list[_PageLine]] = defaultdict(list)
    for place, line in enumerate(lines):
        if line.strip() and len(line) <= _LONGEST and not _is_note_number(lines, place):
            for match in _NUMBER.finditer(line):
                wording = line[: match.start()].strip() + "#" + line[match.end() :].strip()
                found[wording].append(_PageLine(place, int(match.group())))
    runs = {
        wording: run for wording, marks in found.items() if (run := _counting(marks, _FEWEST_ALIKE))
    }
    spoken = [mark for wording, run in runs.items() if len(wording) > 3 for mark in run]
    best = _counting(sorted(spoken, key=lambda mark: mark.place))
    return best if len(best) >= _FEWEST else _steady(runs.get("#", []))


def _is_note_number(lines: Sequence[str], place: int) -> bool:
    """The "1" of a footnote sign that the extraction broke into "(", "1" and ")"."""
    line = lines[place].strip()
    before = lines[place - 1].rstrip() if place else ""
    return legal_heading(line) is not None or (len(line) <= 4 and before.endswith("("))


def _counting(marks: Sequence[_PageLine], fewest: int = _FEWEST) -> list[_PageLine]:
    """The longest strictly rising part of ``marks``, [] where it does not count page by page."""
    tails: list[int] = []
    ends: list[int] = []
    previous: list[int] = []
    for place, mark in enumerate(marks):
        slot = bisect_left(tails, mark.number)
        tails[slot : slot + 1] = [mark.number]
        ends[slot : slot + 1] = [place]
        previous.append(ends[slot - 1] if slot else -1)
    run: list[_PageLine] = []
    place = ends[-1] if ends else -1
    while place >= 0:
        run.append(marks[place])
        place = previous[place]
    run.reverse()
    return run if len(run) >= fewest and _counts_steadily(run) else []


def _counts_steadily(run: Sequence[_PageLine]) -> bool:
    steps = [after.number - before.number for before, after in itertools.pairwise(run)]
    apart = (run[-1].place - run[0].place) / (len(run) - 1)
    return sum(step <= 2 for step in steps) >= 0.8 * len(steps) and apart >= 8


def _steady(run: Sequence[_PageLine]) -> list[_PageLine]:
    """Lone numbers prove less than a running title: most pages must be there, one by one."""
    if len(run) < 2 * _FEWEST:
        return []
    return list(run) if len(run) >= 0.5 * (run[-1].number - run[0].number + 1) else []


def _running_lines(lines: Sequence[str], marks: Sequence[_PageLine]) -> set[str]:
    """Wordings that stand right beside the page lines again and again."""
    beside: Counter[str] = Counter()
    for mark in marks:
        near = lines[max(0, mark.place - _MOST_RUNNING) : mark.place + 2]
        beside.update({_wording(line) for line in near if len(line) <= _LONGEST and _says(line)})
    everywhere = Counter(_wording(line) for line in lines)
    enough = max(3, min(0.03 * len(marks), 8))
    return {
        wording
        for wording, count in beside.items()
        if count >= enough and count >= 0.6 * everywhere[wording] and legal_heading(wording) is None
    }


def _says(line: str) -> bool:
    """The "(" of a footnote's sign stands alone on its line in some texts, and runs nowhere."""
    return any(map(str.isalnum, line))


def _wording(line: str) -> str:
    return _NUMBER.sub("#", " ".join(line.split()))


def _cut(lines: Sequence[str], marks: Sequence[_PageLine], running: set[str]) -> list[PageOfLines]:
    opens = _open_their_page(lines, marks)
    pages: list[PageOfLines] = []
    start, label = 0, None
    for mark in marks:
        body = _without_running(lines[start : mark.place], running)
        pages.append(PageOfLines(label if opens else str(mark.number), body))
        start, label = mark.place + 1, str(mark.number)
    rest = _without_running(lines[start:], running, at_end=False)
    pages.append(PageOfLines(label if opens else None, rest))
    return pages


def _without_running(lines: Sequence[str], running: set[str], at_end: bool = True) -> list[str]:
    """Cut running lines from the edges of a page, where alone they are running lines."""
    kept = list(lines)
    tail = range(max(0, len(kept) - _MOST_RUNNING), len(kept)) if at_end else range(0)
    drop = {place for place in tail if _wording(kept[place]) in running}
    drop |= {place for place in range(min(1, len(kept))) if _wording(kept[place]) in running}
    return [line for place, line in enumerate(kept) if place not in drop]


def _open_their_page(lines: Sequence[str], marks: Sequence[_PageLine]) -> bool:
    """Whether a page line stands before its page: the table of contents knows."""
    if not any(line.strip() for line in lines[: marks[0].place]):
        return True
    votes = 0
    numbers = {mark.number: place for place, mark in enumerate(marks)}
    for line in lines:
        if is_contents_line(line) and len(cells := contents_cells(line)) == 2:
            place = numbers.get(int(cells[1])) if cells[1].isdecimal() else None
            votes += _vote(lines, marks, place, _letters(cells[0])) if place is not None else 0
    return votes > 0


def _vote(lines: Sequence[str], marks: Sequence[_PageLine], place: int, title: str) -> int:
    """+1 where ``title`` stands after its page number, -1 where it stands before."""
    if len(title) < 6:
        return 0
    here = marks[place].place
    before = marks[place - 1].place if place else 0
    after = marks[place + 1].place if place + 1 < len(marks) else len(lines)
    is_after = title in _letters("".join(lines[here:after]))
    return is_after - (title in _letters("".join(lines[before:here])))


def _letters(text: str) -> str:
    return "".join(character for character in text.casefold() if character.isalnum())
