"""What a text refers to: people, uploads, posts, pages."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from markdown_it.token import Token

from hub.marking.addresses import post_in, upload_in
from hub.marking.lines import address_of
from hub.marking.mentions import mentions_in

MOST_MENTIONS = 50


@dataclass(frozen=True, slots=True)
class Found:
    """What a text refers to, in order, each once. ``mentions``: names as they were typed, not those
    in code or in a quote. ``uploads``, ``posts``: ids in addresses of this hub. ``pages``: paths of
    this hub. ``links``: how many lead out of it."""

    mentions: tuple[str, ...] = ()
    uploads: tuple[int, ...] = ()
    posts: tuple[int, ...] = ()
    pages: tuple[str, ...] = ()
    links: int = 0


@dataclass
class _Collected:
    """Dictionaries keep the order and each key once."""

    mentions: dict[str, None] = field(default_factory=dict)
    uploads: dict[int, None] = field(default_factory=dict)
    posts: dict[int, None] = field(default_factory=dict)
    pages: dict[str, None] = field(default_factory=dict)
    links: int = 0


def found_among(tokens: Sequence[Token]) -> Found:
    found = _Collected()
    depth = 0
    for token in tokens:
        depth += token.nesting if token.tag == "blockquote" else 0
        if token.type == "inline":
            _collect(token.children or [], found, is_quoted=depth > 0)
    return Found(
        tuple(found.mentions)[:MOST_MENTIONS],
        tuple(found.uploads),
        tuple(found.posts),
        tuple(found.pages),
        found.links,
    )


def _collect(children: Sequence[Token], found: _Collected, is_quoted: bool) -> None:
    """Words in a quote are somebody else's: they mention nobody again."""
    for token, in_link in _with_links(children):
        if token.type in ("link_open", "image"):
            _note_address(address_of(token), found)
        elif token.type == "text" and not (in_link or is_quoted) and "@" in token.content:
            found.mentions.update((name, None) for _, _, name in mentions_in(token.content))


def _with_links(children: Sequence[Token]) -> Iterator[tuple[Token, bool]]:
    """Each token, and whether it stands in a link."""
    depth = 0
    for token in children:
        depth += token.nesting if token.tag == "a" else 0
        yield token, depth > 0


def _note_address(address: str, found: _Collected) -> None:
    if not address.startswith("/"):
        found.links += 1
        return
    found.pages[address] = None
    if (upload := upload_in(address)) is not None:
        found.uploads[upload] = None
    if (post := post_in(address)) is not None:
        found.posts[post] = None
