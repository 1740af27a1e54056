"""Finds the terms that a text defines, where it says so plainly.

Acts set the term in quotation marks: "(4) ‘deployer’ means …". In most languages a verb follows; in
German, French and others often only a comma or a colon does, because the lead-in has said it ("on
entend par:", "bezeichnet der Ausdruck:"). Then the lead-in or the heading must say so here too.
"""

import re
from collections.abc import Sequence

from indexer.sentence import Sentence
from indexer.signs import NUMBERS, read_sign, without_sign

LONGEST_TERM = 120
_QUOTED = (
    r"[\u201c\u201e\u00ab\u2018\u201a\u201d\"']\s?"
    r"(?P<term>[^\u201c\u201d\u201e\u00ab\u00bb\"\n]{1,120}?)"
    r"\s?[\u201d\u201c\u00bb\u2019\"'](?![^\W\d_])"
)
_FIRST = re.compile(_QUOTED)
_VERB = re.compile(
    r"[^\u2018\u201c\u201e\u00ab:;.]{0,60}?(?<!\w)(?:shall )?"
    r"(?:means?|is defined as|refers? to|has the meaning|"
    r"bezeichnet|bedeutet|ist|sind|désigne|signifie|s['\u2019]entend|s['\u2019]entendent|"
    r"significa|se entiende|se entenderá|si intend(?:e|ono)|betekent|wordt verstaan|"
    r"σημαίνει|νοείται|νοούνται|je|sú|znamená|rozumie|oznacza|oznaczają|"
    r"înseamnă|se înțelege|reprezintă)(?!\w)",
    re.IGNORECASE,
)
_COLON = re.compile(
    r"(?:\s(?:of|or|oder|ou|o|u|ή|alebo|lub|sau)\s[\u201c\u201e\u00ab\u2018'\"][^:;.]{1,60}?)?\s?:\s"
)
_PLAIN = re.compile(r"[^:;.]{0,40}?:|,|\s(?=[^\W\d_])|\s*$")
# Below the heading: "67) zwevendekommabewerking of “floating-point operation”: …".
_BARE = re.compile(r"(?P<term>[^:;.,\u201c\u201e\u00ab\u2018]{2,60}?)" + _COLON.pattern)
_LEAD = re.compile(
    r"definition|following terms|for the purposes? of|means|bezeichne|ausdruck|begriff|im sinne|"
    r"on entend par|définition|se entender|definicion|si intende|definizion|verstaan onder|"
    r"definitie|νοού|ορισμ|rozumie|vymedzen|definíci|oznacza|definicj|înțeleg|definiți",
    re.IGNORECASE,
)
_HEADING = re.compile(
    r"definition|definiti|begriffsbestimm|définition|definicion|definizion|definitie|ορισμ|"
    r"vymedzenie|definíci|definicj|glossar",
    re.IGNORECASE,
)
_UNDERSTOOD = re.compile(
    r"(?:on entend par|il faut entendre par|versteht man unter|se entiende por|se entenderá por|"
    r"si intende per|wordt verstaan onder|sa rozumie|rozumie się przez|se înțelege prin|"
    r"νοείται ως)\s+" + _QUOTED,
    re.IGNORECASE,
)


class DefinitionReader:
    """Knows whether the headings speak of definitions."""

    def __init__(self) -> None:
        self._below_heading = False

    def open_section(self, path: Sequence[str]) -> None:
        self._below_heading = bool(path) and bool(_HEADING.search(path[-1]))

    def term_of(self, block: str, leads: Sequence[Sentence], text: str) -> str:
        """The term that a block defines in its first words, or ""."""
        words = without_sign(block)
        match = _FIRST.match(words)
        if match is None:
            return self._unquoted_term(block, words)
        if _VERB.match(words, match.end()):
            return _tidy(match.group("term"))
        is_numbered = words != block.lstrip()
        if is_numbered and _COLON.match(words, match.end()):
            return _tidy(match.group("term"))
        is_list = self._below_heading or any(
            _LEAD.search(text[lead.start : lead.end]) for lead in leads
        )
        return _tidy(match.group("term")) if is_list and _PLAIN.match(words, match.end()) else ""

    def _unquoted_term(self, block: str, words: str) -> str:
        sign = read_sign(block)
        understood = _UNDERSTOOD.search(block[:300])
        if understood is None and self._below_heading and sign and sign.style in NUMBERS:
            understood = _BARE.match(words)
        return _tidy(understood.group("term")) if understood else ""


def _tidy(term: str) -> str:
    return " ".join(term.split())[:LONGEST_TERM].strip(" ,;")
