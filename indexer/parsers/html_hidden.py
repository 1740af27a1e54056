"""Text of a web page that a reader does not see: who writes it does not write for people."""

import re
from collections.abc import Iterator

from lxml import html

LEFT_OUT = "hidden text: left out"
FEWEST_WORDS = 3  # less is a menu's mark or an icon's name
_BLOCK = re.compile(r"([^{}@]{1,400})\{([^{}]{1,2000})\}")
_SELECTOR = re.compile(r"^(?:[a-z][a-z0-9]*)?([.#][\w-]+)$", re.IGNORECASE)
_HIDING = re.compile(
    r"display:none|visibility:(?:hidden|collapse)|opacity:0?(?:\.0\d*)?(?![.\d])|"
    r"font-size:(?:[01](?:\.\d+)?(?:px|pt)?|0?\.0?\d+r?em|0%)(?![\d.%a-z])|"
    r"(?:left|top|right|bottom|text-indent|margin-left|margin-top):-\d{4,}|"
    r"clip:rect\((?:0|1)(?:px)?[, ]*(?:0|1)(?:px)?|clip-path:inset\((?:50|100)%|"
    r"transform:scale\(0\)"
)
_COLOUR = re.compile(r"(?<![\w-])color:([^;!]+)")
_BACKGROUND = re.compile(r"background(?:-color)?:([^;!]+)")
_WHITE = {"white", "#fff", "#ffffff", "rgb(255,255,255)", "transparent", "rgba(0,0,0,0)"}


def remove_hidden(root: html.HtmlElement) -> bool:
    """Takes out of the tree what is not shown; True if that was text worth a word."""
    classes = frozenset(_hiding_selectors(root))
    hidden = [element for element in root.iter() if _is_hidden(element, classes)]
    says_something = False
    for element in hidden:
        if element.getparent() is not None:
            says_something |= len((element.text_content() or "").split()) >= FEWEST_WORDS
            element.drop_tree()
    return says_something


def _hiding_selectors(root: html.HtmlElement) -> Iterator[str]:
    """“.note” and “#note” where a style sheet of the page hides them. Rules that depend on the
    device (inside @media) are read as well: the text is hidden for somebody."""
    for style in root.iter("style"):
        for selectors, declarations in _BLOCK.findall((style.text or "")[:1_000_000]):
            if _hides(declarations):
                found = (_SELECTOR.match(one.strip()) for one in selectors.split(","))
                yield from (match.group(1).lower() for match in found if match)


def _is_hidden(element: html.HtmlElement, selectors: frozenset[str]) -> bool:
    if not isinstance(element.tag, str) or element.tag in ("html", "body", "head"):
        return False
    if element.get("hidden") is not None or element.get("aria-hidden", "").lower() == "true":
        return True
    names = [f".{name}" for name in element.get("class", "").lower().split()]
    if selectors and not selectors.isdisjoint([*names, f"#{element.get('id', '').lower()}"]):
        return True
    style = re.sub(r"\s+", "", element.get("style", "").lower())
    return bool(_HIDING.search(style)) or (_is_white(element, style) and not _is_on_dark(element))


def _hides(declarations: str) -> bool:
    return bool(_HIDING.search(re.sub(r"\s+", "", declarations.lower())))


def _is_white(element: html.HtmlElement, style: str) -> bool:
    colour = _COLOUR.search(style)
    stated = colour.group(1) if colour else element.get("color", "").strip().lower()
    background = _BACKGROUND.search(style)
    return stated in _WHITE or bool(stated and background and background.group(1) == stated)


def _is_on_dark(element: html.HtmlElement) -> bool:
    """Whether something behind white letters may be dark: stated here, or by a style sheet."""
    has_sheets = next(element.getroottree().getroot().iter("style", "link"), None) is not None
    return any(
        _is_dark(place) or (has_sheets and place.get("class") is not None)
        for place in (element, *element.iterancestors())
    )


def _is_dark(element: html.HtmlElement) -> bool:
    if element.get("background") is not None:
        return True
    stated = _BACKGROUND.search(re.sub(r"\s+", "", element.get("style", "").lower()))
    behind = stated.group(1) if stated else element.get("bgcolor", "").strip().lower()
    colour = _COLOUR.search(re.sub(r"\s+", "", element.get("style", "").lower()))
    is_itself = colour is not None and behind == colour.group(1)
    return behind not in ("", *_WHITE) and not is_itself
