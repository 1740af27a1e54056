"""The audit log in words: acts, kinds of subjects, states, and what a check of the chain found."""

from collections.abc import Mapping
from typing import Any

from flask_babel import format_decimal, gettext, ngettext
from flask_babel import lazy_gettext as _

from hub.audit.verifying import Check, Fault, Finding

ACTS = {
    "audit.exported": _("Audit log exported"),
    "board.archived": _("Board archived"),
    "board.changed": _("Board changed"),
    "board.created": _("Board opened"),
    "board.moderator_let_go": _("Moderator of a board let go"),
    "board.moderator_named": _("Moderator of a board named"),
    "board.moved": _("Order of the boards changed"),
    "board.reopened": _("Archived board opened again"),
    "category.created": _("Category of boards made"),
    "category.moved": _("Order of the categories changed"),
    "category.removed": _("Category of boards removed"),
    "category.renamed": _("Category of boards renamed"),
    "case.claimed": _("Moderation case claimed"),
    "case.decided": _("Moderation case decided"),
    "case.emptied": _("Evidence of a moderation case removed"),
    "case.released": _("Moderation case given back"),
    "case.reopened": _("Moderation case opened again"),
    "case.taken_over": _("Moderation case taken over"),
    "document.added": _("Document added"),
    "document.audience": _("Audience of a document changed"),
    "document.returned": _("Document shown again"),
    "document.withdrawn": _("Document withdrawn"),
    "group.changed": _("Group changed"),
    "group.closed": _("Group closed"),
    "group.created": _("Group created"),
    "group.keeper": _("Keeper of a group changed"),
    "group.member_added": _("Person added to a group"),
    "group.member_left": _("Person left a group"),
    "group.member_removed": _("Person removed from a group"),
    "mail.retried": _("Mail sent again"),
    "membership.accepted": _("Invitation as LEA member accepted"),
    "membership.decided": _("LEA membership decided"),
    "membership.ended": _("LEA membership ended"),
    "membership.invited": _("Invited as LEA member"),
    "membership.name_seen": _("Real name looked at"),
    "membership.requested": _("LEA membership requested"),
    "membership.uninvited": _("Invitation as LEA member withdrawn"),
    "membership.withdrawn": _("Request for LEA membership withdrawn"),
    "objection.decided": _("Objection answered"),
    "objection.made": _("Objection made"),
    "person.added": _("Account made"),
    "person.disabled": _("Account disabled"),
    "person.enabled": _("Account enabled"),
    "person.erased": _("Account erased"),
    "person.renamed": _("Pseudonym changed"),
    "person.second_factor_removed": _("Second factor removed"),
    "person.signed_out": _("Signed out everywhere"),
    "role.granted": _("Role given"),
    "role.revoked": _("Role taken away"),
    "sanction.imposed": _("Sanction imposed"),
    "sanction.lifted": _("Sanction lifted"),
    "topic.locked": _("Topic locked or opened"),
    "topic.merged": _("Topic merged into another"),
    "topic.moved": _("Topic moved to another board"),
    "topic.pinned": _("Topic pinned or unpinned"),
    "topic.split": _("Posts moved to another topic"),
}
KINDS = {
    "audit_entry": _("audit entry"),
    "board": _("board"),
    "category": _("category"),
    "case": _("moderation case"),
    "document": _("document"),
    "group": _("group"),
    "invitation": _("invitation"),
    "membership": _("LEA membership"),
    "objection": _("objection"),
    "person": _("person"),
    "topic": _("topic"),
}
ACTORS = {"command line": _("the command line"), "hub": _("the hub")}


def act_name(act: str) -> str:
    """In words; an act without words as it stands in the log."""
    return str(ACTS.get(act, act))


def actor_name(actor: str) -> str:
    return str(ACTORS.get(actor, actor))


def subject_name(kind: str, number: int | None, pseudonym: str | None) -> str:
    """A person by pseudonym, everything else by its number."""
    if pseudonym:
        return pseudonym
    name = str(KINDS.get(kind, kind.replace("_", " ")))
    return name if number is None else gettext("%(kind)s %(number)s", kind=name, number=number)


def state(values: Mapping[str, Any] | None) -> str:
    """What ``before`` or ``after`` hold: these are the hub's own words for things, untranslated."""
    if not values:
        return "–"
    return ", ".join(f"{name} {_value(value)}".strip() for name, value in values.items())


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    return "–" if value is None or value == "" else str(value)


def outcome(check: Check) -> str:
    """The result of a check in one sentence."""
    if check.is_whole:
        return ngettext(
            "%(count)s entry, chain whole, head %(head)s.",
            "%(count)s entries, chain whole, head %(head)s.",
            check.count,
            count=format_decimal(check.count),
            head=str(check.head),
        )
    return ngettext(
        "The chain is not whole. %(count)s entry, %(what)s",
        "The chain is not whole. %(count)s entries, %(what)s",
        check.count,
        count=format_decimal(check.count),
        what=" ".join(finding(found) for found in check.findings[:3]),
    )


def finding(found: Finding) -> str:
    """One finding in a sentence."""
    which = _range(found)
    return {
        Fault.CHANGED: lambda: gettext("Changed after it was written: %(which)s.", which=which),
        Fault.MISSING: lambda: gettext("Removed: %(which)s.", which=which),
        Fault.BROKEN: lambda: gettext(
            "Not the entry that stood here, or it follows another one: %(which)s.", which=which
        ),
        Fault.OTHER_KEY: lambda: gettext(
            "Made with another SECRET_KEY, so it cannot be checked with this one: %(which)s.",
            which=which,
        ),
        Fault.CUT_OFF: lambda: gettext(
            "Cut off at the end, as far as the noted head shows: %(which)s.", which=which
        ),
        Fault.OTHER_HEAD: lambda: gettext(
            "Not the entry whose hash was noted as the head: %(which)s.", which=which
        ),
    }[found.fault]()


def _range(found: Finding) -> str:
    if found.first == found.last:
        return gettext("entry %(number)s", number=found.first)
    return gettext("entries %(first)s to %(last)s", first=found.first, last=found.last)
