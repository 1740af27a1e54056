"""People: who has an account, how they prove who they are, and where they are signed in.

Ids of sign-ins and mailed links are never used twice: what still goes on knows a sign-in by its id,
and what stands in a mail is the id of a link, signed.
"""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from knowledge.orm import Base, UtcDateTime

LONGEST_ADDRESS = 254  # RFC 5321, 4.5.3.1.3
LONGEST_PSEUDONYM = 40


class Role(StrEnum):
    """What a person is trusted with beyond being a member; given and taken by administrators."""

    CURATOR = "curator"
    MODERATOR = "moderator"
    ADMINISTRATOR = "administrator"


class Purpose(StrEnum):
    """What a link that was sent by mail is for."""

    SIGN_UP = "sign-up"
    RESET = "reset"
    ADDRESS = "address"
    NOTIFICATIONS = "notifications"
    OFFICIAL_ADDRESS = "official address"
    INVITATION = "invitation"


class Person(Base):
    """Somebody with an account. After erasure the row stays, empty, so that what refers to it
    still does: ``erased_at`` is set, ``pseudonym`` says "former member 17", the rest is gone.

    ``pseudonym_key`` is what names that look alike have in common. ``email`` is the confirmed
    address, in lower case; ``notification_email`` another confirmed one for what is no sign-in
    matter. ``password_hash`` is "" for who signs in elsewhere. ``totp_secret`` is sealed;
    ``totp_step`` is the last time step whose code was used.
    """

    __tablename__ = "person"

    id: Mapped[int] = mapped_column(primary_key=True)
    pseudonym: Mapped[str] = mapped_column(String(LONGEST_PSEUDONYM), unique=True)
    pseudonym_key: Mapped[str] = mapped_column(String(200), unique=True)
    email: Mapped[str | None] = mapped_column(String(LONGEST_ADDRESS), unique=True)
    notification_email: Mapped[str] = mapped_column(String(LONGEST_ADDRESS), default="")
    password_hash: Mapped[str] = mapped_column(String(200), default="")
    language: Mapped[str] = mapped_column(String(12), default="en")
    time_zone: Mapped[str] = mapped_column(String(60), default="")
    totp_secret: Mapped[str] = mapped_column(String(300), default="")
    totp_step: Mapped[int] = mapped_column(BigInteger, default=0)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    disabled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    erased_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    grants: Mapped[list["RoleGrant"]] = relationship(
        foreign_keys="RoleGrant.person_id", cascade="all, delete-orphan"
    )
    passkeys: Mapped[list["Passkey"]] = relationship(
        cascade="all, delete-orphan", order_by="Passkey.id"
    )


class RoleGrant(Base):
    """A role that a person has, and who gave it; None: the command line."""

    __tablename__ = "role_grant"
    __table_args__ = (UniqueConstraint("person_id", "role"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    role: Mapped[Role] = mapped_column(String(20))
    granted_by: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    granted_at: Mapped[datetime] = mapped_column(UtcDateTime)


class SignIn(Base):
    """A browser in which a person is signed in. The cookie holds a random key, the row its digest.

    ``method`` is how it began ("password", "provider"). ``needs_second_factor``: the first proof
    was right and the second is awaited; until then the browser counts as signed out. ``strong_at``
    is when a second factor was last proven here, ``confirmed_at`` when anything was. ``challenge``
    is that of the passkey ceremony that goes on.
    """

    __tablename__ = "sign_in"
    __table_args__ = {"sqlite_autoincrement": True}  # noqa: RUF012

    id: Mapped[int] = mapped_column(primary_key=True)
    key_hash: Mapped[str] = mapped_column(String(64), unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    device: Mapped[str] = mapped_column(String(80), default="")
    method: Mapped[str] = mapped_column(String(20))
    needs_second_factor: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    strong_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    challenge: Mapped[str] = mapped_column(String(120), default="")

    person: Mapped[Person] = relationship(lazy="joined")


class MailedLink(Base):
    """A link that was, or will be, sent to an address; it works once. The link itself is not
    stored: it is the id, signed. ``details`` holds what the purpose needs."""

    __tablename__ = "mailed_link"
    __table_args__ = {"sqlite_autoincrement": True}  # noqa: RUF012

    id: Mapped[int] = mapped_column(primary_key=True)
    purpose: Mapped[Purpose] = mapped_column(String(20))
    address: Mapped[str] = mapped_column(String(LONGEST_ADDRESS), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    details: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Passkey(Base):
    """A key of a person's device (WebAuthn). ``name`` is what they call it."""

    __tablename__ = "passkey"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    credential_id: Mapped[bytes] = mapped_column(LargeBinary(1023), unique=True)
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    sign_count: Mapped[int] = mapped_column(BigInteger, default=0)
    name: Mapped[str] = mapped_column(String(60))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class RecoveryCode(Base):
    """A code on paper that stands in once for the second factor."""

    __tablename__ = "recovery_code"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    code_hash: Mapped[str] = mapped_column(String(64))
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Identity(Base):
    """A person at an OpenID provider, who is there named by issuer and subject, and by nothing
    else."""

    __tablename__ = "identity"
    __table_args__ = (UniqueConstraint("issuer", "subject"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    issuer: Mapped[str] = mapped_column(String(500))
    subject: Mapped[str] = mapped_column(String(255))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
