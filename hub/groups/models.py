"""Groups: closed rooms with keepers of their own. Each is an audience (knowledge.access)."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from knowledge.access import Mark
from knowledge.orm import Base, UtcDateTime, unguessable_id

LONGEST_NAME = 80
LONGEST_PURPOSE = 2000


class Group(Base):
    """Some people. Nobody else learns that the group exists. ``mark`` is the sharing mark of what
    stands in it."""

    __tablename__ = "people_group"

    id: Mapped[int] = mapped_column(primary_key=True, default=unguessable_id)
    name: Mapped[str] = mapped_column(String(LONGEST_NAME), unique=True)
    purpose: Mapped[str] = mapped_column(Text, default="")
    mark: Mapped[Mark] = mapped_column(String(10), default=Mark.AMBER)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    members: Mapped[list["GroupMember"]] = relationship(
        cascade="all, delete-orphan", order_by="GroupMember.id"
    )


class GroupMember(Base):
    """A person in a group. A keeper decides who else is in it."""

    __tablename__ = "group_member"
    __table_args__ = (UniqueConstraint("group_id", "person_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    group_id: Mapped[int] = mapped_column(ForeignKey("people_group.id", ondelete="CASCADE"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    is_keeper: Mapped[bool] = mapped_column(default=False)
    added_by: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)
