"""What a draft is for: a new topic in a board, a reply to a topic, or an edit of a post."""

import re
from dataclasses import dataclass
from enum import StrEnum

from hub.addresses import LARGEST_ID
from knowledge.orm import LARGEST_LONG_ID


class Kind(StrEnum):
    BOARD = "board"
    TOPIC = "topic"
    POST = "post"


@dataclass(frozen=True, slots=True)
class Place:
    kind: Kind
    number: int

    def __str__(self) -> str:
        return f"{self.kind} {self.number}"


_PLACE = re.compile(r"(board|topic|post) ([1-9][0-9]{0,15})")


def place_named(text: str) -> Place | None:
    """The place that is spelled so; whether there is such a thing is not looked at."""
    found = _PLACE.fullmatch(text)
    if found is None:
        return None
    place = Place(Kind(found[1]), int(found[2]))
    largest = LARGEST_ID if place.kind is Kind.BOARD else LARGEST_LONG_ID
    return place if place.number <= largest else None
