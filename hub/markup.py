"""The only way from a text that somebody typed to HTML."""

from collections.abc import Mapping
from dataclasses import dataclass

from markupsafe import Markup, escape


@dataclass(frozen=True, slots=True)
class Found:
    """What a text refers to, in order, each once. ``mentions``: names as they were typed.
    ``uploads``, ``posts``: ids in addresses of this hub. ``pages``: paths of this hub."""

    mentions: tuple[str, ...] = ()
    uploads: tuple[int, ...] = ()
    posts: tuple[int, ...] = ()
    pages: tuple[str, ...] = ()
    links: int = 0


def found_in(text: str) -> Found:
    """What the text refers to, without looking whether it exists."""
    return Found()


def rendered(text: str, people: Mapping[str, str] | None = None) -> Markup:
    """Safe HTML. ``people``: the mentioned names that exist, with the pseudonym of each."""
    return Markup("<p>") + escape(text) + Markup("</p>")


def plain(text: str, longest: int = 0) -> str:
    """The words of the text without its signs; cut at ``longest`` characters unless that is 0."""
    return text[: longest or None]
