"""Who may do what with a poll, and who sees its counts. Pure."""

from datetime import datetime

from hub.forum.models import State
from hub.forum.rules import AnyPost, AnyTopic, Seat
from hub.polls.models import Poll, Results


def is_closed(poll: Poll, now: datetime) -> bool:
    has_run_out = poll.closes_at is not None and poll.closes_at <= now
    return poll.closed_at is not None or has_run_out


def can_vote(seat: Seat, topic: AnyTopic, post: AnyPost) -> bool:
    """As long as it is open (``is_closed``): whoever may write here, the author too."""
    is_open = topic.locked_at is None and post.state == State.VISIBLE
    return seat.may_write and is_open


def can_close(seat: Seat, post: AnyPost) -> bool:
    is_own = seat.is_signed_in and post.author_id == seat.person_id
    return post.state == State.VISIBLE and (seat.is_moderator or (is_own and seat.may_write))


def shows_results(results: Results, *, has_voted: bool, is_over: bool) -> bool:
    """Nobody is an exception, the author is not either."""
    if is_over or results == Results.ALWAYS:
        return True
    return results == Results.AFTER_VOTE and has_voted
