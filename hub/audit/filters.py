"""How the list of entries is narrowed, as it stands in the address. What makes no sense is left
out; a person or a subject that is not there finds nothing."""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date

from hub.audit.rules import ACT

SUBJECT = re.compile(r"([a-z_]{1,30})(?: ([0-9]{1,10}))?")
LONGEST_NAME = 60
LARGEST_ID = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Filters:
    """Empty values do not narrow. ``person``: a pseudonym, of who acted or was acted on.
    ``subject`` is a kind or a kind and a number, as in "person 17". Days are those of the hub's
    zone."""

    act: str = ""
    person: str = ""
    subject: str = ""
    since: str = ""
    until: str = ""

    @property
    def narrow(self) -> bool:
        return bool(self.query())

    def query(self) -> dict[str, str]:
        """The parameters that lead here again; those that say nothing are left out."""
        return {name: value for name, value in asdict(self).items() if value}

    def subject_parts(self) -> tuple[str, int | None]:
        """The kind and the number; a kind that no entry has where the text is neither."""
        match = SUBJECT.fullmatch(self.subject)
        if not match or int(match[2] or 0) > LARGEST_ID:
            return "-", None
        return match[1], int(match[2]) if match[2] else None


def filters_from(arguments: Mapping[str, str]) -> Filters:
    act = arguments.get("act", "")
    return Filters(
        act=act if ACT.fullmatch(act) else "",
        person=_line(arguments.get("person", "")),
        subject=_line(arguments.get("subject", "")).lower(),
        since=_day(arguments.get("since", "")),
        until=_day(arguments.get("until", "")),
    )


def _line(text: str) -> str:
    return " ".join(text[:LONGEST_NAME].split())


def _day(text: str) -> str:
    """The day in ISO 8601, "" for what is none."""
    try:
        return date.fromisoformat(text).isoformat() if len(text) == 10 else ""
    except ValueError:
        return ""
