"""Every change to conversations. They flush; whoever calls them commits."""

import secrets
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from hub.assistant.models import Answer, AnswerState, Conversation, Question
from knowledge.answers import Answered, AnswerEvent, Declined, SourcesFound, StatementReady

TITLE_LENGTH = 80


def start_conversation(
    session: Session,
    owner: str,
    first_question: str,
    language: str,
    now: datetime,
    person_id: int | None = None,
) -> Conversation:
    conversation = Conversation(
        token=secrets.token_urlsafe(24),
        owner=owner,
        person_id=person_id,
        title=shortened(first_question),
        language=language,
        created_at=now,
    )
    session.add(conversation)
    session.flush()
    return conversation


def shortened(text: str) -> str:
    """The text on one line, cut between words where it is long."""
    line = " ".join(text.split())
    if len(line) <= TITLE_LENGTH:
        return line
    return line[: TITLE_LENGTH - 1].rsplit(" ", 1)[0] + "…"


def add_question(
    session: Session, conversation: Conversation, text: str, language: str, now: datetime
) -> Question:
    """The question with its answer, which runs from now on."""
    question = Question(
        conversation=conversation,
        ordinal=_next_ordinal(session, conversation),
        text=text,
        language=language,
        asked_at=now,
        answer=Answer(
            touched_at=now, state=AnswerState.RUNNING, statements=[], citations=[], nearest=[]
        ),
    )
    session.add(question)
    session.flush()
    return question


def _next_ordinal(session: Session, conversation: Conversation) -> int:
    """Two questions at once get two numbers: the second waits for the lock on the conversation."""
    of_this = Conversation.id == conversation.id
    session.execute(select(Conversation.id).where(of_this).with_for_update())
    asked = select(func.max(Question.ordinal)).where(Question.conversation_id == conversation.id)
    return (session.scalar(asked) or 0) + 1


def record(answer: Answer, event: AnswerEvent, now: datetime) -> None:
    """Adds one event to the answer."""
    answer.touched_at = now
    match event:
        case SourcesFound():
            answer.question.language = event.language
            answer.found = {"passages": event.passages, "titles": list(event.titles)}
        case StatementReady():
            _add_statement(answer, event)
        case Answered():
            finish(answer, AnswerState.ANSWERED, now)
            _keep_measures(answer, event)
        case Declined():
            answer.question.language = event.language
            answer.nearest = [asdict(citation) for citation in event.nearest]
            finish(answer, AnswerState.DECLINED, now, event.reason)
            _keep_measures(answer, event)


def _add_statement(answer: Answer, event: StatementReady) -> None:
    citation: dict[str, Any] = asdict(event.statement.citation)
    statement = {"text": event.statement.text, "citation": citation["n"]}
    answer.statements = [*answer.statements, statement]
    if all(known["n"] != citation["n"] for known in answer.citations):
        answer.citations = [*answer.citations, citation]


def _keep_measures(answer: Answer, event: Answered | Declined) -> None:
    answer.timings_ms = dict(event.timings_ms)
    answer.generation = event.generation


def finish(answer: Answer, state: AnswerState, now: datetime, reason: str = "") -> None:
    answer.state = state
    answer.reason = reason
    answer.finished_at = now


def stop(session: Session, answer: Answer, now: datetime) -> bool:
    """Ends a running answer; what answers it notices at its next event. False: it had ended."""
    stopped = session.execute(
        update(Answer)
        .where(Answer.id == answer.id, Answer.state == AnswerState.RUNNING)
        .values(state=AnswerState.STOPPED, finished_at=now, touched_at=now)
    )
    return bool(stopped.rowcount)  # type: ignore[attr-defined]


def delete(session: Session, conversation: Conversation) -> None:
    """Removes the conversation with all its questions and answers."""
    session.delete(conversation)
    session.flush()
