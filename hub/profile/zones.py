"""The time zones that can be chosen, by region."""

from functools import cache
from zoneinfo import available_timezones

# The names without a region, and "Etc", are for machines.
REGIONS = (
    *("Europe", "Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia"),
    *("Indian", "Pacific"),
)
UTC = "UTC"


@cache
def zones() -> dict[str, list[str]]:
    """The names of a region's zones, under the region."""
    known = available_timezones()
    return {
        region: sorted(name for name in known if name.startswith(f"{region}/"))
        for region in REGIONS
    }


def is_zone(name: str) -> bool:
    return name in _names()


@cache
def _names() -> frozenset[str]:
    return frozenset([UTC, *(name for names in zones().values() for name in names)])


def place(zone: str) -> str:
    """A zone as it is shown within its region: "Buenos Aires" and the like."""
    return zone.partition("/")[2].replace("_", " ").replace("/", ", ") or zone
