"""Pieces of posts, rendered once and put together many times.

A piece is one or more whole blocks of Markdown that nothing outside of them refers to, so that the
HTML of the pieces in a row is that of their text in a row; ``tests/hub/test_demo.py`` compares. To
render half a million posts one by one would take longer than everything else.
"""

from dataclasses import dataclass
from random import Random

from hub.demo.speech import FROM_THE_RIGHT, Voice, phrases
from hub.markup import plain, rendered

CODES = (
    "```python\nwrong = sum(guess != truth for guess, truth in pairs)\nprint(wrong)\n```",
    "```sql\nSELECT version, count(*) FROM suggestion\nWHERE was_wrong GROUP BY version;\n```",
    "```text\n2026-03-14 09:12:07  version=4.2  score=0.81  shown_to=2\n```",
    "Version `4.2.1`, `threshold = 0.75`.",
)


@dataclass(frozen=True, slots=True)
class Piece:
    """``words``: the plain words, by which it is searched."""

    text: str
    html: str
    words: str = ""


def piece(text: str, people: dict[str, str] | None = None) -> Piece:
    return Piece(text, str(rendered(text, people)), plain(text))


def joined(pieces: list[Piece]) -> Piece:
    """The pieces below each other."""
    texts, htmls = [each.text for each in pieces], [each.html for each in pieces]
    words = "\n".join(each.words for each in pieces if each.words)
    return Piece("\n\n".join(texts), "".join(htmls), words)


@dataclass(frozen=True, slots=True)
class Stock:
    """The pieces of one language, by what they are for."""

    language: str
    openings: list[Piece]
    answers: list[Piece]
    statements: list[Piece]
    lists: list[Piece]
    tables: list[Piece]
    closings: list[Piece]
    rarities: list[Piece]


def stock_of(language: str, size: int, random: Random) -> Stock:
    """``size`` paragraphs of each kind, less of what is rarer."""
    voice = Voice(language, random)
    rare = max(4, size // 8)
    return Stock(
        language,
        openings=[piece(voice.paragraph("openings")) for _ in range(size)],
        answers=[piece(voice.paragraph("replies", longest=3)) for _ in range(size)],
        statements=[piece(voice.paragraph("statements")) for _ in range(size)],
        lists=[piece(_list(voice)) for _ in range(rare)],
        tables=[piece(_table(voice)) for _ in range(rare)],
        closings=[piece(voice.paragraph("questions", "closings", longest=1)) for _ in range(rare)],
        rarities=[piece(text) for text in (*CODES, *_from_the_right())],
    )


def _list(voice: Voice) -> str:
    sign = voice.random.choice(("- {}", "1. {}", "- [ ] {}"))
    steps = voice.items("steps", voice.random.randrange(3, 7))
    return "\n".join(sign.format(step) for step in steps)


def _table(voice: Voice) -> str:
    tools = voice.items("tools", 3)
    rows = [f"| {tool} | {voice.random.randrange(1, 30)} % |" for tool in tools]
    return "\n".join(("| | % |", "| --- | ---: |", *rows))


def _from_the_right() -> list[str]:
    """Testimony in Arabic, Hebrew and Persian, as a quotation without a source."""
    books = phrases(FROM_THE_RIGHT).values()
    return [f"> {sentence}" for book in books for sentence in book]
