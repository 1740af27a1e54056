"""Addresses that a page needs for each of its posts or topics: built once, filled in by number.

Building one takes longer than anything else that a row of a list needs.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from flask import current_app, url_for

from knowledge.orm import LARGEST_LONG_ID

POST_ACTS = (
    *("forum.post", "writing.edit", "writing.history", "writing.delete", "reactions.react"),
    *("reactions.bookmark", "arranging.accept", "moderation.report"),
)


def pattern(endpoint: str, name: str) -> str:
    """An address in which ``%d`` stands for a number; "" where this hub has no such page."""
    if endpoint not in current_app.view_functions:
        return ""
    values: dict[str, Any] = {name: LARGEST_LONG_ID}
    built = url_for(endpoint, **values)
    return built.replace("%", "%%").replace(str(LARGEST_LONG_ID), "%d")


def post_links(endpoints: Iterable[str] = POST_ACTS) -> dict[str, str]:
    """By the last part of the endpoint: ``links.edit % post.id``."""
    return {name.partition(".")[2]: pattern(name, "post_id") for name in endpoints}


@dataclass(frozen=True, slots=True)
class PeopleLinks:
    """To people's pages: those have something for who is signed in."""

    before: str

    @classmethod
    def made(cls) -> "PeopleLinks":
        return cls(url_for("people.person", pseudonym="-").removesuffix("-"))

    def to(self, pseudonym: str) -> str:
        return self.before + quote(pseudonym, safe="")
