"""What audiences and sharing marks are called, and what a mark means for whoever reads."""

from collections.abc import Iterable, Mapping

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.groups.models import Group
from knowledge.access import LEA, MEMBERS, PUBLIC, STAFF, Mark, group_of

AUDIENCES = {
    PUBLIC: _("Everybody"),
    MEMBERS: _("Members"),
    LEA: _("LEA members"),
    STAFF: _("Staff"),
}
# In the words of the hub, after the Traffic Light Protocol 2.0 (FIRST, August 2022).
MEANINGS = {
    Mark.CLEAR: _("You may pass this on to anybody."),
    Mark.GREEN: _(
        "You may pass this on to others in law enforcement, but not in public, and not to places "
        "where anybody can sign up."
    ),
    Mark.AMBER: _("You may pass this on only to people in your organisation who need to know it."),
    Mark.RED: _("This is for those who read it here. Do not pass it on to anybody."),
}


def meaning(mark: str) -> str:
    """What a mark asks of its reader; "" without a mark."""
    return str(MEANINGS[Mark(mark)]) if mark else ""


def group_names(session: Session, audiences: Iterable[str]) -> dict[str, str]:
    """The names of the groups among these audiences. To be asked for what the reader may see."""
    ids = {group_of(audience): audience for audience in audiences if group_of(audience)}
    if not ids:
        return {}
    named = select(Group.id, Group.name).where(Group.id.in_(list(ids)))
    return {ids[number]: name for number, name in session.execute(named)}


def audience_name(audience: str, names: Mapping[str, str]) -> str:
    if audience in AUDIENCES:
        return str(AUDIENCES[audience])
    return names.get(audience) or gettext("A group")
