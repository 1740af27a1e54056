"""The outbox: mails that wait, and what became of those before them."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from hub.accounts.models import LONGEST_ADDRESS
from knowledge.orm import Base, UtcDateTime


class MailState(StrEnum):
    """``WAITING`` → ``LEASED`` by a worker → ``SENT``, ``DROPPED`` (there was nothing to send any
    more), ``FAILED`` (given up), or ``WAITING`` again after a failure that may pass."""

    WAITING = "waiting"
    LEASED = "leased"
    SENT = "sent"
    DROPPED = "dropped"
    FAILED = "failed"


class Mail(Base):
    """A mail to one recipient. What it says is written when it is sent (``hub.mail.kinds``).

    ``parameters`` holds ids and small values, never a secret; it is emptied when the mail is sent
    or dropped, and ``recipient`` some time after. ``attempts`` counts the leases. ``error`` is the
    class of the last failure and the code of the server, never an address or a text.
    """

    __tablename__ = "mail"
    __table_args__ = (Index(None, "state", "run_after"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(40))
    recipient: Mapped[str] = mapped_column(String(LONGEST_ADDRESS))
    person_id: Mapped[int | None] = mapped_column(
        ForeignKey("person.id", ondelete="SET NULL"), index=True
    )
    language: Mapped[str] = mapped_column(String(12))
    parameters: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    state: Mapped[MailState] = mapped_column(String(10), default=MailState.WAITING)
    attempts: Mapped[int] = mapped_column(default=0)
    run_after: Mapped[datetime] = mapped_column(UtcDateTime)
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    error: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
