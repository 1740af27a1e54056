"""How the list is narrowed, as it stands in the address. What makes no sense is left out."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass

from knowledge.models import Status

LONGEST_WORDS = 200
SORTS = ("newest", "title")


@dataclass(frozen=True, slots=True)
class Filters:
    """Empty values do not narrow. ``sort`` is one of SORTS."""

    q: str = ""
    language: str = ""
    type: str = ""
    status: str = ""
    sort: str = SORTS[0]

    @property
    def narrow(self) -> bool:
        return bool(self.q or self.language or self.type or self.status)

    def query(self) -> dict[str, str]:
        """The parameters that lead here again; those that say nothing are left out."""
        said = {name: value for name, value in asdict(self).items() if value}
        return {name: value for name, value in said.items() if (name, value) != ("sort", SORTS[0])}


def filters_from(arguments: Mapping[str, str]) -> Filters:
    status = arguments.get("status", "")
    sort = arguments.get("sort", "")
    return Filters(
        q=" ".join(arguments.get("q", "")[:LONGEST_WORDS].split()),
        language=arguments.get("language", "")[:12],
        type=arguments.get("type", "")[:60],
        status=status if status in set(Status) else "",
        sort=sort if sort in SORTS else SORTS[0],
    )
