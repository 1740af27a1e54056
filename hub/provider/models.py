"""What has to be remembered of sign-ins at the provider while they go on."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from knowledge.orm import Base, UtcDateTime


class UsedState(Base):
    """A sign-in at the provider from which somebody has come back: nobody comes back from it again.

    The digest of its state; everything else is in the browser (``hub.provider.journey``).
    """

    __tablename__ = "used_state"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
