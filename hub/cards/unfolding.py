"""The posts of a page with their cards in place."""

import re
from collections.abc import Iterable, Mapping, Sequence
from html import unescape

from flask import has_request_context
from markupsafe import Markup
from sqlalchemy.orm import Session

from hub.assistant import asker
from hub.cards.asked import DOCUMENT, Asked, asked_by
from hub.cards.queries import Facts, facts
from hub.cards.shown import Shown, shown
from hub.clock import now
from knowledge.access import Reader
from knowledge.canonical import Piece, pieces_of_each

MOST_CARDS = 40
PLACE = "card-place"
NOTE = 'id="fn-'
# As ``hub.markup`` writes them; nothing that was typed can look like it.
_PLACE = re.compile(rf'<p class="{PLACE}"><a href="([^"<>]*)"[^<>]*>[^<]*</a></p>')
_SCOPE = re.compile(r'id="fn-([0-9a-z]+)-')


def unfolded(session: Session, htmls: Sequence[str], reader: Reader) -> list[Markup]:
    """Each HTML of ``hub.markup``, in which links that stand alone are cards of what this reader
    may see; the others stay links, whether the page exists or not.

    Asks at most twice, and not at all where no such link is. Footnotes of equal texts are told
    apart, so that all can stand on one page.
    """
    told_apart = _with_own_footnotes([str(html) for html in htmls])
    paths = [path for html in told_apart for path in _places(html)][:MOST_CARDS]
    cards = _cards(session, dict.fromkeys(paths), reader) if paths else {}
    return [Markup(_replaced(html, cards)) for html in told_apart]  # noqa: S704 - of hub.markup


def _places(html: str) -> Iterable[str]:
    return map(unescape, _PLACE.findall(html)) if PLACE in html else ()


def _replaced(html: str, cards: Mapping[str, str]) -> str:
    if not cards or PLACE not in html:
        return html
    return _PLACE.sub(lambda found: cards.get(unescape(found[1]), found[0]), html)


def _cards(session: Session, paths: Iterable[str], reader: Reader) -> dict[str, str]:
    asked = {path: one for path in paths if (one := asked_by(path))}
    owner = asker.known_key() if has_request_context() else ""
    known = facts(session, set(asked.values()), reader, owner, now())
    words = _quoted(session, known)
    made = {
        path: shown(Shown(path, one, known[one], words.get(one, ())))
        for path, one in asked.items()
        if one in known
    }
    return {path: card for path, card in made.items() if card}


def _quoted(session: Session, known: Mapping[Asked, Facts]) -> dict[Asked, Sequence[Piece]]:
    """The words of each quote as they stand in the document."""
    marked = [(one, one.mark) for one in known if one.kind == DOCUMENT and one.mark]
    stretches = [(known[one].version_id, mark.start, mark.end) for one, mark in marked]
    found = pieces_of_each(session, stretches) if stretches else []
    return {one: pieces for (one, _mark), pieces in zip(marked, found, strict=True)}


def _with_own_footnotes(htmls: Sequence[str]) -> list[str]:
    """The same text gives the same names to its footnotes; on a page each must be another one."""
    seen: set[str] = set()
    told_apart = []
    for place, html in enumerate(htmls):
        scope = _SCOPE.search(html) if NOTE in html else None
        if scope and scope[1] in seen:
            names = re.compile(rf'((?:id="|href="#)fn(?:ref)?-{scope[1]})-')
            html = names.sub(rf"\g<1>x{place}-", html)
        elif scope:
            seen.add(scope[1])
        told_apart.append(html)
    return told_apart
