"""What can be seen in a text itself that makes it worth a moderator's look. Pure.

The words stand in ``hub/moderation/words/*.toml``, one file a language. They decide nothing: they
hold a new member's post until somebody has read it.
"""

import re
import tomllib
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, lru_cache
from pathlib import Path
from threading import Lock
from urllib.parse import urlsplit

FOLDER = Path(__file__).parent / "words"
LONGEST_READ = 4_000  # characters: who advertises or insults does not begin after that
# By level of trust: a new member's post with more than that is looked at first.
MOST_LINKS = (2, 5, 30, 100)
MOST_MENTIONS = (3, 8, 20, 50)
MOST_TO_ONE_HOST = (2, 3, 30, 100)
READ_BELOW = 2  # the level from which texts are not looked into
SHINGLE, LEAST_ALIKE, SHORTEST_COMPARED = 5, 0.75, 40
SKETCH_BITS = 8_192
_LOCK = Lock()
LURES = frozenset({"free", "earn", "money", "win", "gratis", "gratuit", "geld", "dinero"})
_LINK = re.compile(r"(?:https?://|www\.)[^\s<>()\[\]\"']+", re.I)
_ENDS = "com|net|info|biz|xyz|top|shop|online|site|ru|cn"
_BARE = re.compile(rf"\b[a-z0-9-]{{2,40}} ?\. ?(?:{_ENDS})\b", re.I)
_STAR = re.compile(r"(?<!\\w)\*")  # not the star of \w*
_LEET = str.maketrans("013457@$€!|", "oieastaseil")


class Sign(StrEnum):
    """Why a post is held. The words for its author are in ``wording.SIGNS``."""

    FIRST = "first"
    LINKS = "links"
    MENTIONS = "mentions"
    ONE_HOST = "one host"
    REPEATED = "repeated"
    SHAPE = "shape"
    WORDS = "words"


@dataclass(frozen=True, slots=True)
class Lexicon:
    """``always``: held by itself. ``groups`` with ``scorn``: held where both stand in a sentence.
    ``shapes``: of advertising. All are parts of regular expressions over folded text."""

    always: re.Pattern[str]
    groups: re.Pattern[str]
    scorn: re.Pattern[str]
    shapes: re.Pattern[str]


def signs_in(text: str, level: int, own_host: str = "", mentions: int = 0) -> tuple[Sign, ...]:
    """What a text of somebody at this level of trust shows."""
    return tuple(_signs(text[:LONGEST_READ], level, own_host, mentions))


def _signs(text: str, level: int, own_host: str, mentions: int) -> Iterator[Sign]:
    hosts = _hosts(text, own_host)
    if hosts.total() > MOST_LINKS[level]:
        yield Sign.LINKS
    if mentions > MOST_MENTIONS[level]:
        yield Sign.MENTIONS
    if max(hosts.values(), default=0) > MOST_TO_ONE_HOST[level]:
        yield Sign.ONE_HOST
    if level >= READ_BELOW:
        return
    if is_advertising(text):
        yield Sign.SHAPE
    if is_hostile(text):
        yield Sign.WORDS


def is_advertising(text: str) -> bool:
    folded = fold(text)
    if any(lexicon.shapes.search(folded) for lexicon in lexicons()):
        return True
    words = len(folded.split())
    return bool(_LINK.search(text) or _BARE.search(folded)) and words <= 10 and _is_bare(folded)


def is_hostile(text: str) -> bool:
    """Whether the words alone make it worth a look: who quotes hatred to speak against it is held
    too, and let through by whoever reads it."""
    read = {fold(text), fold(text.translate(_LEET)), fold(_joined(text))}
    return any(map(_says_something_hostile, read))


def is_alike(one: str, other: str) -> bool:
    """Nearly the same: what share of their runs of five signs they have in common (Jaccard, after
    Broder, "On the resemblance and containment of documents", 1997)."""
    if _is_clearly_other(_sketch(one[:LONGEST_READ]), _sketch(other[:LONGEST_READ])):
        return False
    ours, theirs = _shingles(one), _shingles(other)
    if not ours or not theirs:
        return False
    return len(ours & theirs) / len(ours | theirs) >= LEAST_ALIKE


@lru_cache(maxsize=300)
def _sketch(text: str) -> tuple[int, int]:
    """How many runs a text has, and a bit for each, which several may share. Kept, for the latest
    texts are compared again and again."""
    runs, bits = _shingles(text), bytearray(SKETCH_BITS // 8)
    for place in map(SKETCH_BITS.__rmod__, map(hash, runs)):
        bits[place >> 3] |= 1 << (place & 7)
    return len(runs), int.from_bytes(bits, "little")


def _is_clearly_other(one: tuple[int, int], other: tuple[int, int]) -> bool:
    """Whether so many bits of the one are not in the other that its runs cannot be there: a bit
    that is missing is at least one run. Never true of what is alike."""
    (count, bits), (_, theirs) = one, other
    return (bits & ~theirs).bit_count() > count * (1 - LEAST_ALIKE)


def is_comparable(text: str) -> bool:
    """Short words of thanks are the same every time, and are no spam for that."""
    return len(_squeezed(text)) >= SHORTEST_COMPARED


def fold(text: str) -> str:
    """Lower case without accents; everything else in order."""
    folded = text.casefold()
    if folded.isascii():
        return folded
    return unicodedata.normalize("NFKD", folded).translate(_WITHOUT_ACCENTS)


class _WithoutAccents(dict[int, int | None]):
    """For ``str.translate``, filled as signs come up."""

    def __missing__(self, code: int) -> int | None:
        self[code] = None if unicodedata.combining(chr(code)) else code
        return self[code]


_WITHOUT_ACCENTS = _WithoutAccents()


def lexicons() -> tuple[Lexicon, ...]:
    """Read once, by the first who asks: the others wait instead of doing the same."""
    with _LOCK:
        return _lexicons()


@cache
def _lexicons() -> tuple[Lexicon, ...]:
    return tuple(_lexicon(file) for file in sorted(FOLDER.glob("*.toml")))


def _lexicon(file: Path) -> Lexicon:
    read = tomllib.loads(file.read_text(encoding="utf-8"))
    lists = (read.get(name, ()) for name in ("always", "groups", "scorn", "shapes"))
    return Lexicon(*map(_any_of, lists))


def _any_of(parts: Iterable[str]) -> re.Pattern[str]:
    """A word of a list matches whole words; a star at its end stands for any ending."""
    written = "|".join(_STAR.sub(r"\\w*", fold(part)) for part in parts)
    return re.compile(rf"(?<!\w)(?:{written})(?!\w)" if written else r"(?!)")


def _says_something_hostile(text: str) -> bool:
    """Most texts hold no word that could make a sentence so; their sentences are not looked at."""
    parts = _parts(text)
    whole = " ".join(parts)
    if not any(one.always.search(whole) or one.scorn.search(whole) for one in lexicons()):
        return False
    return any(map(_is_hostile, _sentences(parts)))


def _is_hostile(sentence: str) -> bool:
    return any(
        lexicon.always.search(sentence)
        or (lexicon.scorn.search(sentence) and lexicon.groups.search(sentence))
        for lexicon in lexicons()
    )


def _parts(text: str) -> list[str]:
    return re.split(r"(?<=[.!?])\s+|\n+", text)


def _sentences(parts: Sequence[str]) -> list[str]:
    """Two that follow each other are read together: the second says what the first spoke of."""
    return [" ".join(parts[at : at + 2]) for at in range(len(parts))]


def _joined(text: str) -> str:
    """Letters that were typed apart, together again: f u n n y becomes funny."""
    apart = r"(?<!\w)(?:\w[ .\-_*]){2,}\w(?!\w)"
    return re.sub(apart, lambda run: re.sub(r"\W|_", "", run[0]), text)


def _is_bare(folded: str) -> bool:
    """A link with next to nothing said about it, or with a call to follow it."""
    said = re.sub(r"\W+", " ", _BARE.sub("", _LINK.sub("", folded))).split()
    return len(said) <= 1 or not LURES.isdisjoint(said)


def _hosts(text: str, own_host: str) -> Counter[str]:
    hosts: Counter[str] = Counter()
    for link in _LINK.findall(text):
        host = _host(link)
        if host and host != own_host:
            hosts[host] += 1
    return hosts


def _host(link: str) -> str:
    try:
        parts = urlsplit(link if "://" in link.lower() else f"//{link}")
        return (parts.hostname or "").removeprefix("www.")
    except ValueError:
        return "?"


def _squeezed(text: str) -> str:
    return re.sub(r"\W+", " ", fold(text[:LONGEST_READ])).strip()


def _shingles(text: str) -> set[str]:
    squeezed = _squeezed(text)
    return {squeezed[at : at + SHINGLE] for at in range(max(0, len(squeezed) - SHINGLE + 1))}
