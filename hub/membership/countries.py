"""The countries whose authorities a member may belong to: the Union, the rest of the European
Economic Area, Switzerland, the United Kingdom, and the countries that are candidates of the Union.
"""

import unicodedata

from babel import Locale
from flask_babel import get_locale

UNION = frozenset(
    {
        *("AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES"),
        *("FI", "FR", "GR", "HR", "HU", "IE", "IT", "LT", "LU"),
        *("LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK"),
    }
)
OTHERS_OF_THE_AREA = frozenset({"IS", "LI", "NO"})
NEIGHBOURS = frozenset({"CH", "GB"})
CANDIDATES = frozenset({"AL", "BA", "GE", "MD", "ME", "MK", "RS", "TR", "UA"})
CODES = UNION | OTHERS_OF_THE_AREA | NEIGHBOURS | CANDIDATES


def name_of(code: str) -> str:
    """In the reader's language; "" for none."""
    if code not in CODES:
        return ""
    return str(Locale.parse(str(get_locale() or "en")).territories.get(code, code))


def choices() -> list[tuple[str, str]]:
    """For a select, in the order of the reader's alphabet as far as accents do not matter."""
    return sorted(((code, name_of(code)) for code in CODES), key=lambda pair: _sorted_as(pair[1]))


def _sorted_as(name: str) -> str:
    plain = unicodedata.normalize("NFD", name.casefold())
    return "".join(letter for letter in plain if not unicodedata.combining(letter))
