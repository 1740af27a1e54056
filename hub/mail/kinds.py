"""What each kind of mail says, decided when it is sent: by then things may have changed.

This is also why a request tells nobody which addresses are known here: it queues the same row for
every address, and only the worker looks who that is.

Most kinds are the template of their name with the mail's parameters. Those with a decision stand
below. ``link``, the id of a MailedLink, becomes ``token``, its signed text.
"""

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.accounts.models import MailedLink, Person
from hub.groups.models import Group, GroupMember
from hub.mail.models import Mail
from hub.membership.models import LeaMembership


@dataclass(frozen=True, slots=True)
class Content:
    """A template of templates/mail and the values that it is rendered with. ``unsubscribe``: the
    token of ``hub.notifications.unsubscribing`` with which such mails stop, "" for none."""

    template: str
    values: dict[str, Any]
    unsubscribe: str = ""


Decision = Callable[[Session, Mail, datetime], Content | None]
_DECISIONS: dict[str, Decision] = {}
_NEVERTHELESS = "erased"  # the one mail that somebody without an account gets about having had one


def kind(*names: str) -> Callable[[Decision], Decision]:
    """Has the decision made for mails of these kinds."""

    def register(decide: Decision) -> Decision:
        _DECISIONS.update(dict.fromkeys(names, decide))
        return decide

    return register


def content_of(session: Session, mail: Mail, now: datetime) -> Content | None:
    """What is sent now; None: nothing any more."""
    if mail.kind != _NEVERTHELESS and _is_erased(session, mail):
        return None
    return _DECISIONS.get(mail.kind, as_it_is)(session, mail, now)


def as_it_is(session: Session, mail: Mail, now: datetime) -> Content | None:
    """The template of the kind; None where the link in it would not work."""
    values = {name: one_line(value) for name, value in mail.parameters.items()}
    values["happened_at"] = mail.created_at
    if "link" not in values:
        return Content(mail.kind, values)
    link = session.get(MailedLink, values.pop("link"))
    if link is None or link.used_at is not None or link.expires_at <= now:
        return None
    return Content(mail.kind, {**values, **_of_link(link)})


@kind("sign-up")
def sign_up(session: Session, mail: Mail, now: datetime) -> Content | None:
    if _person_at(session, mail.recipient) is None:
        return as_it_is(session, mail, now)
    return Content("sign-up-known", {"happened_at": mail.created_at})


@kind("reset")
def reset(session: Session, mail: Mail, now: datetime) -> Content | None:
    person = _person_at(session, mail.recipient)
    if person is None or person.disabled_at is not None:
        return None
    return as_it_is(session, mail, now)


@kind("membership-granted", "membership-refused", "membership-ended", "membership-expires")
def membership(session: Session, mail: Mail, now: datetime) -> Content | None:
    """``membership`` is the id of the decision, from which its reason and its end are read."""
    found = session.get(LeaMembership, mail.parameters.get("membership"))
    if found is None:
        return None
    return Content(mail.kind, {"reason": one_line(found.reason), "expires_at": found.expires_at})


@kind("group-added")
def group_added(session: Session, mail: Mail, now: datetime) -> Content | None:
    """``group`` is an id. Who is not in it any more does not learn its name."""
    name = session.scalar(
        select(Group.name)
        .join(GroupMember, GroupMember.group_id == Group.id)
        .where(Group.id == mail.parameters.get("group"), Group.closed_at.is_(None))
        .where(GroupMember.person_id == mail.person_id)
    )
    if name is None:
        return None
    return Content(mail.kind, {"group": one_line(name), "group_id": mail.parameters["group"]})


def _person_at(session: Session, address: str) -> Person | None:
    """Whose confirmed address this is, disabled people too."""
    at_address = select(Person).where(Person.email == address.lower())
    return session.scalar(at_address.where(Person.erased_at.is_(None)))


def _is_erased(session: Session, mail: Mail) -> bool:
    person = session.get(Person, mail.person_id) if mail.person_id is not None else None
    return person is not None and person.erased_at is not None


def _of_link(link: MailedLink) -> dict[str, Any]:
    from hub.accounts.links import signed

    return {"token": signed(link), "valid_until": link.expires_at}


def one_line(value: Any) -> Any:
    """Text without line ends and other signs that command: what somebody typed begins no line."""
    if not isinstance(value, str):
        return value
    shown = (" " if unicodedata.category(sign) in ("Cc", "Cs") else sign for sign in value)
    return " ".join("".join(shown).split())
