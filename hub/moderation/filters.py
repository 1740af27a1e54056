"""How the queue is narrowed, as it stands in the address. What makes no sense is left out."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from hub.addresses import LARGEST_ID
from hub.moderation.models import Ground


class Tab(StrEnum):
    """``MINE``: those that the visitor has claimed."""

    WAITING = "waiting"
    MINE = "mine"
    OBJECTIONS = "objections"
    DECIDED = "decided"


@dataclass(frozen=True, slots=True)
class Filters:
    """Empty values do not narrow."""

    tab: Tab = Tab.WAITING
    ground: str = ""
    board: int = 0

    def query(self, **changed: object) -> dict[str, object]:
        """For links to the same list, changed."""
        values = {"tab": str(self.tab), "ground": self.ground, "board": self.board} | changed
        if values["tab"] == Tab.WAITING:
            del values["tab"]
        return {name: value for name, value in values.items() if value}


def filters_from(arguments: Mapping[str, str]) -> Filters:
    tab, ground = arguments.get("tab", ""), arguments.get("ground", "")
    return Filters(
        Tab(tab) if tab in set(Tab) else Tab.WAITING,
        ground if ground in set(Ground) else "",
        number_from(arguments, "board", 0),
    )


def number_from(arguments: Mapping[str, str], name: str, default: int) -> int:
    text = arguments.get(name, "")
    is_number = text.isascii() and text.isdigit() and len(text) < 11
    return int(text) if is_number and 0 < int(text) <= LARGEST_ID else default
