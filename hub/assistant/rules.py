"""What may be asked, and what may be done with an answer. Pure predicates."""

import unicodedata
from datetime import datetime, timedelta
from enum import StrEnum

from hub.assistant.models import Answer, AnswerState
from hub.config import MAX_QUESTION_LENGTH

SILENCE_BEFORE_INTERRUPTED = timedelta(seconds=60)
LINE_CHARACTERS = "\n\t"
# They turn the writing direction around and can make a page read as something it does not say.
DIRECTION_CHARACTERS = frozenset(map(chr, (*range(0x202A, 0x202F), *range(0x2066, 0x206A))))


class QuestionProblem(StrEnum):
    EMPTY = "empty"
    TOO_LONG = "too long"
    UNREADABLE = "unreadable characters"
    NO_WORDS = "no words"


def tidied(text: str) -> str:
    """The question as it is kept: composed characters, plain line ends, nothing around it."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return unicodedata.normalize("NFC", lines).strip()


def question_problem(text: str) -> QuestionProblem | None:
    """What keeps a tidied text from being asked, None when nothing does."""
    if not text:
        return QuestionProblem.EMPTY
    if len(text) > MAX_QUESTION_LENGTH:
        return QuestionProblem.TOO_LONG
    if any(map(_is_unreadable, text)):
        return QuestionProblem.UNREADABLE
    if not any(map(str.isalnum, text)):
        return QuestionProblem.NO_WORDS
    return None


def _is_unreadable(character: str) -> bool:
    if character in LINE_CHARACTERS:
        return False
    return character in DIRECTION_CHARACTERS or unicodedata.category(character) in ("Cc", "Cs")


def is_running(answer: Answer, now: datetime) -> bool:
    silent_for = now - answer.touched_at
    return answer.state == AnswerState.RUNNING and silent_for < SILENCE_BEFORE_INTERRUPTED


def is_interrupted(answer: Answer, now: datetime) -> bool:
    """Whether the process that answered has ended in the middle."""
    return answer.state == AnswerState.RUNNING and not is_running(answer, now)


def can_ask_again(answer: Answer, now: datetime) -> bool:
    """Also where it was answered: the library may hold more by now."""
    return not is_running(answer, now)
