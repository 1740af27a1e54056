"""What uploads hear of the forum."""

from sqlalchemy.orm import Session

from hub.forum.happenings import Happening, Kind
from hub.forum.models import State
from hub.uploads.operations import detach_all


def hear(session: Session, happening: Happening) -> None:
    """What an author took back is not to be opened any more. What a moderator hid stays: moderators
    look at it, and it may come back."""
    post = happening.post
    if happening.kind is Kind.GONE and post is not None and post.state == State.DELETED:
        detach_all(session, post.id, happening.now)
