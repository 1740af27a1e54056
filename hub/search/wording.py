"""The sentences of the search."""

from hub.page_words import gettext, ngettext
from hub.search.asking import LONGEST, MOST_TAGS, Kind, Problem, Trouble


def problem_words(problem: Problem) -> str:
    """What could not be understood, and what is right instead."""
    said = {"said": problem.said}
    words: dict[Trouble, str] = {
        Trouble.TOO_LONG: gettext(
            "This is too long to be searched for. Use at most %(count)s characters.", count=LONGEST
        ),
        Trouble.UNREADABLE: gettext("This holds characters that cannot be read. Type it by hand."),
        Trouble.UNKNOWN: gettext(
            "“%(said)s” is not one of the operators below, so its words were searched for.", **said
        ),
        Trouble.EMPTY: gettext(
            "After “%(said)s” comes a value without a space before it, so it was left out.", **said
        ),
        Trouble.TYPE: gettext(
            "“%(said)s” was left out: a type is document, topic or post.", **said
        ),
        Trouble.STATE: gettext(
            "“%(said)s” was left out: a topic is answered or unanswered.", **said
        ),
        Trouble.DATE: gettext(
            "“%(said)s” was left out: a date is written like 2026-01-31.", **said
        ),
        Trouble.BOARD: gettext(
            "There is no board called “%(said)s” among those that you may read.", **said
        ),
        Trouble.TAGS: gettext("At most %(count)s tags are looked for at once.", count=MOST_TAGS),
    }
    return words[problem.trouble]


def kind_name(kind: Kind) -> str:
    names = {
        Kind.ALL: gettext("Everything"),
        Kind.DOCUMENT: gettext("Documents"),
        Kind.TOPIC: gettext("Topics"),
        Kind.POST: gettext("Posts"),
    }
    return names[kind]


def documents_found(count: int) -> str:
    return ngettext("%(num)s document", "%(num)s documents", count)


def posts_found(count: int, is_more: bool) -> str:
    if is_more:
        return gettext("The %(count)s newest and nearest posts", count=count)
    return ngettext("%(num)s post", "%(num)s posts", count)


def former_member() -> str:
    return gettext("former member")
