"""Text of a Word file that a reader does not see: marked as hidden, white on white, or tiny."""

from collections.abc import Iterator
from typing import Any

from docx.document import Document
from docx.oxml.ns import qn

LEFT_OUT = "hidden text: left out"
_SMALLEST = 4  # half points: smaller is a speck on paper
_OFF = {"0", "false", "off", "none"}
_DARK_PLACES = (qn("w:tbl"), qn("w:txbxContent"))


def remove_hidden(document: Document) -> bool:
    """Takes out of the body what Word does not show or a reader cannot see; True if it was text."""
    styles = frozenset(_hiding_styles(document))
    return remove_hidden_runs(document.element.body, styles)


def remove_hidden_runs(root: Any, styles: frozenset[str] = frozenset()) -> bool:
    """``styles`` are the ids of the styles that hide."""
    hidden = [run for run in root.iter(qn("w:r")) if _is_hidden(run, styles)]
    for run in hidden:
        run.getparent().remove(run)
    return any(text.text for run in hidden for text in run.iter(qn("w:t")))


def _hiding_styles(document: Document) -> Iterator[str]:
    try:
        for style in document.styles.element.iter(qn("w:style")):
            look = style.find(qn("w:rPr"))
            if look is not None and _has(look, "w:vanish"):
                yield style.get(qn("w:styleId")) or ""
    except (KeyError, AttributeError):  # the part is missing: no style hides anything
        return


def _is_hidden(run: Any, styles: frozenset[str]) -> bool:
    look = run.find(qn("w:rPr"))
    paragraph = next(run.iterancestors(qn("w:p")), None)
    named = {_value(look, "w:rStyle")}
    if paragraph is not None:
        named.add(_value(paragraph.find(qn("w:pPr")), "w:pStyle"))
    if look is None:
        return bool(named & styles)
    states_itself = look.find(qn("w:vanish")) is not None
    if _has(look, "w:vanish") or (not states_itself and named & styles):
        return True
    size = _value(look, "w:sz")
    if size.isdecimal() and int(size) < _SMALLEST:
        return True
    return _value(look, "w:color").upper() == "FFFFFF" and not _is_on_dark(run, look)


def _is_on_dark(run: Any, look: Any) -> bool:
    """Whether something behind the letters may be dark: a shade, a table's style, a text box."""
    if _has(look, "w:highlight") or look.find(qn("w:shd")) is not None:
        return True
    places = [run, *run.iterancestors()]
    if any(place.tag in _DARK_PLACES for place in places):
        return True
    if next(run.getroottree().getroot().iter(qn("w:background")), None) is not None:
        return True
    return any(place.find(f"{qn('w:pPr')}/{qn('w:shd')}") is not None for place in places)


def _has(look: Any, name: str) -> bool:
    found = look.find(qn(name))
    return found is not None and (found.get(qn("w:val")) or "1").lower() not in _OFF


def _value(look: Any, name: str) -> str:
    found = None if look is None else look.find(qn(name))
    return "" if found is None else found.get(qn("w:val")) or ""
