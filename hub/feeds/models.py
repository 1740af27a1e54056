"""Keys by which a feed reader gets what its owner may read."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from knowledge.orm import Base, UtcDateTime

LONGEST_NAME = 60


class FeedKey(Base):
    """``key_hash`` is the SHA-256 of the key, which only its owner has. ``is_strong``: it was made
    in a sign-in in which a second factor was proven."""

    __tablename__ = "feed_key"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(LONGEST_NAME))
    key_hash: Mapped[str] = mapped_column(String(64), unique=True)
    is_strong: Mapped[bool] = mapped_column(default=False)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
