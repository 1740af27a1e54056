"""Lets the library answer a question and records each event as it comes.

A transaction is open only while one event is written, never while the library works. What is
recorded is all that anybody shows: the page, the socket and a page loaded later read the same row.
"""

import traceback
from collections.abc import Iterator
from pathlib import Path

import structlog
from sqlalchemy.orm import Session

from hub.assistant import operations
from hub.assistant.models import Answer, AnswerState, Question
from hub.clock import now
from hub.extensions import db
from hub.wiring import parts
from knowledge.access import Reader
from knowledge.answers import AnswerEvent

log = structlog.get_logger()


def answer_question(question: Question, reader: Reader) -> Iterator[Answer]:
    """The answer after each recorded event, the last time finished.

    Ends early when the reader has stopped the answer or deleted the conversation. Whatever goes
    wrong in the library is recorded as failed and logged without the question.
    """
    answer_id = question.answer.id
    try:
        events = parts().assistant.answer(question.text, reader, question.language)
        yield from _recorded_events(answer_id, events)
    except Exception as problem:
        log.error("answer failed", answer=answer_id, **fault_of(problem))
    failed = _fail_unless_finished(answer_id)
    if failed:
        yield failed


def fault_of(problem: BaseException) -> dict[str, str]:
    """What went wrong and where, without the message: it may repeat the question."""
    frames = traceback.extract_tb(problem.__traceback__)
    places = [f"{Path(frame.filename).name}:{frame.lineno}" for frame in frames]
    return {"fault": type(problem).__name__, "at": " ".join(places)}


def _recorded_events(answer_id: int, events: Iterator[AnswerEvent]) -> Iterator[Answer]:
    for event in events:
        answer = _record(answer_id, event)
        if answer is None:
            return
        yield answer
        if answer.finished_at:
            log.info("question answered", answer=answer_id, state=str(answer.state))
            return


def _record(answer_id: int, event: AnswerEvent) -> Answer | None:
    with Session(db.engine, expire_on_commit=False) as session, session.begin():
        answer = session.get(Answer, answer_id, with_for_update={"of": Answer})
        if answer and answer.state == AnswerState.RUNNING:
            operations.record(answer, event, now())
    return answer


def _fail_unless_finished(answer_id: int) -> Answer | None:
    with Session(db.engine, expire_on_commit=False) as session, session.begin():
        answer = session.get(Answer, answer_id, with_for_update={"of": Answer})
        if answer is None or answer.state != AnswerState.RUNNING:
            return None
        operations.finish(answer, AnswerState.FAILED, now())
    return answer
