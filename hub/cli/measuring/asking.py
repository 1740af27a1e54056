"""How long readers wait for an answer, over the library as it stands."""

import time
from collections.abc import Sequence
from statistics import median

from hub.cli.measuring.figures import Figure, percentile
from knowledge.access import ANYONE
from knowledge.answering import Assistant
from knowledge.answers import Answered, Declined


def measure_answers(assistant: Assistant, questions: Sequence[str], rounds: int) -> list[Figure]:
    """Asks every question once unmeasured and then in ``rounds``; the median of a question's
    rounds counts."""
    firsts: dict[str, list[float]] = {question: [] for question in questions}
    wholes: dict[str, list[float]] = {question: [] for question in questions}
    stations: dict[str, list[float]] = {}
    for turn in range(rounds + 1):
        for question in questions:
            first, whole, laps = _ask(assistant, question)
            if turn:
                firsts[question].append(first)
                wholes[question].append(whole)
                for station, lap in laps.items():
                    stations.setdefault(station, []).append(lap)
    first_event = [median(times) for times in firsts.values() if times]
    complete = [median(times) for times in wholes.values() if times]
    return [
        Figure("answers", "complete, p50", percentile(complete, 50), "ms", 150),
        Figure("answers", "complete, p95", percentile(complete, 95), "ms", 400),
        Figure("answers", "first event, p95", percentile(first_event, 95), "ms", 100),
        *(Figure("answers", f"{name}, p50", median(laps), "ms") for name, laps in stations.items()),
        Figure("answers", "questions", len(questions), "questions"),
    ]


def _ask(assistant: Assistant, question: str) -> tuple[float, float, dict[str, float]]:
    """Milliseconds to the first event and to the last, and those of the stations."""
    start = time.perf_counter()
    first, laps = 0.0, {}
    for event in assistant.answer(question, ANYONE, "en"):
        first = first or time.perf_counter()
        if isinstance(event, Answered | Declined):
            laps = event.timings_ms
    end = time.perf_counter()
    return ((first or end) - start) * 1000, (end - start) * 1000, laps
