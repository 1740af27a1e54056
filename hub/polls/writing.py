"""From the fields of a form to a poll (``templates/polls/_fields.html`` draws them)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.forum.models import Post
from hub.polls.models import (
    LONGEST_OPTION,
    LONGEST_QUESTION,
    MOST_OPTIONS,
    Poll,
    PollOption,
    Results,
)
from hub.texts import is_readable, tidied

LONGEST_DAYS = 366
LONGEST_OPTIONS = 2 * MOST_OPTIONS * LONGEST_OPTION


class PollProblem(ValueError):
    """``problems``: {name of a field: what to change, in a sentence}."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__(" ".join(problems.values()))
        self.problems = dict(problems)


@dataclass(frozen=True, slots=True)
class PollWish:
    """``days``: after how many it closes by itself, 0 for never."""

    question: str
    options: tuple[str, ...]
    most_choices: int = 1
    results: Results = Results.ALWAYS
    days: int = 0


def poll_from(form: Mapping[str, str]) -> PollWish | None:
    """What was asked for by ``poll_question``, ``poll_options`` (one a line), ``poll_choices``,
    ``poll_results`` and ``poll_days``; None where question and options are empty.

    Raises: PollProblem.
    """
    question, options = tidied(form.get("poll_question")), _options(form)
    if not question and not options:
        return None
    problems: dict[str, str] = {}
    _look_at_question(question, problems)
    _look_at_options(options, len(form.get("poll_options", "")), problems)
    choices = _whole(form, "poll_choices", 1, range(1, max(2, len(options) + 1)), problems)
    days = _whole(form, "poll_days", 0, range(LONGEST_DAYS + 1), problems)
    results = form.get("poll_results") or Results.ALWAYS
    if results not in list(Results):
        problems["poll_results"] = _("Choose one of the answers.")
    if problems:
        raise PollProblem(problems)
    return PollWish(question, options, choices, Results(results), days)


def make(session: Session, post: Post, wish: PollWish, now: datetime) -> Poll:
    """The poll of a post; the one that it has already, if it has. Flushes."""
    if found := session.scalar(select(Poll).where(Poll.post_id == post.id)):
        return found
    poll = Poll(
        post_id=post.id,
        question=wish.question,
        most_choices=wish.most_choices,
        results=wish.results,
        closes_at=now + timedelta(days=wish.days) if wish.days else None,
        options=[
            PollOption(ordinal=ordinal, text=text) for ordinal, text in enumerate(wish.options, 1)
        ],
    )
    session.add(poll)
    session.flush()
    return poll


def _options(form: Mapping[str, str]) -> tuple[str, ...]:
    typed = tidied(form.get("poll_options", "")[: LONGEST_OPTIONS + 1])
    return tuple(filter(None, (line.strip() for line in typed.split("\n"))))


def _look_at_question(question: str, problems: dict[str, str]) -> None:
    if not question:
        problems["poll_question"] = _("Say what the poll asks.")
    elif len(question) > LONGEST_QUESTION:
        problems["poll_question"] = _("Use at most %(max)d characters.", max=LONGEST_QUESTION)
    elif not is_readable(question):
        problems["poll_question"] = _unreadable()


def _look_at_options(options: tuple[str, ...], length: int, problems: dict[str, str]) -> None:
    if len(options) < 2:
        problem = _("Give at least two options, each on a line of its own.")
    elif len(options) > MOST_OPTIONS or length > LONGEST_OPTIONS:
        problem = _("Give at most %(max)d options.", max=MOST_OPTIONS)
    elif max(map(len, options)) > LONGEST_OPTION:
        problem = _("An option may have at most %(max)d characters.", max=LONGEST_OPTION)
    elif not all(map(is_readable, options)):
        problem = _unreadable()
    elif len(set(map(str.casefold, options))) < len(options):
        problem = _("Two options are the same.")
    else:
        return
    problems["poll_options"] = problem


def _whole(
    form: Mapping[str, str], name: str, default: int, allowed: range, problems: dict[str, str]
) -> int:
    text = form.get(name, "").strip()
    if not text:
        return default
    if text.isascii() and text.isdigit() and len(text) < 6 and int(text) in allowed:
        return int(text)
    problems[name] = _(
        "Give a number from %(first)d to %(last)d.", first=allowed[0], last=allowed[-1]
    )
    return default


def _unreadable() -> str:
    return _("This holds characters that cannot be read. Type it by hand.")
