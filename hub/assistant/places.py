"""What the place of a quote below its heading is called: "paragraph 1", "point (h)"."""

from collections.abc import Sequence

from flask_babel import gettext

from knowledge.references import standing_kind

_QUOTED = "\u201c"


def place_words(section: Sequence[str], place: Sequence[str]) -> tuple[str, ...]:
    """The markers of ``place`` in words, in the language of the moment."""
    kind = standing_kind(section)
    return tuple(_words(kind, depth, marker) for depth, marker in enumerate(place))


def _words(kind: str, depth: int, marker: str) -> str:
    is_new, marker = marker.startswith(_QUOTED), marker.removeprefix(_QUOTED)
    if kind == "recital" and depth == 0:
        return gettext("recital %(number)s", number=marker.strip("()"))
    if marker.endswith("\u00b0") or marker.isalpha():  # "1°" and "A" are called nothing else
        return marker
    is_paragraph = marker[0].isdigit() and kind != "annex"
    if is_paragraph and is_new:
        return gettext("new paragraph %(number)s", number=marker)
    if is_paragraph:
        return gettext("paragraph %(number)s", number=marker)
    if is_new:
        return gettext("new point %(marker)s", marker=marker)
    return gettext("point %(marker)s", marker=marker)
