"""What moderation hears of the forum."""

from sqlalchemy.orm import Session

from hub.forum.happenings import Happening, Kind
from hub.forum.models import State
from hub.moderation import gate, reporting


def hear(session: Session, happening: Happening) -> None:
    """A post that is held gets its case, also where an edit made it so; a case goes where its post
    goes."""
    topic, post = happening.topic, happening.post
    if topic is None:
        return
    if happening.kind is Kind.MOVED:
        reporting.follow_move(session, topic, happening.behind or 0)
    is_held = post is not None and post.state == State.HELD
    if is_held and post is not None and happening.kind in (Kind.HELD, Kind.GONE):
        seen = gate.signs_of(session, happening.board, post, happening.now)
        ground = gate.ground_of(seen)
        reporting.open_held_case(session, topic, post, ground, happening.now, seen)
