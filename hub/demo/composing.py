"""Posts of the demonstration: an opening, and answers to what stands there already."""

from dataclasses import dataclass, replace
from random import Random

from hub.demo.stock import Piece, Stock, joined, piece

MENTIONS, QUOTES, LISTS, TABLES, RARITIES = 0.10, 0.10, 0.12, 0.03, 0.02
MOST_PARAGRAPHS = 4


@dataclass(frozen=True, slots=True)
class Said:
    """A post that is there: whose, and its first words, which may be quoted."""

    post_id: int
    number: int
    author_id: int
    name: str
    words: str


@dataclass(frozen=True, slots=True)
class Composed:
    """``first``: its first words, ``mentioned``, ``quoted``: the post of whom it names."""

    whole: Piece
    first: str
    mentioned: Said | None = None
    quoted: Said | None = None


def opening(stock: Stock, random: Random) -> Composed:
    pieces = [
        random.choice(stock.openings),
        *_body(stock, random, 2),
        random.choice(stock.closings),
    ]
    return _composed(pieces)


def answer(stock: Stock, random: Random, before: list[Said]) -> Composed:
    """An answer to one of the latest posts ``before`` it, or to all."""
    to = random.choice(before[-10:])
    draw = random.random()
    body = [random.choice(stock.answers), *_body(stock, random, MOST_PARAGRAPHS)]
    if draw < QUOTES:
        return _composed([_quote(to), *body], quoted=to)
    if draw < QUOTES + MENTIONS:
        text = f"{mention(to.name)} {body[0].text}"
        return _composed([piece(text, {to.name: to.name}), *body[1:]], mentioned=to)
    return _composed(body)


def mention(name: str) -> str:
    """As it is typed: a name with spaces stands in signs of quotation."""
    return f'@"{name}"' if " " in name else f"@{name}"


def _quote(said: Said) -> Piece:
    """As the pages write it (``hub.writing``): who, where, and the words, which are searched where
    they were said first."""
    source = f"[@{said.name}, #{said.number}](/forum/posts/{said.post_id})"
    quoted = piece(f"> {source}\n>\n> {said.words}", {said.name: said.name})
    return replace(quoted, words="")


def _body(stock: Stock, random: Random, most: int) -> list[Piece]:
    count = min(random.randrange(most), random.randrange(most))
    body = [random.choice(stock.statements) for _ in range(count)]
    for share, kind in ((LISTS, stock.lists), (TABLES, stock.tables), (RARITIES, stock.rarities)):
        if random.random() < share:
            body.append(random.choice(kind))
    return body


def _composed(
    pieces: list[Piece], *, mentioned: Said | None = None, quoted: Said | None = None
) -> Composed:
    own = pieces[1 if quoted else 0]
    return Composed(joined(pieces), own.words.split("\n")[0][:160], mentioned, quoted)
