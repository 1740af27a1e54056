"""What a post said when a case was opened: it is kept whatever becomes of the post."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.forum.models import Post, Topic
from hub.uploads.models import Attachment


def of_post(session: Session, topic: Topic, post: Post) -> dict[str, Any]:
    """Numbers instead of names: of a person who is erased later only the number is left."""
    carried = select(Attachment.upload_id).where(Attachment.post_id == post.id)
    return {
        "title": topic.title,
        "text": post.text,
        "html": post.html,
        "language": post.language,
        "author": post.author_id,
        "edited_by": post.edited_by,
        "uploads": sorted(session.scalars(carried)),
        "board": topic.board_id,
        "topic": topic.id,
        "post": post.id,
        "number": post.number,
        "revision": post.revision,
        "written_at": post.created_at.isoformat(),
        "edited_at": post.edited_at.isoformat() if post.edited_at else None,
    }
