"""A link to a page of this hub that stands alone: the place of a card."""

from markdown_it.token import Token

from hub.marking.addresses import may_unfold
from hub.marking.lines import address_of


def card_path(line: Token) -> str:
    """The page that a line leads to, where the line is nothing but a link to one that a card can
    stand for; else ""."""
    children = line.children or []
    if len(children) < 3 or children[0].type != "link_open" or children[-1].type != "link_close":
        return ""
    if any(token.type != "text" for token in children[1:-1]):
        return ""
    path = address_of(children[0])
    return path if may_unfold(path) else ""
