"""What a document says of itself where it begins: its date, and that it is a draft.

Only the forms in which documents state their own date are read: below their title ("of 27 April
2016"), with a place ("Brussels, 6 April 2016"), in the head of a consolidated text. A date in the
middle of a sentence may be any other.
"""

import datetime
import re
from collections.abc import Iterable
from itertools import islice

from indexer.parsers.parsed import Page

_MONTHS = (
    "january januar janvier enero gennaio januari január ιανουαρίου stycznia ianuarie",
    "february februar février febrero febbraio februari február φεβρουαρίου lutego februarie",
    "march märz mars marzo maart marec marca μαρτίου martie",
    "april avril abril aprile apríl apríla απριλίου kwietnia aprilie",
    "may mai mayo maggio mei máj mája μαΐου maja",
    "june juni juin junio giugno jún júna ιουνίου czerwca iunie",
    "july juli juillet julio luglio júl júla ιουλίου lipca iulie",
    "august août agosto augustus auguste augusta αυγούστου sierpnia",
    "september septembre septiembre settembre septembra σεπτεμβρίου września septembrie",
    "october oktober octobre octubre ottobre október októbra οκτωβρίου października octombrie",
    "november novembre noviembre november novembra νοεμβρίου listopada noiembrie",
    "december dezember décembre diciembre dicembre decembra δεκεμβρίου grudnia decembrie",
)
_NUMBERS = {name: number for number, names in enumerate(_MONTHS, 1) for name in names.split()}
_DATE = (
    r"(?P<day>\d{1,2})(?:st|nd|rd|th|\.|er|ης)?\s(?:de\s)?(?P<month>[^\W\d_]{3,12})\s(?:de\s)?"
    r"(?P<year>(?:19|20)\d\d)\b"
)
_OF = r"(?:of|vom|van|du|de|del|di|dell['\u2019]|zo(?:\sd\u0148a)?|z(?:\sdnia)?|της|din)"
_ACT = (
    r"(?:(?:COUNCIL|COMMISSION|EUROPEAN PARLIAMENT|DELEGATED|IMPLEMENTING|DELEGIERTE|RÈGLEMENT)\s)*"
    r"(?:REGULATION|DIRECTIVE|DECISION|RECOMMENDATION|VERORDNUNG|RICHTLINIE|BESCHLUSS|VERORDENING|"
    r"RICHTLIJN|BESLUIT|RÈGLEMENT|DÉCISION|REGLAMENTO|DIRECTIVA|DECISIÓN|REGOLAMENTO|DIRETTIVA|"
    r"DECISIONE|NARIADENIE|SMERNICA|ROZHODNUTIE|ΚΑΝΟΝΙΣΜΟΣ|ΟΔΗΓΙΑ|ΑΠΟΦΑΣΗ|ROZPORZĄDZENIE|DYREKTYWA|"
    r"DECYZJA|REGULAMENTUL|DECIZIA)\b"
)
_STATED = (
    re.compile(r"0\d{4}[A-Z]\d{4} [\u2014\u2013-] [A-Z]{2} [\u2014\u2013-] "
               r"(?P<day>\d{2})\.(?P<month>\d{2})\.(?P<year>\d{4})\b"),
    re.compile(rf"[^\W\d_]{{2,}}(?:[ -][^\W\d_]+)?, (?:den |le |el |il )?{_DATE}(?: \(OR\. .*)?$"),
    re.compile(rf"{_OF}\s{_DATE}", re.IGNORECASE),
    re.compile(rf"{_ACT}.{{0,160}}?\s{_OF}\s{_DATE}"),
    re.compile(rf".{{0,60}}\bresolution of {_DATE}"),
    re.compile(rf".{{0,60}}\badopted by .{{3,60}}? on {_DATE}"),
    re.compile(rf"{_DATE}\.? [\u2014\u2013-] "),
    re.compile(r"(?:date|datum|fecha|data)\s?: (?P<year>\d{4})-(?P<month>\d{2})-(?P<day>\d{2})$",
               re.IGNORECASE),
)  # fmt: skip
_DRAFT = re.compile(
    r"(?:source: )?(?:draft|entwurf|ontwerp|projet|proyecto|bozza|návrh|projekt|proiect|σχέδιο)\b|"
    r"proposal for a\b|vorschlag für eine|voorstel voor een|proposition de|propuesta de|"
    r"proposta di|wniosek|propunere de",
    re.IGNORECASE,
)
_SUPERSEDED = re.compile(
    r"(?:no longer in force|repealed|außer kraft|plus en vigueur|ya no está en vigor|"
    r"non più in vigore|niet meer van kracht)\W*",
    re.IGNORECASE,
)
_LONGEST = 1_500
_MOST_BLOCKS = 25


def stated_date(page: Page) -> str | None:
    """The date that the beginning of the document states as its own, in ISO 8601."""
    openings = list(_opening(page))
    for pattern in _STATED:
        for text in openings:
            match = pattern.match(text)
            if match and (found := _iso(match)):
                return found
    return None


def stated_status(page: Page) -> str | None:
    """A knowledge.models.Status, if the beginning of the document states one."""
    for text in _opening(page):
        if _SUPERSEDED.fullmatch(text):
            return "superseded"
        if _DRAFT.match(text):
            return "draft"
    return None


def _opening(page: Page) -> Iterable[str]:
    blocks = (block for block in page.blocks if block.kind != "footnote")
    for block in islice(blocks, _MOST_BLOCKS):
        if block.start > _LONGEST:
            return
        yield page.text[block.start : block.end].strip("*_ ")


def _iso(match: re.Match[str]) -> str | None:
    month = match.group("month").lower()
    number = int(month) if month.isdecimal() else _NUMBERS.get(month)
    if number is None:
        return None
    try:
        day = datetime.date(int(match.group("year")), number, int(match.group("day")))
    except ValueError:
        return None
    return day.isoformat()
