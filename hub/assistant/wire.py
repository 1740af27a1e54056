"""The events of an answer as the browser gets them.

They are read off the record, so what is sent live, sent again after a lost connection and rendered
on the page are the same parts in the same order. An event carries the number of the answer, its own
place in the sequence and what changes: ``lead`` and ``tail`` replace what stands there, ``quotes``
is added below the quotes that are there.
"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from flask import render_template
from flask_babel import get_locale

from hub.assistant import asker
from hub.assistant.models import Answer, AnswerState
from hub.assistant.presentation import ShownAnswer, shown_answer
from hub.assistant.wording import in_language
from hub.clock import now
from hub.community.beside import beside

FINAL_NAMES = {
    AnswerState.ANSWERED: "done",
    AnswerState.DECLINED: "declined",
    AnswerState.STOPPED: "stopped",
    AnswerState.FAILED: "failed",
}


@dataclass(frozen=True)
class WireEvent:
    name: str
    answer: int
    sequence: int
    language: str
    final: bool = False
    lead: str | None = None
    quotes: str | None = None
    tail: str | None = None

    def payload(self) -> dict[str, Any]:
        kept = asdict(self).items()
        return {key: value for key, value in kept if key != "name" and value is not None}


def events_after(answer: Answer, sequence: int) -> Iterator[WireEvent]:
    """What a browser that has everything up to ``sequence`` still lacks."""
    with in_language(answer.question.language):
        shown = shown_answer(answer, now(), asker.reader())
        events = list(_events(answer, shown, str(get_locale() or "en")))
    return (event for event in events if event.sequence > sequence)


def _events(answer: Answer, shown: ShownAnswer, language: str) -> Iterator[WireEvent]:
    sequence = 0
    if answer.found is not None:
        sequence += 1
        yield WireEvent("sources", answer.id, sequence, language, lead=shown.lead)
    for quote in shown.statements:
        sequence += 1
        part = None
        if quote is not None:
            part = render_template(
                "assistant/_quote.html", quote=quote, ordinal=answer.question.ordinal
            )
        yield WireEvent("statement", answer.id, sequence, language, quotes=part)
    if shown.state != AnswerState.RUNNING:
        yield WireEvent(
            FINAL_NAMES.get(answer.state, "failed"),
            answer.id,
            sequence + 1,
            language,
            final=True,
            lead=shown.lead,
            tail=render_template(
                "assistant/_tail.html",
                shown=shown,
                question=answer.question,
                beside=beside(answer, asker.reader()),
            ),
        )
