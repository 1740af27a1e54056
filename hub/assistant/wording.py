"""The assistant's own sentences: what the hub says around the quotes of the library.

Each is rendered in the language of the question where the hub speaks it, else in the page's; see
``in_language``. Nothing here is ever shown as if a document had said it.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from flask_babel import gettext, ngettext

from hub.assistant.rules import QuestionProblem
from hub.config import LANGUAGES, MAX_QUESTION_LENGTH
from hub.dates import spelled_date
from hub.page_words import speaking
from knowledge.answers import DeclineReason


@contextmanager
def in_language(language: str) -> Iterator[None]:
    """Inside, sentences are in this language if the hub speaks it, else unchanged."""
    if language not in LANGUAGES:
        yield
        return
    with speaking(language):
        yield


def searching() -> str:
    return gettext("Searching the library…")


def found(documents: int) -> str:
    return ngettext(
        "Found passages in %(num)s document. Choosing the sentences that answer…",
        "Found passages in %(num)s documents. Choosing the sentences that answer…",
        documents,
    )


def answered(documents: int) -> str:
    return ngettext(
        "%(num)s document of the library says, word for word:",
        "%(num)s documents of the library say, word for word:",
        documents,
    )


def lead_in(title: str, status: str, day: str) -> str:
    """What stands before the quotes of one document: its title, status and date."""
    if status and day:
        return gettext(
            "From “%(title)s” (%(status)s, %(date)s):",
            title=title,
            status=status_name(status),
            date=spelled_date(day),
        )
    if status:
        return gettext("From “%(title)s” (%(status)s):", title=title, status=status_name(status))
    if day:
        return gettext("From “%(title)s” (%(date)s):", title=title, date=spelled_date(day))
    return gettext("From “%(title)s”:", title=title)


def status_name(status: str) -> str:
    names = {
        "not stated": gettext("status not stated"),
        "in force": gettext("in force"),
        "draft": gettext("draft"),
        "superseded": gettext("superseded"),
    }
    return names.get(status, status)


def older() -> str:
    return gettext("Older text: a newer one on the same law is quoted here too")


def recognised() -> str:
    """Of a quote that was read from the picture of a page."""
    return gettext("Text recognised from a picture, may hold mistakes")


def declined(reason: str) -> str:
    sentences: dict[str, str] = {
        DeclineReason.NOTHING_INDEXED: gettext(
            "The library holds no searchable document yet, so there is nothing to quote."
        ),
        DeclineReason.NOT_IN_LIBRARY: gettext(
            "No sentence in the library answers this question well enough to be quoted."
        ),
        DeclineReason.UNCLEAR: gettext("The question is too short or too unclear to search for."),
        DeclineReason.PERSON_OR_EVIDENCE: gettext(
            "The assistant does not judge a person or a piece of evidence, and looks nobody up: "
            "that is for people who know the case and answer for what they decide. Please do not "
            "write names or details of a case here. What you ask is stored; if you wrote such "
            "details, delete this conversation."
        ),
        DeclineReason.OFFENCE: gettext(
            "The assistant does not help to commit an offence or to get away with one."
        ),
        DeclineReason.INSTRUCTION: gettext(
            "This reads like an order to the assistant, not like a question. The assistant only "
            "quotes sentences from the library: it takes no orders, plays no other part, and names "
            "no source that does not say so."
        ),
    }
    return sentences.get(reason, "")


def declined_title() -> str:
    return gettext("The library does not answer this")


def what_to_ask_instead(reason: str) -> str:
    """What to do next, after a question that was declined."""
    instead: dict[str, str] = {
        DeclineReason.UNCLEAR: gettext("Ask in a whole sentence"),
        DeclineReason.PERSON_OR_EVIDENCE: gettext(
            "Ask what the rules say, for example how evidence from an AI system may be used"
        ),
        DeclineReason.OFFENCE: gettext("Ask what the law says about such an act"),
        DeclineReason.INSTRUCTION: gettext("Ask a question about what the documents say"),
    }
    otherwise = gettext("Ask in other words: name the law, the article or the technology")
    return instead.get(reason, otherwise)


def browse_the_library() -> str:
    return gettext("Look through the library")


def nearest_heading() -> str:
    return gettext("Nearest passages, not an answer")


def stopped() -> str:
    return gettext("You stopped this answer. What had been found until then stays here.")


def failed() -> str:
    return gettext(
        "The assistant could not finish this answer because of a fault in the hub. Your question "
        "is kept. Ask it again, and tell the people who run this hub if it happens twice."
    )


def closed(quotes: int) -> str:
    return ngettext(
        "%(num)s quote is not shown: its document is not open to you any more.",
        "%(num)s quotes are not shown: their documents are not open to you any more.",
        quotes,
    )


def interrupted() -> str:
    return gettext("This answer was interrupted. Your question is kept: ask it again.")


def sources() -> str:
    return gettext("Sources")


def page_reference(printed: str, page: str) -> str:
    """Where a quote stands, as the page says it too; empty for a document without pages."""
    if printed and page and printed != page:
        return gettext("p. %(printed)s (PDF %(pdf)s)", printed=printed, pdf=page)
    return gettext("p. %(page)s", page=printed or page) if printed or page else ""


def question_problem(problem: QuestionProblem) -> str:
    sentences = {
        QuestionProblem.EMPTY: gettext("Write a question first."),
        QuestionProblem.TOO_LONG: gettext(
            "The question is too long: %(count)s characters are the most. Shorten it.",
            count=f"{MAX_QUESTION_LENGTH:,}".replace(",", " "),
        ),
        QuestionProblem.UNREADABLE: gettext(
            "The question holds characters that cannot be read. Type it again by hand."
        ),
        QuestionProblem.NO_WORDS: gettext("The question holds no word. Ask in a whole sentence."),
    }
    return sentences[problem]


def too_many_questions(seconds: int) -> str:
    if seconds < 60:
        return ngettext(
            "You have asked much in a short time. Ask again in %(num)s second; your question is "
            "kept.",
            "You have asked much in a short time. Ask again in %(num)s seconds; your question is "
            "kept.",
            seconds,
        )
    return ngettext(
        "You have asked much in a short time. Ask again in %(num)s minute; your question is kept.",
        "You have asked much in a short time. Ask again in %(num)s minutes; your question is kept.",
        -(-seconds // 60),
    )


def no_answer_to_that_message() -> str:
    return gettext("The hub does not understand this message. Reload the page and ask again.")
