"""Where the sentences of a text begin and end.

Rules rather than a model: they are the same for every run and language, and legal and project
texts are full of what such models stumble over (“Art. 5 para. 1 lit. h.”, “No. 3”, “24. Oktober”).
"""

import re

# A full stop after one of these ends no sentence (compared in lower case, without the stop).
_SHORT_FORMS = """
    al approx art arts bzw ca cf ch chap co col corp d.h dr e.g ed eds eq esp et etc evtl fig figs
    ff hr i.e i.v.m ibid inc incl jr lit ltd m.a max min mio mr mrs ms nº no nos nr num p p.ej
    para paras par pag pág pp prof ref reg s.a sec sect sog sr sra st tab tel u.a u.s u.k usw v vgl
    vol vs z.b zb ggf abs satz ziff zif αρ άρθ παρ π.χ κ.λπ σελ βλ art.nr blz bijv o.a enz d.w.z
    jan feb apr aug sept oct nov dec okt dez ene abr déc févr
    p.ex c.-à-d m.b.t i.p.v resp odds ods písm č napr tzv tzn str čl
"""
ABBREVIATIONS = frozenset(_SHORT_FORMS.split())
# Languages that write ordinal numbers with a full stop.
ORDINAL_LANGUAGES = frozenset(("cs", "da", "de", "et", "fi", "hr", "hu", "lv", "sk", "sl"))

# The second form ends with the number of a footnote, as extracted texts have it: “… system.767”.
_END = re.compile(r"[.!?…;\u037e]+[\"'”’»)\]]*(?=\s)|(?<=[^\W\d_]{3})\.\d{1,3}(?=\s)")
_OPENING = "\"'“„«‘([–—-¿¡"
_LAST_WORD = re.compile(r"[\w.\-]+$")
_INNER_CAPITAL = re.compile(r"[^\W\d_]+[A-Z]")  # a name such as “popAI” may begin a sentence
_NUMBER = re.compile(r"\d{1,3}")
# “§ 1er.”, “1 bis.”, also where quoted in an amending act: the number of what follows.
_PARAGRAPH_SIGN = re.compile(
    r"(?:\[\d{1,2} )?[\"“„«‘]?(?:§ ?)?\d{1,3}(?:er)?"
    r"(?: ?(?:bis|ter|quater|quinquies|sexies|septies|[a-z]))?"
)


def split_sentences(text: str, language: str = "") -> list[tuple[int, int]]:
    """(start, end) of every sentence, in order, without the white space around it."""
    spans: list[tuple[int, int]] = []
    start = _skip_space(text, 0)
    for match in _END.finditer(text):
        if match.start() >= start and _ends_sentence(text, start, match, language):
            spans.append((start, match.end()))
            start = _skip_space(text, match.end())
    end = len(text.rstrip())
    if start < end:
        spans.append((start, end))
    return spans


def _ends_sentence(text: str, start: int, match: re.Match[str], language: str) -> bool:
    mark = text[match.start()]
    position = _skip_space(text, match.end())
    following = text[position : position + 2]
    if not following or (following[:1].islower() and not _INNER_CAPITAL.match(text, position)):
        return False
    if mark in ";\u037e":
        return language == "el"
    if match.group() != ".":  # also a stop inside quotation marks or brackets
        return True
    return _full_stop_ends(text[start : match.start()], following, language)


def _full_stop_ends(before: str, following: str, language: str) -> bool:
    last = _LAST_WORD.search(before)
    word = last.group().lower().strip(".") if last else ""
    if _PARAGRAPH_SIGN.fullmatch(before):
        return False
    if _NUMBER.fullmatch(word):
        is_marker = last is not None and last.start() == 0
        return not is_marker and language not in ORDINAL_LANGUAGES
    if word in ABBREVIATIONS:
        return word == "etc" and following[0].isupper()
    is_initial = len(word) == 1 and word.isalpha() and last is not None and last.group().isupper()
    return not is_initial and (following[0].isalnum() or following[0] in _OPENING)


def _skip_space(text: str, position: int) -> int:
    while position < len(text) and text[position].isspace():
        position += 1
    return position
