"""What web processes cost: the start until the first answer, and the memory that they hold."""

import time
from collections.abc import Sequence
from pathlib import Path

from hub.cli.measuring.figures import Figure, percentile
from hub.cli.measuring.web import WebProcess

MEGABYTE = 1024  # kilobytes, as the kernel counts
WARM_SHARE = 0.25
CLEAN_EVERY = 50


def measure_start(data: Path, question: str, rounds: int) -> list[Figure]:
    """From starting the process to having read the page with its first answer."""
    seconds = []
    for _ in range(rounds):
        start = time.perf_counter()
        with WebProcess(data) as web:
            web.ask(question)
            seconds.append(time.perf_counter() - start)
    return [Figure("start", "cold start to first answer", percentile(seconds, 50), "s", 5)]


def measure_memory(data: Path, questions: Sequence[str]) -> list[Figure]:
    """After some answers each. PSS counts a page that two processes share half for each."""
    with WebProcess(data) as one:
        _warm(one, questions)
        resident = held_by(one.process.pid, "Rss")
        alone = held_by(one.process.pid, "Pss")
        with WebProcess(data) as other:
            _warm(other, questions)
            both = held_by(one.process.pid, "Pss") + held_by(other.process.pid, "Pss")
    return [
        Figure("memory", "resident with the library", resident, "MB", 600),
        Figure("memory", "a second process adds", both - alone, "MB", 300),
    ]


def measure_growth(data: Path, questions: Sequence[str], count: int) -> list[Figure]:
    """How much more is resident after ``count`` questions than after the first quarter of them."""
    warm = max(1, int(count * WARM_SHARE))
    with WebProcess(data) as web:
        before = 0.0
        for number in range(count):
            web.ask(questions[number % len(questions)])
            if number + 1 == warm:
                before = held_by(web.process.pid, "Rss")
            if number % CLEAN_EVERY == 0:
                web.forget()
        grown = held_by(web.process.pid, "Rss") - before
    return [
        Figure("growth", "memory after the first quarter", grown, "MB", 10),
        Figure("growth", "questions", count, "questions"),
    ]


def held_by(process: int, kind: str) -> float:
    """Megabytes (Rss or Pss) of a process and everything that it started."""
    kilobytes = 0
    for number in [process, *descendants(process)]:
        try:
            lines = Path(f"/proc/{number}/smaps_rollup").read_text().splitlines()
        except OSError:  # ended meanwhile
            continue
        kilobytes += sum(int(line.split()[1]) for line in lines if line.startswith(f"{kind}:"))
    return kilobytes / MEGABYTE


def descendants(process: int) -> list[int]:
    found = []
    for children in Path(f"/proc/{process}/task").glob("*/children"):
        for child in map(int, children.read_text().split()):
            found += [child, *descendants(child)]
    return found


def _warm(web: WebProcess, questions: Sequence[str]) -> None:
    for question in questions[:10]:
        web.ask(question)
