"""Links that are sent by mail: made, told in an address, opened, and used once. They flush.

What stands in the address is the id of the row, signed with the secret of the hub and for this one
purpose: neither the database alone nor the mail queue holds a link that works.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from flask import current_app
from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from hub.accounts.models import MailedLink, Purpose

LASTS = timedelta(hours=24)
KEPT = timedelta(days=7)  # after that, so that a mail that comes late can still be explained
LONGEST_TEXT = 200


def make(
    session: Session,
    purpose: Purpose,
    address: str,
    now: datetime,
    *,
    person_id: int | None = None,
    details: dict[str, Any] | None = None,
    lasts: timedelta = LASTS,
) -> MailedLink:
    link = MailedLink(
        purpose=purpose,
        address=address,
        person_id=person_id,
        details=details or {},
        created_at=now,
        expires_at=now + lasts,
    )
    session.add(link)
    session.flush()
    return link


def signed(link: MailedLink) -> str:
    """The text that stands for this link in an address."""
    return str(_serializer(link.purpose).dumps(link.id))


def opened(session: Session, purpose: Purpose, text: str, now: datetime) -> MailedLink | None:
    """The link behind the text of an address, if it still works. Opening does not use it: programs
    that read mail open links too."""
    link_id = _link_id(purpose, text)
    link = session.get(MailedLink, link_id) if link_id is not None else None
    if link is None or link.purpose != purpose or link.used_at is not None:
        return None
    return link if link.expires_at > now else None


def use(session: Session, link: MailedLink, now: datetime) -> bool:
    """Uses the link up; False where somebody was faster or it has run out."""
    used = session.execute(
        update(MailedLink)
        .where(MailedLink.id == link.id, MailedLink.used_at.is_(None), MailedLink.expires_at > now)
        .values(used_at=now),
        execution_options={"synchronize_session": False},
    )
    return bool(used.rowcount)  # type: ignore[attr-defined]


def void(session: Session, purpose: Purpose, address: str, now: datetime) -> None:
    """Makes the links of a purpose that an address was sent, or will be, worthless."""
    session.execute(
        update(MailedLink)
        .where(MailedLink.address == address, MailedLink.purpose == purpose)
        .where(MailedLink.used_at.is_(None))
        .values(used_at=now),
        execution_options={"synchronize_session": False},
    )


def void_of_person(
    session: Session,
    person_id: int,
    now: datetime,
    purposes: Collection[Purpose] = (Purpose.ADDRESS, Purpose.NOTIFICATIONS),
) -> None:
    """Makes what a person asked for worthless: unless told otherwise, the links that would give
    the account another address."""
    session.execute(
        update(MailedLink)
        .where(MailedLink.person_id == person_id, MailedLink.purpose.in_(purposes))
        .where(MailedLink.used_at.is_(None))
        .values(used_at=now),
        execution_options={"synchronize_session": False},
    )


def attach(session: Session, address: str, person_id: int) -> None:
    """Notes whose links those are that an address was sent while nobody looked whose it is."""
    session.execute(
        update(MailedLink)
        .where(MailedLink.address == address, MailedLink.person_id.is_(None))
        .values(person_id=person_id),
        execution_options={"synchronize_session": False},
    )


def sweep(session: Session, now: datetime) -> None:
    """Removes the links that have run out, and with them the addresses of those who never came."""
    session.execute(
        delete(MailedLink).where(MailedLink.expires_at < now - KEPT),
        execution_options={"synchronize_session": False},
    )


def _link_id(purpose: Purpose, text: str) -> int | None:
    if len(text) > LONGEST_TEXT:
        return None
    try:
        link_id = _serializer(purpose).loads(text)
    except (BadSignature, UnicodeError):
        return None
    return link_id if type(link_id) is int else None


def _serializer(purpose: str) -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt=f"mailed link: {purpose}")
