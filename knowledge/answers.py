"""What an answer consists of: values that say what was found, never how it looks."""

from dataclasses import dataclass, field
from enum import StrEnum


class DeclineReason(StrEnum):
    """Why nothing was answered."""

    NOTHING_INDEXED = "nothing_indexed"
    NOT_IN_LIBRARY = "not_in_library"
    UNCLEAR = "unclear"
    PERSON_OR_EVIDENCE = "person_or_evidence"
    OFFENCE = "offence"
    INSTRUCTION = "instruction"


@dataclass(frozen=True, slots=True)
class Citation:
    """A place in a document, and the words that stand there.

    ``start`` and ``end`` are offsets into the canonical text of ``version``; ``quote`` is exactly
    that stretch. ``page`` counts from 1 and ``printed_page`` is the number printed on it; both None
    for formats without pages. ``section`` is the path of headings, ``place`` the markers below it
    where the quote begins ("1", "(h)"). ``n`` is the number shown.
    ``is_recognised``: the words were read from a picture and may hold mistakes. ``is_older``: the
    same answer quotes a newer text on the same act. ``mark`` (a sharing mark, "" for none) and
    ``audience`` are those of the document when it was quoted.
    """

    n: int
    document_id: int
    document: str
    title: str
    type: str
    status: str
    date: str
    publisher: str
    language: str
    version: int
    page: int | None
    printed_page: str | None
    section: tuple[str, ...]
    start: int
    end: int
    quote: str
    place: tuple[str, ...] = ()
    is_recognised: bool = False
    is_older: bool = False
    mark: str = ""
    audience: str = "public"


@dataclass(frozen=True, slots=True)
class Statement:
    """One verified verbatim quote of an answer. ``text`` is the quote with white space made single
    spaces, fit to be shown; ``citation.quote`` keeps the stored characters."""

    text: str
    citation: Citation


@dataclass(frozen=True, slots=True)
class SourcesFound:
    """First event: what the search found. ``titles`` names the documents, best first."""

    language: str
    passages: int
    titles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StatementReady:
    """One more statement; statements of one document come one after the other."""

    statement: Statement


@dataclass(frozen=True, slots=True)
class Answered:
    """Last event of an answer. ``timings_ms`` by station; ``generation`` of the index asked."""

    timings_ms: dict[str, float] = field(default_factory=dict)
    generation: int = 0


@dataclass(frozen=True, slots=True)
class Declined:
    """Last event where the library does not answer. ``nearest`` are verified quotes that stand
    near the question and do not answer it."""

    reason: DeclineReason
    language: str
    nearest: tuple[Citation, ...] = ()
    timings_ms: dict[str, float] = field(default_factory=dict)
    generation: int = 0


AnswerEvent = SourcesFound | StatementReady | Answered | Declined
