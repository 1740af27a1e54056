"""What readers do with a post beside answering: react to it, and keep it for later."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from hub.forum.models import Post
from knowledge.orm import Base, UtcDateTime


class ReactionKind(StrEnum):
    THANKS = "thanks"
    AGREE = "agree"
    DISAGREE = "disagree"
    HELPFUL = "helpful"


class Reaction(Base):
    """One reaction of a person to a post; ``Post.reactions`` holds the counts."""

    __tablename__ = "reaction"
    __table_args__ = (UniqueConstraint("post_id", "person_id", "kind"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    post_id: Mapped[int] = mapped_column(ForeignKey(Post.id, ondelete="CASCADE"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    kind: Mapped[ReactionKind] = mapped_column(String(12))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class Bookmark(Base):
    """A post that a person keeps for later, with a note to themself."""

    __tablename__ = "bookmark"
    __table_args__ = (UniqueConstraint("person_id", "post_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    post_id: Mapped[int] = mapped_column(ForeignKey(Post.id, ondelete="CASCADE"), index=True)
    note: Mapped[str] = mapped_column(String(200), default="")
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
