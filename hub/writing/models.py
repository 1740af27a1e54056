"""What somebody is writing and has not sent, kept so that they can go on anywhere."""

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from hub.forum.models import LONGEST_TITLE
from knowledge.orm import Base, UtcDateTime


class Draft(Base):
    """``place`` says what it is for: "board 17", "topic 4711", "post 4712". ``revision`` counts the
    times that it was kept: of two devices, the later one learns that the other was there."""

    __tablename__ = "draft"
    __table_args__ = (UniqueConstraint("person_id", "place"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    place: Mapped[str] = mapped_column(String(60))
    title: Mapped[str] = mapped_column(String(LONGEST_TITLE), default="")
    text: Mapped[str] = mapped_column(Text, default="")
    tags: Mapped[list[str]] = mapped_column(JSON, default=list)
    revision: Mapped[int] = mapped_column(default=1)
    kept_at: Mapped[datetime] = mapped_column(UtcDateTime)
