"""How the list of people is narrowed, as it stands in the address. What makes no sense is left
out."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum

from hub.accounts.models import LONGEST_ADDRESS, Role


class State(StrEnum):
    """Of an account; those that are erased are listed only when they are asked for."""

    ACTIVE = "active"
    DISABLED = "disabled"
    ERASED = "erased"


LEA = "lea"
ROLES = (*map(str, Role), LEA)


@dataclass(frozen=True, slots=True)
class Filters:
    """Empty values do not narrow. ``q``: a part of a pseudonym or of an address. ``role``: a role,
    or LEA for those whose membership counts."""

    q: str = ""
    role: str = ""
    state: str = ""

    @property
    def narrow(self) -> bool:
        return bool(self.query())

    def query(self) -> dict[str, str]:
        return {name: value for name, value in asdict(self).items() if value}


def filters_from(arguments: Mapping[str, str]) -> Filters:
    role, state = arguments.get("role", ""), arguments.get("state", "")
    return Filters(
        q=" ".join(arguments.get("q", "")[:LONGEST_ADDRESS].split()),
        role=role if role in ROLES else "",
        state=state if state in set(State) else "",
    )
