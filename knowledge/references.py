"""References to places of documents ("Art. 5(1)(h)", "Erwägungsgrund 33", "D3.2"), as data.

Whatever the language and the style, a place has one name, so that a question and a passage meet:
"Article 5 paragraph 1 point (h)", "artikel 5, lid 1, punt h)" and "άρθρο 5 παρ. 1 στοιχείο η)" are
all ``art:5:1:h``.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import product

from knowledge import reference_words as words
from knowledge.markers import canonical_marker, roman, starts_with_point

# The longest text in front of a head that may belong to it: "points (a) and (b) of paragraph 1 of".
_REACH = 100


@dataclass(frozen=True, slots=True)
class Reference:
    """A reference in a text, which says it from ``start`` to ``end``.

    ``kind`` is one of "article", "recital", "annex", "paragraph" (of a text without articles),
    "section", "amendment", "deliverable", "work_package", "act". ``numbers`` lead from the outside
    to the inside, canonical: ("5", "1", "h"); acts and deliverables have one, ("2024/1689",).
    """

    kind: str
    numbers: tuple[str, ...]
    start: int
    end: int


_NAMES = {
    "article": "art",
    "deliverable": "d",
    "work_package": "wp",
    "paragraph": "par",
    "section": "sec",
}


def references_in(text: str) -> list[Reference]:
    """The references that ``text`` makes, in order. "points (a) and (b)" are two; of "Articles 15
    to 22" the first and the last are named."""
    found: list[Reference] = []
    for head in _heads().finditer(text):
        if found and head.start() < found[-1].end:
            continue
        for reference in _references_at(text, head):
            while found and found[-1].start >= reference.start and found[-1].end < reference.end:
                found.pop()  # "paragraph 1" of "paragraph 1 of Article 5"
            found.append(reference)
    return found


def reference_terms(references: Iterable[Reference]) -> tuple[str, ...]:
    """The names of the places referred to and of those around them: art:5, art:5:1, art:5:1:h."""
    return tuple(
        dict.fromkeys(
            ":".join([_NAMES.get(reference.kind, reference.kind), *reference.numbers[:depth]])
            for reference in references
            for depth in range(1, len(reference.numbers) + 1)
        )
    )


def place_terms(section: Sequence[str], places: Iterable[Sequence[str]]) -> tuple[str, ...]:
    """The names of where a passage stands, by its headings and the places of its sentences."""
    stands = [place for heading in section for place in heading_references(heading)]
    heads = [ref for ref in stands if ref.kind in ("article", "annex")]
    outer = next((ref for ref in reversed(heads) if ref.start <= 1), None)
    changed = next((ref for ref in reversed(heads) if ref.start > 1), None)
    for place in places:
        quoted = next((n for n, marker in enumerate(place) if marker.startswith(_QUOTE)), None)
        if changed is not None and quoted is not None:
            stands.append(_quoted_place(changed, place[quoted:]))
        elif (found := _stands_at(section, outer, place)) is not None:
            stands.append(found)
    return reference_terms(stands)


def _stands_at(
    section: Sequence[str], outer: Reference | None, place: Sequence[str]
) -> Reference | None:
    markers = tuple(filter(None, map(canonical_marker, place)))
    if outer is not None:
        return Reference(outer.kind, (*outer.numbers, *markers), 0, 0)
    if markers and _is_recital(section, place[0]):
        return Reference("recital", markers[:1], 0, 0)
    return Reference("paragraph", markers, 0, 0) if markers and markers[0].isdigit() else None


def _quoted_place(changed: Reference, place: Sequence[str]) -> Reference:
    """Where new text will stand: a quoted paragraph in the article that is changed, a quoted point
    in the paragraph."""
    markers = tuple(filter(None, map(canonical_marker, place)))
    depth = 1 if markers and markers[0][0].isdigit() else 2
    return Reference(changed.kind, (*changed.numbers[:depth], *markers), 0, 0)


@lru_cache(maxsize=8192)  # headings stand above many passages
def heading_references(heading: str) -> tuple[Reference, ...]:
    """What a heading numbers ("Article 5 Scope", "3.6 Law enforcement"), and what it changes
    ("Amendment 225 … Article 5 – paragraph 1", "40) in artikel 113 wordt punt a) vervangen")."""
    numbered = _SECTION_NUMBER.match(heading)
    if numbered:
        numbers = tuple(numbered.group("number").rstrip(".").split("."))
        return (Reference("section", numbers, 0, numbered.end()),)
    found = references_in(heading)
    begins = bool(found) and found[0].start <= 1  # behind a quotation mark
    if begins and found[0].kind != "amendment":
        return (found[0],)
    return tuple(found) if begins or starts_with_point(heading) else ()


def standing_kind(section: Sequence[str]) -> str:
    """What kind of place the innermost heading opens that has paragraphs or points of its own:
    "article", "annex", "recital", or "" elsewhere."""
    if any(map(is_heading_of_recitals, section)):
        return "recital"
    heads = [ref for heading in section for ref in heading_references(heading) if ref.start <= 1]
    return next((ref.kind for ref in reversed(heads) if ref.kind in ("article", "annex")), "")


def is_heading_of_recitals(heading: str) -> bool:
    """Whether the recitals of an act stand under ``heading``."""
    return bool(_RECITALS_HEADING.match(heading))


def _is_recital(section: Sequence[str], marker: str) -> bool:
    named = any(map(is_heading_of_recitals, section))
    return named or (not section and marker.startswith("("))


_QUOTE = "\u201c"
_SECTION_NUMBER = re.compile(r"(?P<number>\d{1,2}(?:\.\d{1,2}){0,3}\.?)\s+(?=[^\W\d_])")
_RECITALS_HEADING = re.compile(
    rf"(?:(?:{words.RECITAL})\b(?! ?\d)|whereas|in erwägung|overwegende|considérant ce qui|"
    r"εκτιμώντας|keďže|zwracając uwagę|mając na uwadze|întrucât|a następująco)",
    re.IGNORECASE,
)
_INS = "|".join(words.INSERTED)
_LETTERS = r"(?:[ivxl]{1,6}|ιστ|στ|[ικ][α-θ]|[α-ω]|[a-z][a-f]?)"
_INSERTED = rf"(?: ?(?:{_INS})\b(?! ?(?:\d|art|\(|absatz|abs\.)))"
_BRACKETED = (
    rf"\((?!(?:eu|ec|eg|ue|ce|eú|εε|εκ)\))\s?(?:\d{{1,3}}|{_LETTERS})"
    rf"(?: ?(?:{_INS})|[ -][a-z]{{1,2}})?\s?\)"
)
_NUMBER = rf"\d{{1,4}}(?:/\d{{1,2}})?(?:er|re|°|º|[a-zα-ω]{{1,2}})?{_INSERTED}?(?!\w|[.,/]\d)"
_VALUE = (
    rf"(?<!\w)(?:{_BRACKETED}|(?:\d{{1,3}}|{_LETTERS})(?: ?(?:{_INS}))?\)|{_NUMBER}|"
    rf"(?:\d{{1,3}}|[a-z]) [a-z](?= \(new\)| [–-])|{_LETTERS}(?: (?:{_INS}))?(?!\w))"
)
_LEVEL = rf"(?:{words.PARAGRAPH}|{words.POINT})(?![^\W\d_])"
_COUNTED = (
    rf"(?:{words.ORDINAL})\s(?:{words.UNNUMBERED}|{words.PARAGRAPH})(?!\w)|"
    rf"(?:{words.UNNUMBERED}|{words.PARAGRAPH})\s(?:{words.ORDINAL})(?!\w)|"
    rf"(?:{words.UNNUMBERED})\s?\d{{1,2}}(?!\w)"
)
_PART_OF_ANNEX = r"(?:section|part|abschnitt|teil|partie|afdeling|deel|secci[óo]n|sezione) [a-d]\b"


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


def _heads() -> re.Pattern[str]:
    """What a reference begins with; groups are named after the kinds."""
    union = r"\((?:eu|ec|eg|ue|ce|eú|we|εε|εκ|euratom|jha|jai)(?:, ?euratom)?\)"
    number = r"(?:no|nr\.?|n[°º]\.?|αριθ\.|č\.|num\.?)"
    suffix = r"/(?:eu|ec|eg|ue|ce|eú|es|we|εε|εκ|eec|ewg|jha|jai|ji)\b"
    return _compiled(
        rf"(?<!\w)(?:"
        rf"(?P<article>(?:{words.ARTICLE})\s?(?P<article_number>{_NUMBER}|\d{{1,4}}(?=\.\d)))|"
        rf"(?P<recital>(?:{words.RECITAL})\s?(?P<recital_number>\(\d{{1,3}}\)|{_NUMBER}))|"
        rf"(?P<annex>(?:{words.ANNEX})\s(?P<annex_number>[ivxl]{{1,6}}|\d{{1,2}}|[a-h])(?!\w))|"
        rf"(?P<amendment>(?:{words.AMENDMENT})\s(?P<amendment_number>\d{{1,4}})(?!\w))|"
        rf"(?P<deliverable>(?:(?:{words.DELIVERABLE})\s(?:no\.? )?d?|d)(?P<deliverable_number>"
        r"\d{1,2}\.\d{1,2}(?:\.\d{1,2})?)(?!\w|\.\d))|"
        rf"(?P<work_package>(?:wp\s?|(?:{words.WORK_PACKAGE})\s)(?P<work_package_number>\d{{1,2}})"
        r"(?!\w|\.\d))|"
        rf"(?P<act>(?:(?:{words.ACT})\s(?:{union}\s?)?(?:{number}\s?)?|{union}\s(?:{number}\s?)?)"
        rf"(?P<act_number>\d{{2,4}}/\d{{1,4}})(?!\d)(?:{suffix})?|"
        rf"(?P<bare_act>\d{{2,4}}/\d{{1,4}}){suffix}|(?P<year_act>(?:19|20)\d\d/\d{{3,4}})(?![\w/]))|"
        rf"(?P<section>(?:sections?|chapters?|abschnitt\w*|kapitel\w*|chapitres?|cap[íi]tulos?|"
        r"capitol[oi]|hoofdstuk(?:ken)?|secci[óo]n|sezione|afdeling|ενότητα\w*|κεφάλαιο|"
        r"kapitol\w|rozdzia[łl]\w*|secțiunea|capitolul)\s"
        r"(?P<section_number>\d{1,2}(?:\.\d{1,2}){1,3})(?!\w))|"
        rf"(?P<paragraph>(?:§{{1,2}}|paragraphs?|para\.?|paragraphes?|rn\.|randnummern?)\s?"
        rf"(?P<paragraph_number>{_NUMBER}))"
        r")"
    )


def _references_at(text: str, head: re.Match[str]) -> Iterator[Reference]:
    kind = next(k for k in _KINDS if head.group(k))
    if kind not in ("article", "annex", "paragraph", "recital", "amendment"):
        yield Reference(kind, _whole_number(kind, head), head.start(), head.end())
        return
    chain = _Chain(text, kind, head.group(f"{kind}_number"), head)
    start, inner = _before(text, head.start())
    for place, reference in enumerate(chain.references()):
        if place or not inner:
            yield reference
            continue
        for numbers in inner:
            yield Reference(kind, (*reference.numbers, *numbers), start, reference.end)


_KINDS = (
    *("article", "recital", "annex", "amendment", "deliverable", "work_package", "act"),
    *("section", "paragraph"),
)


def _whole_number(kind: str, head: re.Match[str]) -> tuple[str, ...]:
    if kind == "act":
        return (head.group("act_number") or head.group("bare_act") or head.group("year_act"),)
    number = head.group(f"{kind}_number")
    return tuple(number.split(".")) if kind == "section" else (number,)


def _before(text: str, head: int) -> tuple[int, list[tuple[str, ...]]]:
    """(start, inner numbers) of "points (a) and (b) of paragraph 1 of" in front of a head."""
    many = rf"(?:{_VALUE})(?:(?:, | (?:{words.AND}) )(?:{_VALUE}))*"
    group = rf"(?:(?:{_LEVEL})\s?{many}|{_COUNTED})"
    of = rf",?\s(?:{words.OF_ELIDED}|(?:{words.OF})\s)"
    pattern = _compiled(rf"(?<!\w)(?:{group}{of})+(?:the )?$")
    match = pattern.search(text, max(0, head - _REACH), head)
    if match is None:
        return head, []
    groups = [
        [canonical_marker(value) for value in _compiled(_VALUE).findall(part.group("many"))]
        for part in _compiled(rf"(?<!\w)(?:{_LEVEL})\s?(?P<many>{many})").finditer(match.group())
    ]
    return match.start(), list(product(*reversed(groups))) if groups else []


class _Chain:
    """Reads what follows a head: "(1)(h)", "Absatz 1 Buchstabe h", "and (i)", …

    ``levels`` are (style, canonical number) from the outside; a further value of a list replaces
    the deepest level of its own style.
    """

    def __init__(self, text: str, kind: str, number: str, head: re.Match[str]) -> None:
        self.text, self.kind, self.head = text, kind, head
        self.levels = [("head", roman(number) if kind == "annex" else canonical_marker(number))]

    def references(self) -> Iterator[Reference]:
        start, end = self.head.start(), self._descend(self.head.end())
        yield self._reference(start, end)
        while (sibling := self._sibling(end)) is not None:
            start, end = sibling.start("value"), self._descend(sibling.end())
            yield self._reference(start, end)

    def _reference(self, start: int, end: int) -> Reference:
        return Reference(self.kind, tuple(number for _, number in self.levels), start, end)

    def _descend(self, position: int) -> int:
        while (step := _step().match(self.text, position)) is not None:
            value = step.group("named") or step.group("bare")
            if value is not None:
                self.levels.append((self._nested(_style(value), value), canonical_marker(value)))
            position = step.end()
        return position

    def _nested(self, style: str, value: str) -> str:
        """ "(i)" inside "(h)" counts in Roman figures."""
        inside = any(name == "letter" for name, _ in self.levels)
        return "roman" if inside and canonical_marker(value) in ("i", "v", "x") else style

    def _sibling(self, position: int) -> re.Match[str] | None:
        """The next value of a list, which then stands at its level."""
        match = _next().match(self.text, position)
        if match is None:
            return None
        value, style = match.group("value"), _style(match.group("value"))
        depth = self._depth(style, bool(match.group("word")))
        if depth is None or (depth == 0 and not self._may_list_heads(match)):
            return None
        del self.levels[depth:]
        self.levels.append((style if depth else "head", canonical_marker(value)))
        return match

    def _depth(self, style: str, is_named: bool) -> int | None:
        styles = [name for name, _ in self.levels]
        for depth in range(len(styles) - 1, 0, -1):
            if styles[depth] == style or (is_named and styles[depth][:6] == style[:6]):
                return depth
        if is_named:
            return None
        if style == "letter" and "roman" in styles:
            return styles.index("roman")
        return 0 if style == "number" or self.kind == "recital" else None

    def _may_list_heads(self, match: re.Match[str]) -> bool:
        """Whether "and 7" may be a second article: not after the singular "Article 5"."""
        is_single = self.kind == "article" and _compiled(_SINGULAR).match(self.head.group())
        joined = match.group("and") or _compiled(
            rf"(?:, ?\d{{1,4}}[a-z]?)*,? (?:{words.AND}) \d"
        ).match(self.text, match.end())
        return not is_single and bool(joined)


_SINGULAR = r"(?:article|art[íi]culo|articolo|articolul|[άα]ρθρου?|článo?k\w?|artykuł)\s"


@cache
def _step() -> re.Pattern[str]:
    gap = r"(?:\s*,?\s*| [–-] )(?:(?:in|im|the|al|alla|au|à la|en) )?"
    return _compiled(
        rf"{gap}(?:{_COUNTED}|{_PART_OF_ANNEX})|"
        rf"{gap}(?<!\w)(?:{_LEVEL})\s?(?P<named>{_VALUE})|"
        rf"(?P<bare>\s?{_BRACKETED}|,?\s?{_LETTERS}\)|,?\s\d{{1,2}}[°º]|\.\d{{1,2}}(?!\w)|"
        r"(?<=\d)\.[a-z]\)?(?!\w))"
    )


@cache
def _next() -> re.Pattern[str]:
    return _compiled(
        rf"(?:,?\s(?P<and>{words.AND})\s|,\s|\s?[–-]\s?(?=\())"
        rf"(?P<word>(?:{_LEVEL})\s?)?(?P<value>{_VALUE})"
    )


def _style(value: str) -> str:
    bare = value.strip(" ().,°º")
    if bare[:1].isdigit():
        return "number" if "(" not in value else "number in brackets"
    return "roman" if re.fullmatch("[ivx]{2,}", bare.casefold()) else "letter"
