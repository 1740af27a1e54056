"""The entries of the audit log."""

from datetime import datetime
from typing import Any, cast

from sqlalchemy import JSON, ForeignKey, String, Table, Text
from sqlalchemy.orm import Mapped, mapped_column

from hub.accounts.models import Person
from hub.audit import triggers
from knowledge.orm import Base, LongId, UtcDateTime


class AuditEntry(Base):
    """One act that only some may do. Rows are added and never changed (``hub.audit.triggers``), and
    each proves itself and the one before it (``hub.audit.chain``).

    ``id`` counts from 1 without a gap. ``actor`` says who acted when no person did. ``before`` and
    ``after`` hold ids, role names, states and the like, never content. ``reason`` is what the
    acting person gave. ``key_mark`` tells with which key ``hash`` was made.
    """

    __tablename__ = "audit_entry"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    act: Mapped[str] = mapped_column(String(60), index=True)
    # Persons are emptied and never deleted, so nothing needs to happen to the entry.
    actor_id: Mapped[int | None] = mapped_column(ForeignKey(Person.id), index=True)
    actor: Mapped[str] = mapped_column(String(20), default="")
    subject_kind: Mapped[str] = mapped_column(String(30), default="")
    subject_id: Mapped[int | None] = mapped_column(LongId)
    before: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    after: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    reason: Mapped[str] = mapped_column(Text, default="")
    previous_hash: Mapped[str] = mapped_column(String(64))
    key_mark: Mapped[str] = mapped_column(String(16))
    hash: Mapped[str] = mapped_column(String(64))


triggers.protect(cast(Table, AuditEntry.__table__))
