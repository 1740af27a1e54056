"""Who may read what: the one definition. The database's condition, the index's parts and the
checks on pages come from it.

A document has one *audience*. A *reader* belongs to some audiences and reads what is for any of
them, and nothing else. A *sharing mark* (Traffic Light Protocol 2.0, FIRST, August 2022) says how
far the recipients may pass a text on; it limits the audiences that the text may have here.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from sqlalchemy import ColumnElement, and_

from knowledge.errors import AudienceRefused, MetadataRefused
from knowledge.models import Document

PUBLIC, MEMBERS, LEA, STAFF = "public", "members", "lea", "staff"
GROUP = "group-"
_GROUP = re.compile(rf"{GROUP}([1-9][0-9]{{0,17}})")


class Mark(StrEnum):
    """The sharing marks of TLP 2.0; "" (no mark) is none of them."""

    CLEAR = "clear"
    GREEN = "green"
    AMBER = "amber"
    RED = "red"


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody who reads, as far as access is concerned: the audiences they belong to.

    ``renew`` looks up what they belong to at this moment; see ``now``.
    """

    audiences: frozenset[str]
    renew: Callable[[], "Reader"] | None = field(default=None, compare=False, repr=False)

    def now(self) -> "Reader":
        """The reader as they are at this moment: what was taken from them is gone."""
        return self.renew() if self.renew else self


ANYONE = Reader(frozenset({PUBLIC}))


def reader_of(
    *,
    is_member: bool = False,
    is_lea: bool = False,
    is_staff: bool = False,
    groups: Iterable[int] = (),
    renew: Callable[[], Reader] | None = None,
) -> Reader:
    """Somebody by what they are. Whoever is more than a visitor is a member too.

    Staff read what is for staff and for members of law enforcement. What a group keeps to itself is
    read by its members alone, staff or not.
    """
    of_groups = {group_audience(group_id) for group_id in groups}
    audiences = {PUBLIC} | of_groups
    if is_member or is_lea or is_staff or of_groups:
        audiences.add(MEMBERS)
    if is_lea or is_staff:
        audiences.add(LEA)
    if is_staff:
        audiences.add(STAFF)
    return Reader(frozenset(audiences), renew)


def readers_of(audience: str) -> Reader:
    """What everybody may read who is of this audience: what one may say to all of them."""
    group_id = group_of(audience)
    return reader_of(
        is_member=audience == MEMBERS,
        is_lea=audience == LEA,
        is_staff=audience == STAFF,
        groups=[] if group_id is None else [group_id],
    )


def group_audience(group_id: int) -> str:
    """The audience that the members of a group are, and nobody else."""
    return f"{GROUP}{group_id}"


def group_of(audience: str) -> int | None:
    """The id of the group that this audience is; None for the others."""
    found = _GROUP.fullmatch(audience)
    return int(found[1]) if found else None


def is_audience(text: str) -> bool:
    """Whether a document may be kept with this as its audience."""
    return text in (PUBLIC, MEMBERS, LEA, STAFF) or group_of(text) is not None


def readable_by(reader: Reader) -> ColumnElement[bool]:
    """The condition on ``document`` for what this reader may see."""
    return and_(
        Document.withdrawn_at.is_(None),
        Document.current_version_id.is_not(None),
        Document.audience.in_(sorted(reader.audiences)),
    )


def may_read(reader: Reader, document: Document) -> bool:
    """The same of one document that is loaded: equal to ``readable_by`` for every document."""
    return (
        document.withdrawn_at is None
        and document.current_version_id is not None
        and document.audience in reader.audiences
    )


# Which audiences a mark allows, by name; "group" is any group. GREEN stays in the community: not
# even among members, because anybody with an e-mail address may become one.
_ALLOWED: dict[str, tuple[str, ...]] = {
    "": (PUBLIC, MEMBERS, LEA, STAFF, GROUP),
    Mark.CLEAR: (PUBLIC, MEMBERS, LEA, STAFF, GROUP),
    Mark.GREEN: (LEA, STAFF, GROUP),
    Mark.AMBER: (STAFF, GROUP),
    Mark.RED: (GROUP,),
}
_WORDS = {
    PUBLIC: "everybody",
    MEMBERS: "members",
    LEA: "members of law enforcement",
    STAFF: "staff",
    GROUP: "one group",
}


def allows(mark: str, audience: str) -> bool:
    """Whether a text with this mark ("" for none) may be kept for this audience."""
    kind = GROUP if group_of(audience) is not None else audience
    return kind in _ALLOWED[mark]


def default_audience(mark: str) -> str | None:
    """The widest audience that a mark allows; None where a group must be named."""
    widest = _ALLOWED[mark][0]
    return None if widest == GROUP else widest


def audience_for(mark: str, audience: str | None = None) -> str:
    """The audience of a text with this mark ("" for none): the one given, or the mark's own.

    Raises: MetadataRefused for what is no mark or no audience, and AudienceRefused where the mark
    does not allow the audience, or does not name one by itself.
    """
    mark = checked_mark(mark)
    audience = checked_audience(audience) if audience is not None else default_audience(mark)
    if audience is None:
        raise AudienceRefused(f"A text marked {told(mark)} needs the group that it is for.")
    if not allows(mark, audience):
        may_be = " or ".join(_WORDS[name] for name in _ALLOWED[mark])
        raise AudienceRefused(
            f"A text marked {told(mark)} may be for {may_be}, not for the audience “{audience}”."
        )
    return audience


def checked_audience(text: str) -> str:
    """Raises: MetadataRefused for what is not an audience."""
    if not is_audience(text):
        raise MetadataRefused(
            f"The audience “{_shown(text)}” is not “{PUBLIC}”, “{MEMBERS}”, “{LEA}”, “{STAFF}” or "
            f"a group such as “{group_audience(17)}”."
        )
    return text


def checked_mark(text: str) -> str:
    """Raises: MetadataRefused for what is neither a mark nor ""."""
    if text not in _ALLOWED:
        known = ", ".join(map(told, Mark))
        raise MetadataRefused(f"The sharing mark “{_shown(text)}” is not one of {known}.")
    return str(text)


def mark_named(text: str) -> str:
    """The mark that people write as TLP:AMBER, tlp amber or amber; "" for “none”.

    Raises: MetadataRefused. TLP:AMBER+STRICT is refused: it allows less than AMBER does here.
    """
    name = re.sub(r"^tlp[:\s]\s*", "", text.strip().lower())
    return "" if name == "none" else checked_mark(name or "?")


def told(mark: str) -> str:
    """A mark as FIRST writes it: TLP:AMBER; "" for no mark."""
    return f"TLP:{mark.upper()}" if mark else ""


def _shown(text: str) -> str:
    return "".join(letter if letter.isprintable() else "\ufffd" for letter in text[:120])
