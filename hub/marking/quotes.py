"""A quote of a post: a person's words, with a link to where they said them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from markdown_it.token import Token

from hub.marking.addresses import post_in
from hub.marking.lines import BREAKS, address_of, words_of

_WHO = re.compile(r"@(.{1,60}, #[0-9]{1,7})")


@dataclass(frozen=True, slots=True)
class Quoted:
    """``who``: name and number. ``rest``: what else stands in the first paragraph."""

    who: str
    path: str
    rest: Sequence[Token]


def quoted_post(line: Token) -> Quoted | None:
    """Of the first line of a quote: whose words follow; None where it does not say so by
    ``[@Name, #3](/forum/posts/4711)`` and nothing else."""
    children = line.children or []
    if not children or children[0].type != "link_open":
        return None
    end = next((n for n, token in enumerate(children) if token.type == "link_close"), 0)
    is_alone = len(children) == end + 1 or children[end + 1].type in BREAKS
    who, path = _WHO.fullmatch(words_of(children[1:end])), address_of(children[0])
    if not (end and is_alone and who and post_in(path) is not None):
        return None
    return Quoted(who[1], path, children[end + 2 :])
