"""Stand-ins for what is outside, or slow, or broken on purpose."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from knowledge.access import Reader
from knowledge.answering import Assistant
from knowledge.answers import (
    Answered,
    AnswerEvent,
    Citation,
    Declined,
    DeclineReason,
    SourcesFound,
    Statement,
    StatementReady,
)

CITATION = Citation(
    n=1,
    document_id=1,
    document="law/act.md",
    title="The <Act>",
    type="regulation",
    status="in force",
    date="2024-06-13",
    publisher="Union",
    language="en",
    version=1,
    page=55,
    printed_page="52",
    section=("Chapter II", "Article 5"),
    start=10,
    end=40,
    quote="Real-time use\nis prohibited.",
)


def quoted(n: int, text: str, **changes: Any) -> StatementReady:
    """A statement whose citation is ``CITATION`` with these changes."""
    return StatementReady(Statement(text, replace(CITATION, n=n, quote=text, **changes)))


def an_answer(statements: int = 2) -> list[AnswerEvent]:
    said = [
        quoted(n, f"Sentence {n} of the act.", start=n * 100, end=n * 100 + 24)
        for n in range(1, statements + 1)
    ]
    return [SourcesFound("en", 8, ("The <Act>",)), *said, Answered({"search": 3.5}, 7)]


def a_refusal(reason: DeclineReason = DeclineReason.NOT_IN_LIBRARY) -> list[AnswerEvent]:
    return [SourcesFound("en", 8, ("The <Act>",)), Declined(reason, "en", (CITATION,), {}, 7)]


class ScriptedAssistant:
    """Says what it was told to say. A callable in the script is called when its turn comes: it may
    wait, raise, or look at what has been recorded so far."""

    def __init__(self, script: Sequence[AnswerEvent | Callable[[], object]]) -> None:
        self.script = script
        self.asked: list[str] = []

    def answer(
        self, question: str, reader: Reader, likely_language: str = ""
    ) -> Iterator[AnswerEvent]:
        self.asked.append(question)
        for step in self.script:
            if callable(step):
                step()
            else:
                yield step


class UnhurriedAssistant:
    """The real assistant, with a pause before each event where the question holds ``PAUSE``."""

    PAUSE = "slowly"

    def __init__(self, assistant: Assistant, seconds: float = 1.0) -> None:
        self.assistant, self.seconds = assistant, seconds

    def answer(
        self, question: str, reader: Reader, likely_language: str = ""
    ) -> Iterator[AnswerEvent]:
        plainly = question.replace(self.PAUSE, "")
        for event in self.assistant.answer(plainly, reader, likely_language):
            if plainly != question:
                time.sleep(self.seconds)
            yield event
