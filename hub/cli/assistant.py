"""flask assistant: ask the library from the terminal."""

import json
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

import click
from flask import current_app
from flask.cli import AppGroup

from hub.assistant import operations, plain_text, presentation, rules, wording
from hub.assistant.models import Answer, AnswerState, Question
from hub.cli import calibration, guard, questions
from hub.clock import now
from hub.config import LANGUAGES
from hub.library.links import citation_url
from hub.texts import tidied
from hub.wiring import parts
from knowledge.access import ANYONE
from knowledge.answers import AnswerEvent
from knowledge.errors import IndexDamaged, ModelUnavailable

CITATION_FIELDS = (
    *("n", "document", "title", "status", "version", "page", "printed_page"),
    *("section", "place", "start", "end", "quote", "is_recognised", "is_older"),
)
commands = AppGroup("assistant", help="Ask the library.", short_help="Ask the library.")
commands.add_command(questions.evaluate)
commands.add_command(calibration.calibrate)
commands.add_command(guard.commands)


@commands.command("ask")
@click.argument("question")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option(
    "--language",
    type=click.Choice(list(LANGUAGES)),
    default="en",
    help="Of the hub's own sentences, where the question's language is not clear.",
)
def ask(question: str, as_json: bool, language: str) -> None:
    """Answer QUESTION with sentences from the library, each with its source.

    Also a question that the library does not answer ends with status 0.
    """
    # Sentences and addresses are made as for a page at the root of a site.
    with current_app.test_request_context(), wording.in_language(language):
        answer = _answered(_askable(question), language)
        click.echo(_as_json(answer) if as_json else _as_text(answer).rstrip())


def _askable(question: str) -> str:
    text = tidied(question)
    problem = rules.question_problem(text)
    if problem:
        raise click.ClickException(wording.question_problem(problem))
    return text


def _answered(text: str, language: str) -> Answer:
    """The answer, in memory only: nothing that is asked here is kept."""
    events: Iterable[AnswerEvent] = parts().assistant.answer(text, ANYONE, language)
    answer = Answer(
        state=AnswerState.RUNNING,
        reason="",
        statements=[],
        citations=[],
        nearest=[],
        timings_ms={},
        generation=0,
        touched_at=now(),
        question=Question(text=text, language=language),
    )
    try:
        for event in events:
            operations.record(answer, event, now())
    except (IndexDamaged, ModelUnavailable) as problem:
        raise click.ClickException(str(problem)) from problem
    return answer


def _as_text(answer: Answer) -> str:
    with wording.in_language(answer.question.language):
        shown = presentation.shown_answer(answer, now(), ANYONE)
        return plain_text.answer_text(answer.question.text, shown)


def _as_json(answer: Answer) -> str:
    return json.dumps(
        {
            "question": answer.question.text,
            "language": answer.question.language,
            "answered": answer.state == AnswerState.ANSWERED,
            "reason": answer.reason,
            "statements": answer.statements,
            "citations": [_citation(fields) for fields in answer.citations],
            "nearest": [_citation(fields) for fields in answer.nearest],
            "timings_ms": answer.timings_ms,
            "generation": answer.generation,
        },
        ensure_ascii=False,
        indent=2,
    )


def _citation(fields: dict[str, Any]) -> dict[str, Any]:
    citation = presentation.recorded_citation(fields)
    shown = asdict(citation)
    return {name: shown[name] for name in CITATION_FIELDS} | {"url": citation_url(citation)}
