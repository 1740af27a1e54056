"""Which lines are headings, and of which depth, by their wording alone.

Depths: 1 a title, part or annex; 2 a chapter; 3 a section; 4 an article or an amendment; 5 a point
of an amending act or the place that an amendment changes; 6 a heading quoted in one. Numbered
headings of reports ("3.1. Scope") follow their own numbers: "3" is 1, "3.1" is 2 and so on.
"""

import itertools
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from indexer.parsers.parsed import BlockKind

_NUMBER = r"(?:\d+(?:/\d+)?(?:[a-z]{1,2}\b)?|[IVXLC]+(?:bis|ter)?|[A-Z])"
_ORDINAL = rf"(?:{_NUMBER}(?:er|re|\u00ba)?|PR[EÉ]LIMINAIRE)"
_QUOTE = r"[\u201c\u201e\u2018\u00ab\"']?\s*"
_WORDS = {
    1: "PART|TITLE|ANNEX|TITRE|PARTIE|ANNEXE|TITEL|TEIL|ANHANG|DEEL|BIJLAGE|T[IÍ]TULO|PARTE|ANEXO|"
    "TITOLO|ALLEGATO|TITLUL|PARTEA|ANEXA|ZA[ŁL][AĄ]CZNIK|ΠΑΡΑΡΤΗΜΑ|ΤΙΤΛΟΣ|ΜΕΡΟΣ",
    2: "CHAPTER|CHAPITRE|KAPITEL|HOOFDSTUK|CAP[IÍ]TULO|CAPO|CAPITOLUL|ROZDZIA[ŁL]|ΚΕΦΑΛΑΙΟ",
    3: "SECTION|SOUS-SECTION|ABSCHNITT|AFDELING|SECCI[OÓ]N|SEZIONE|SEC[TȚŢ]IUNEA|SEKCJA|ΤΜΗΜΑ",
    4: "ARTICLE|ARTIKEL|ART[IÍ]CULO|ARTICOLO|ARTIGO|ARTICOLUL|ARTYKU[ŁL]|ΑΡΘΡΟ|AMENDMENT",
}
_LABELS = {
    level: re.compile(
        rf"(?P<quote>{_QUOTE})(?P<word>{words})\s+{_ORDINAL}(?=$|[\s.:\u2013\u2014-])"
        r"\.?(?P<title>.*)$",
        re.IGNORECASE,
    )
    for level, words in _WORDS.items()
}
# "Article 5 \u2013 paragraph 1 \u2013 point d b (new)": the place that an amendment changes.
_LOCATOR = re.compile(
    r"(?: [a-z]{1,2})? \u2013 (?:(?:sub)?paragraph|point|title|heading|introductory|indent|section|"
    r"annex|part|"
    r"Absatz|Unterabsatz|Nummer|Buchstabe|Titel|Überschrift|Einleitung|alin\u00e9a|paragraphe|titre|"
    r"apartado|p\u00e1rrafo|letra|punto|paragrafo|lettera|comma|lid|alinea|punt|letter|odsek|bod|"
    r"par\u00e1grafo|ust\u0119p|litera|alineat|παράγραφος|σημείο|στοιχείο|τίτλος)\b",
    re.IGNORECASE,
)
_BARE_ANNEX = re.compile(r"(ANNEX(ES|E)?|ANHANG|BIJLAGE|ALLEGATO|ANEXO)", re.ASCII)
_RECITALS = re.compile(
    r"(whereas|considérant ce qui suit\s?|in erwägung nachstehender gründe|"
    r"overwegende hetgeen volgt|considerando lo siguiente|considerando quanto segue)\s*:",
    re.IGNORECASE,
)
_ENACTED = re.compile(
    r"(HAVE|HAS) ADOPTED THIS [A-Z]+:|(ONT|A) ADOPT[ÉE] (LE|LA) PRÉSENTE? \w+\s?:|"
    r"HABEN FOLGENDE \w+ ERLASSEN:|HEBBEN DE VOLGENDE \w+ VASTGESTELD:"
)
_NUMBERED = re.compile(r"(?P<number>\d{1,2}(?:\.\d{1,2}){0,4})\.?\s+(?P<title>[^\W\d_].*)$")
_ABBREVIATED = re.compile(r"(?P<label>Art\. \d+(?:/\d+)?\.?)(?P<rest>.*)$")
_COUNTED = re.compile(
    rf"(?:(?P<short>Art\.)|(?:{_WORDS[4].removesuffix('|AMENDMENT')})) "
    r"(?P<number>\d{1,4})(?:er|/\d+|[a-z])?\b(?P<rest>.*)$",
    re.IGNORECASE,
)
_CHANGE = re.compile(
    r"\(?\d{1,3}[a-z]?\)\s.{0,120}?\b(?:articles?|artikel(?:en|s)?|annex(?:es)?|bijlagen?|anhang|annexe|"
    r"art[i\u00ed]culo|articolo|recital|chapter|hoofdstuk|kapitel|section|afdeling)\b.{0,120}?"
    r"\b(?:wordt|worden|wird|werden|is|are|est|sont|shall be|se|\u00e8|sono)\b.{0,80}:$",
    re.IGNORECASE,
)
_DOT_LEADER = re.compile(r"\.{4,}|(?:\. ){4,}|…{2,}")
_SENTENCE_END = re.compile(r"[.;:,]$")


@dataclass(frozen=True, slots=True)
class Heading:
    """``wants_title``: the label stands alone and its title follows on the next line."""

    level: int
    wants_title: bool = False


def legal_heading(line: str) -> Heading | None:
    """ "CHAPTER II", "Article 5", "ANNEX III High-risk systems" …, None for other lines."""
    line = line.strip()
    if len(line) > 250 or _DOT_LEADER.search(line):
        return None
    if _RECITALS.fullmatch(line) or _ENACTED.fullmatch(line):
        return Heading(2)
    if _BARE_ANNEX.fullmatch(line):
        return Heading(1, wants_title=True)
    for level, pattern in _LABELS.items():
        match = pattern.match(line)
        if match and _is_title(match.group("title"), match.group("word")):
            depth = 6 if match.group("quote").strip() else level
            depth = 5 if _LOCATOR.match(match.group("title")) else depth
            return Heading(depth, wants_title=not match.group("title").strip())
    return None


def _is_title(rest: str, word: str) -> bool:
    """Whether ``rest`` after "Article 5" is a title and not the rest of a sentence."""
    if not rest.strip():
        return word[0].isupper()
    if not word[0].isupper() or _SENTENCE_END.search(rest.strip()):
        return False
    separated = re.match(r"\s*[\u2013\u2014:-]\s*\S", rest)
    if separated:
        return True
    starts_big = rest.lstrip()[:1].isupper()
    return starts_big and (word.isupper() or len(rest) < 100) and rest[0].isspace()


def numbered_heading(line: str) -> Heading | None:
    """ "3.1. Scope" and "2 DATA PROTECTION": a number, a capital letter, no full stop."""
    line = line.strip()
    match = _NUMBERED.match(line)
    if not match or len(line) > 150 or _DOT_LEADER.search(line):
        return None
    number, title = match.group("number"), match.group("title")
    dotted = "." in number
    if _SENTENCE_END.search(title) or not title[0].isupper():
        return None
    if not dotted and not title.isupper():
        return None
    return Heading(number.count(".") + 1)


def heading_of_point(kind: BlockKind, text: str, level: int) -> tuple[BlockKind, int]:
    """(kind, level) of a block: "40) in Article 113, point (a) is replaced by:" heads a change.

    In an amending act such points are what readers cite, as articles are elsewhere; what they
    quote stands below them.
    """
    if kind is BlockKind.ITEM and len(text) < 220 and _CHANGE.match(text):
        return BlockKind.HEADING, 5
    return kind, level


def is_contents_line(line: str) -> bool:
    """A line of a table of contents: dots lead to a page number."""
    return bool(_DOT_LEADER.search(line))


def contents_spans(line: str) -> list[tuple[int, int]]:
    """Where its title and its page number stand, without the dots."""
    edges = [0, *(edge for dots in _DOT_LEADER.finditer(line) for edge in dots.span()), len(line)]
    return [
        (start, end)
        for start, end in zip(edges[::2], edges[1::2], strict=True)
        if line[start:end].strip(" .…")
    ]


def contents_cells(line: str) -> list[str]:
    """Its title and page number."""
    return [line[start:end].strip() for start, end in contents_spans(line)]


class ArticleStyle:
    """How a text writes the headings of its articles: "Article 5" alone, with title, "Art. 5".

    In a report "Article 8" may begin any line; only a wording that counts through the text, one by
    one, heads articles.
    """

    def __init__(self, lines: Iterable[str]) -> None:
        numbers: dict[str, list[int]] = {"alone": [], "titled": [], "short": []}
        for line in lines:
            match = _COUNTED.match(line.strip())
            if match:
                numbers[_style_of(match)].append(int(match.group("number")))
        self._counting = {style for style, seen in numbers.items() if _counts(seen)}

    def admits(self, line: str) -> bool:
        """Whether ``line``, if it looks like the heading of an article, is one here."""
        match = _COUNTED.match(line.strip())
        return match is None or _style_of(match) in self._counting


def _style_of(match: re.Match[str]) -> str:
    if match.group("short"):
        return "short"
    return "titled" if match.group("rest").strip(" .") else "alone"


def _counts(numbers: Sequence[int]) -> bool:
    steps = [after - before for before, after in itertools.pairwise(numbers)]
    return len(numbers) < 2 or sum(step in (0, 1) for step in steps) >= 0.6 * len(steps)


def article_label(line: str) -> tuple[str, str] | None:
    """("Art. 5.", rest) where an article of a national act begins its own paragraph."""
    match = _ABBREVIATED.match(line.strip())
    if match:
        return match.group("label"), match.group("rest").strip()
    opening = re.match(r"(Article (?:1er|premier)\.?)\s+(\S.*)$", line.strip())
    return (opening.group(1), opening.group(2)) if opening else None
