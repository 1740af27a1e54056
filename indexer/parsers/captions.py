"""The line above or below a table that names it."""

import re

_CAPTION = re.compile(
    r"(?:table|tab\.|tabelle|tableau|tabel|tabla|cuadro|tabella|tabela|tabelul|tabuľka|πίνακας)"
    r"\s?(?:[A-Z]?[\d.-]*\d+|[IVX]+|[A-Z])(?:\b|[.:])",
    re.IGNORECASE,
)
_LONGEST = 300


def names_table(text: str) -> bool:
    """ "Table 3: Deadlines", "Tabelle 2.1 Fristen"."""
    return bool(_CAPTION.match(text)) and len(text) < _LONGEST
