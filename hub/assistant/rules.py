"""What may be asked, and what may be done with an answer. Pure predicates."""

from datetime import datetime, timedelta
from enum import StrEnum

from hub.assistant.models import Answer, AnswerState
from hub.config import MAX_QUESTION_LENGTH
from hub.texts import is_readable

SILENCE_BEFORE_INTERRUPTED = timedelta(seconds=60)


class QuestionProblem(StrEnum):
    EMPTY = "empty"
    TOO_LONG = "too long"
    UNREADABLE = "unreadable characters"
    NO_WORDS = "no words"


def question_problem(text: str) -> QuestionProblem | None:
    """What keeps a tidied text from being asked, None when nothing does."""
    if not text:
        return QuestionProblem.EMPTY
    if len(text) > MAX_QUESTION_LENGTH:
        return QuestionProblem.TOO_LONG
    if not is_readable(text, lines=True):
        return QuestionProblem.UNREADABLE
    if not any(map(str.isalnum, text)):
        return QuestionProblem.NO_WORDS
    return None


def is_running(answer: Answer, now: datetime) -> bool:
    silent_for = now - answer.touched_at
    return answer.state == AnswerState.RUNNING and silent_for < SILENCE_BEFORE_INTERRUPTED


def is_interrupted(answer: Answer, now: datetime) -> bool:
    """Whether the process that answered has ended in the middle."""
    return answer.state == AnswerState.RUNNING and not is_running(answer, now)


def can_ask_again(answer: Answer, now: datetime) -> bool:
    """Also where it was answered: the library may hold more by now."""
    return not is_running(answer, now)
