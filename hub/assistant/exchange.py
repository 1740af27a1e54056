"""One question with its answer, as a part of the page."""

from flask import render_template, url_for
from flask_babel import get_locale
from markupsafe import Markup

from hub.assistant import asker, rules
from hub.assistant.models import Answer, AnswerState, Question
from hub.assistant.presentation import shown_answer
from hub.assistant.wording import in_language
from hub.clock import now
from hub.community.beside import beside


def address_of(question: Question) -> str:
    token = question.conversation.token
    return url_for("assistant.conversation", token=token, _anchor=f"answer-{question.ordinal}")


def exchange_part(question: Question) -> Markup:
    """The exchange in the language of the question; the same part on the page and on the socket."""
    with in_language(question.language):
        return Markup(  # noqa: S704 (a template has escaped what it shows)
            render_template(
                "assistant/_exchange.html",
                question=question,
                shown=shown_answer(question.answer, now(), asker.reader()),
                beside=beside(question.answer, asker.reader()),
                sequence=sequence_of(question.answer),
                language=str(get_locale() or "en"),
            )
        )


def sequence_of(answer: Answer) -> int:
    """The place of the newest event: sources are 1, the statements follow, then the end."""
    has_ended = answer.state != AnswerState.RUNNING or rules.is_interrupted(answer, now())
    return int(answer.found is not None) + len(answer.statements) + has_ended
