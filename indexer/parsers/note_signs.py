"""References to footnotes in plain text: "… of the Council ( 5 ) …" and "… companies.2 Data …"."""

import re
from collections.abc import Collection, Sequence

from indexer.parsers.parsed import NoteSign

_NUMBER = r"\d{1,3}|\*\d{0,2}"
_IN_SPACES = rf"\((?: (?P<a>{_NUMBER}) ?|(?P<b>{_NUMBER}) )\)"
_OWN = re.compile(
    rf"{_IN_SPACES}|\((?P<c>{_NUMBER})\)|(?P<d>\d{{1,4}})(?=[ .])|(?P<e>\*{{1,3}})(?=\s)"
)
_SPACED = re.compile(rf"\s?{_IN_SPACES}(?=$|[\s.,;:)\]\u2019\u201d'\"])")
_GLUED = re.compile(
    r"(?:(?<=[^\W\d_][.,;:\u2019\u201d\"')\]])|(?<=[a-z]{3})|"
    r"(?<=[^\W\d_][.,;:)\]][\u2019\u201d\"'])|(?<=[^\W\d_][\u2019\u201d\"')\]][.,;:]))"
    r"(?P<sign>\d{1,4})(?=$|[\s.,;:)\]])"
)
_NUMBERED = re.compile(r"(?P<number>\d{1,4}) (?P<words>[A-Z\u00c0-\u017f])?(?=\S)")
_ENDS_WORD = re.compile(r"[^\W\d_][.,;:)\u2019\u201d\"']*$")
SPACED, BRACKETED, BARE = "spaced", "bracketed", "bare"


def sign_of(note: str) -> tuple[str, str]:
    """(its sign, the way it is written) of a footnote; ("", "") where it begins with none."""
    match = _OWN.match(note)
    if match is None:
        return "", ""
    if match.group("c"):
        return match.group("c"), BRACKETED
    style = SPACED if match.group("a") or match.group("b") else BARE
    return _sign(match), style


def without_signs(text: str, signs: Collection[tuple[str, str]]) -> tuple[str, list[NoteSign]]:
    """The text without its references to these footnotes, and where they stood.

    Only what is written as the footnote itself is: "Article 5(1)" refers to no footnote "( 1 )".
    """
    pieces: list[str] = []
    notes: list[NoteSign] = []
    start = 0
    for match in _references(text, signs):
        pieces.append(text[start : match.start()])
        start = match.end()
        notes.append(NoteSign(sum(map(len, pieces)), _sign(match)))
    return "".join([*pieces, text[start:]]), notes


def _references(text: str, signs: Collection[tuple[str, str]]) -> list[re.Match[str]]:
    found = []
    for pattern, style in ((_SPACED, SPACED), (_GLUED, BARE)):
        if any(known == style for _, known in signs):
            found += [m for m in pattern.finditer(text) if (_sign(m), style) in signs]
    return sorted(found, key=lambda match: match.start())


def _sign(match: re.Match[str]) -> str:
    return next(group for group in match.groups() if group)


def with_signs_at_their_words(lines: Sequence[str]) -> list[str]:
    """The lines of a page, a sign that slipped to the beginning of a line put back behind the
    word before: the footnote itself, with the same number, follows further down."""
    found = [_NUMBERED.match(line) for line in lines]
    begins = [match.group("number") if match and match.group("words") else "" for match in found]
    kept: list[str] = []
    for place, (line, match) in enumerate(zip(lines, found, strict=True)):
        number = match.group("number") if match else ""
        if number and kept and number in begins[place + 1 :] and _ENDS_WORD.search(kept[-1]):
            kept[-1] += number
            line = line[len(number) :].lstrip()
        kept.append(line)
    return kept


def glued_numbers(lines: Sequence[str]) -> set[str]:
    """The numbers that stand right behind words: the signs of footnotes, if there are such."""
    return {match.group("sign") for line in lines for match in _GLUED.finditer(line)}
