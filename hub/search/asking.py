"""What somebody types into the search: words, "phrases" and operators. Pure; refuses nothing.

What is not understood is said (``problems``) and left out, and the rest is searched.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum

from hub.texts import is_readable, tidied

LONGEST = 300
MOST_TAGS = 5
EARLIEST, LATEST = 1900, 2200  # years of a day that may be meant
_PIECE = re.compile(r'([^\W\d_]+):(?=\s|$)|(?:([^\W\d_]+):)?("[^"]*"?|[^\s"]+)')


class Kind(StrEnum):
    """What is looked for; "" for everything."""

    ALL = ""
    DOCUMENT = "document"
    TOPIC = "topic"
    POST = "post"


class Trouble(StrEnum):
    """What could not be understood of a search."""

    TOO_LONG = "too long"
    UNREADABLE = "unreadable"
    UNKNOWN = "unknown operator"
    EMPTY = "operator without a value"
    TYPE = "unknown type"
    STATE = "unknown state"
    DATE = "no date"
    BOARD = "no such board"
    TAGS = "too many tags"


@dataclass(frozen=True, slots=True)
class Problem:
    trouble: Trouble
    said: str = ""


@dataclass(frozen=True, slots=True)
class Query:
    """``words`` in the order in which they were typed. ``before`` leaves out that day and what came
    after it, ``after`` what came before that day. ``answered`` None: whether or not."""

    words: tuple[str, ...] = ()
    phrases: tuple[str, ...] = ()
    board: str = ""
    person: str = ""
    tags: tuple[str, ...] = ()
    kind: Kind = Kind.ALL
    before: date | None = None
    after: date | None = None
    answered: bool | None = None
    problems: tuple[Problem, ...] = field(default=(), compare=False)

    @property
    def free(self) -> str:
        """What is searched by meaning, as it was typed."""
        quoted = (f'"{phrase}"' for phrase in self.phrases)
        return " ".join((*self.words, *quoted))

    @property
    def is_empty(self) -> bool:
        return not (self.free or self.narrows)

    @property
    def narrows(self) -> bool:
        """Whether it is narrowed to some of what there is."""
        return self != Query(words=self.words, phrases=self.phrases)

    @property
    def asks_community_only(self) -> bool:
        return bool(self.board or self.person or self.tags or self.answered is not None)

    @property
    def wants_documents(self) -> bool:
        return self.kind in (Kind.ALL, Kind.DOCUMENT) and not self.asks_community_only

    @property
    def wants_posts(self) -> bool:
        return self.kind is not Kind.DOCUMENT

    @property
    def said(self) -> str:
        """The search as one types it."""
        return " ".join(filter(None, (self.free, *(text for _, text in self.operators()))))

    def operators(self) -> Iterator[tuple[str, str]]:
        """(field, text) of each operator in it."""
        if self.kind:
            yield "kind", f"type:{self.kind}"
        if self.board:
            yield "board", f"in:{_quoted(self.board)}"
        if self.person:
            yield "person", f"by:{_quoted(self.person)}"
        for tag in self.tags:
            yield "tags", f"tag:{_quoted(tag)}"
        if self.after:
            yield "after", f"after:{self.after.isoformat()}"
        if self.before:
            yield "before", f"before:{self.before.isoformat()}"
        if self.answered is not None:
            yield "answered", "is:answered" if self.answered else "is:unanswered"

    def without(self, name: str, text: str) -> "Query":
        """The same search without this operator."""
        if name == "tags":
            kept = tuple(tag for tag in self.tags if f"tag:{_quoted(tag)}" != text)
            return replace(self, tags=kept)
        return replace(self, **{name: getattr(Query(), name)})


def asked_for(typed: str) -> Query:
    """What the search box holds. A text that is too long, or cannot be read, asks for nothing."""
    text = tidied(typed)
    if len(text) > LONGEST:
        return Query(problems=(Problem(Trouble.TOO_LONG),))
    if not is_readable(text, lines=True):
        return Query(problems=(Problem(Trouble.UNREADABLE),))
    reader = _Reader()
    for piece in _PIECE.finditer(text):
        reader.read(piece)
    return reader.query()


class _Reader:
    """Takes one piece after the other."""

    def __init__(self) -> None:
        self.words: list[str] = []
        self.phrases: list[str] = []
        self.tags: list[str] = []
        self.fields: dict[str, object] = {}
        self.problems: list[Problem] = []

    def query(self) -> Query:
        return Query(
            words=tuple(self.words),
            phrases=tuple(self.phrases),
            tags=tuple(dict.fromkeys(self.tags))[:MOST_TAGS],
            problems=tuple(dict.fromkeys(self.problems)),
            **self.fields,  # type: ignore[arg-type]
        )

    def read(self, piece: "re.Match[str]") -> None:
        alone, name, value = piece.groups()
        if alone:
            self._alone(alone)
        elif not name:
            self._free(value)
        else:
            self._operator(name, value, piece.group())

    def _free(self, value: str) -> None:
        if value.startswith('"'):
            phrase = " ".join(value.strip('"').split())
            if any(map(str.isalnum, phrase)):
                self.phrases.append(phrase)
        elif any(map(str.isalnum, value)):
            self.words.append(value)

    def _alone(self, name: str) -> None:
        if name.lower() in _OPERATORS:
            self.problems.append(Problem(Trouble.EMPTY, f"{name.lower()}:"))
        else:
            self.words.append(name)

    def _operator(self, name: str, value: str, whole: str) -> None:
        read = _OPERATORS.get(name.lower())
        inner = " ".join(value.strip('"').split())
        if read is not None and inner:
            read(self, inner, whole)
        elif read is not None:
            self.problems.append(Problem(Trouble.EMPTY, f"{name.lower()}:"))
        else:
            if name.isascii() and name.islower() and not value.startswith("//"):
                self.problems.append(Problem(Trouble.UNKNOWN, f"{name}:"))
            self._free(whole.replace('"', ""))

    def board(self, value: str, _whole: str) -> None:
        self.fields["board"] = value

    def person(self, value: str, _whole: str) -> None:
        self.fields["person"] = value.removeprefix("@")

    def tag(self, value: str, _whole: str) -> None:
        self.tags.append(value.removeprefix("#").casefold())
        if len(set(self.tags)) > MOST_TAGS:
            self.problems.append(Problem(Trouble.TAGS))

    def kind(self, value: str, whole: str) -> None:
        kinds = {**{str(kind): kind for kind in Kind if kind}, **_PLURALS}
        if value.lower() in ("answered", "unanswered"):
            self.state(value, whole)
        elif value.lower() in kinds:
            self.fields["kind"] = kinds[value.lower()]
        else:
            self.problems.append(Problem(Trouble.TYPE, whole))

    def state(self, value: str, whole: str) -> None:
        states = {"answered": True, "unanswered": False, "open": False}
        if value.lower() in states:
            self.fields["answered"] = states[value.lower()]
        else:
            self.problems.append(Problem(Trouble.STATE, whole))

    def before(self, value: str, whole: str) -> None:
        self._day("before", value, whole)

    def after(self, value: str, whole: str) -> None:
        self._day("after", value, whole)

    def _day(self, name: str, value: str, whole: str) -> None:
        try:
            day = date.fromisoformat(value if "-" in value else "")
        except ValueError:
            day = date.min
        if EARLIEST <= day.year <= LATEST:
            self.fields[name] = day
        else:
            self.problems.append(Problem(Trouble.DATE, whole))


_PLURALS = {"documents": Kind.DOCUMENT, "topics": Kind.TOPIC, "posts": Kind.POST}
_OPERATORS = {
    "in": _Reader.board,
    "by": _Reader.person,
    "tag": _Reader.tag,
    "type": _Reader.kind,
    "is": _Reader.state,
    "before": _Reader.before,
    "after": _Reader.after,
}


def _quoted(value: str) -> str:
    return f'"{value}"' if " " in value else value
