"""Files that people put into posts. Their bytes lie in the file store, named by their hash."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from hub.forum.models import Post
from knowledge.orm import Base, LongId, UtcDateTime, unguessable_long_id

LONGEST_NAME = 120


class Upload(Base):
    """A file after its metadata was taken out. ``width`` and ``height`` are those of a picture, 0
    for a PDF. Until a post carries it, only its owner sees it, and it goes after some time."""

    __tablename__ = "upload"
    __table_args__ = (Index("ix_upload_person", "person_id", "created_at", "id"),)

    id: Mapped[int] = mapped_column(LongId, primary_key=True, default=unguessable_long_id)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    filename: Mapped[str] = mapped_column(String(LONGEST_NAME))
    media_type: Mapped[str] = mapped_column(String(60))
    size: Mapped[int]
    width: Mapped[int] = mapped_column(default=0)
    height: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class Attachment(Base):
    """That a post carries an upload: whoever may read the post may open the file.

    ``detached_at``: since when its text does not show it any more; moderators still see it, until
    it goes after some time.
    """

    __tablename__ = "attachment"
    __table_args__ = (UniqueConstraint("post_id", "upload_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    post_id: Mapped[int] = mapped_column(ForeignKey(Post.id, ondelete="CASCADE"))
    upload_id: Mapped[int] = mapped_column(ForeignKey("upload.id", ondelete="CASCADE"), index=True)
    detached_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
