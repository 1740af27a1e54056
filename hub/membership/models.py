"""Who is a verified member of a law enforcement authority, and how that was decided."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from hub.accounts.models import LONGEST_ADDRESS, LONGEST_PSEUDONYM
from knowledge.orm import Base, UtcDateTime

LONGEST_TEXT = 200  # of an organisation and of a real name
LONGEST_REASON = 500


class MembershipState(StrEnum):
    """``REQUESTED`` → ``GRANTED`` or ``REFUSED``; ``GRANTED`` → ``ENDED`` by a decision. One that
    is granted counts until it expires."""

    REQUESTED = "requested"
    GRANTED = "granted"
    REFUSED = "refused"
    ENDED = "ended"


class LeaMembership(Base):
    """A request to be, and the decision that somebody is, an LEA member; a renewal is a new row.

    ``official_address`` is confirmed when ``address_confirmed_at`` is set. ``real_name`` is for
    administrators only, who are logged when they look: it is never loaded with the row, only by
    the one statement that asks for it. ``shown_name`` is how the person appears; "" means the
    pseudonym. ``shown_name_key`` is what names that look alike have in common. ``country`` is an
    ISO 3166 code, "" for not said.
    """

    __tablename__ = "lea_membership"
    __table_args__ = (
        # One open request for each person, also when two are sent at once.
        Index(
            "uq_lea_membership_open",
            "person_id",
            unique=True,
            sqlite_where=text("state = 'requested'"),
            postgresql_where=text("state = 'requested'"),
        ),
        # The number of a request that was withdrawn is never that of somebody else's: the audit
        # log still names it.
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    state: Mapped[MembershipState] = mapped_column(
        String(10), default=MembershipState.REQUESTED, index=True
    )
    organisation: Mapped[str] = mapped_column(String(LONGEST_TEXT))
    official_address: Mapped[str] = mapped_column(String(LONGEST_ADDRESS))
    address_confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    real_name: Mapped[str] = mapped_column(
        String(LONGEST_TEXT), deferred=True, deferred_raiseload=True
    )
    shown_name: Mapped[str] = mapped_column(String(LONGEST_PSEUDONYM), default="")
    shown_name_key: Mapped[str] = mapped_column(String(200), default="", index=True)
    country: Mapped[str] = mapped_column(String(2), default="")
    shows_country: Mapped[bool] = mapped_column(default=False)
    requested_at: Mapped[datetime] = mapped_column(UtcDateTime)
    invited_by: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reason: Mapped[str] = mapped_column(Text, default="")
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reminded_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    @property
    def official_host(self) -> str:
        """What may be seen of the official address: the rest often is the name."""
        return self.official_address.rpartition("@")[2]
