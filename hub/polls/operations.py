"""Voting and closing. They flush; whoever calls them commits.

Each takes the row of the poll first and counts anew while it holds it, so that no two votes at once
lose a count. The topic is not taken.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from hub.clock import now as this_moment
from hub.forum.models import Post
from hub.polls.models import Poll, PollOption, PollVote
from hub.polls.rules import is_closed

NOT_SYNCHRONISED: dict[str, Any] = {"synchronize_session": False}


class Refused(Exception):
    """Nothing was changed."""


class Over(Refused):
    """The poll is closed, or gone."""


class WrongChoice(Refused):
    """Nothing, too much, or what is not an option of this poll."""


def vote(
    session: Session, poll_id: int, person_id: int, option_ids: Collection[int], now: datetime
) -> Poll:
    """What somebody votes from now on, whatever they voted before. Raises: Over, WrongChoice."""
    poll, chosen = _open(session, poll_id, now), set(option_ids)
    of_this = set(session.scalars(select(PollOption.id).where(PollOption.poll_id == poll_id)))
    if not chosen or len(chosen) > poll.most_choices or not chosen <= of_this:
        raise WrongChoice
    _take_back(session, poll_id, person_id)
    session.add_all(
        PollVote(poll_id=poll_id, option_id=option_id, person_id=person_id, at=now)
        for option_id in sorted(chosen)
    )
    session.flush()
    _recount(session, poll)
    return poll


def withdraw(session: Session, poll_id: int, person_id: int, now: datetime) -> Poll:
    """Takes a vote back. Raises: Over."""
    poll = _open(session, poll_id, now)
    _take_back(session, poll_id, person_id)
    _recount(session, poll)
    return poll


def close(session: Session, poll_id: int, now: datetime) -> Poll:
    """Closes it for good; closing twice changes nothing. Raises: Over where there is none."""
    poll = _take(session, poll_id)
    if not is_closed(poll, now):
        poll.closed_at = now
        session.flush()
    return poll


def take_all_back(session: Session, person_id: int) -> None:
    """Before their rows go with the account. In a poll that is closed the numbers stand: a result
    does not change afterwards, and does not say whose votes it holds."""
    theirs = select(PollVote.poll_id).where(PollVote.person_id == person_id).distinct()
    for poll_id in session.scalars(theirs.order_by(PollVote.poll_id)).all():
        _take_all_back_from(session, _take(session, poll_id), person_id)


def remove_all(session: Session, person_id: int) -> None:
    """Their votes, and the polls of their own posts with what others voted in them. All polls in
    the order of their ids, so that two who leave at once do not wait for each other."""
    own = select(Poll.id).join(Post, Post.id == Poll.post_id).where(Post.author_id == person_id)
    theirs = set(session.scalars(own))
    voted = select(PollVote.poll_id).where(PollVote.person_id == person_id)
    for poll_id in sorted(theirs.union(session.scalars(voted))):
        poll = _take(session, poll_id)
        if poll_id in theirs:
            session.delete(poll)
            session.flush()
        else:
            _take_all_back_from(session, poll, person_id)


def _take_all_back_from(session: Session, poll: Poll, person_id: int) -> None:
    _take_back(session, poll.id, person_id)
    if not is_closed(poll, this_moment()):
        _recount(session, poll)


def _open(session: Session, poll_id: int, now: datetime) -> Poll:
    poll = _take(session, poll_id)
    if is_closed(poll, now):
        raise Over
    return poll


def _take(session: Session, poll_id: int) -> Poll:
    """The poll, for this transaction alone, as it is now."""
    poll = session.scalar(
        select(Poll)
        .where(Poll.id == poll_id)
        .with_for_update(of=Poll, key_share=True)
        .execution_options(populate_existing=True)
    )
    if poll is None:
        raise Over
    return poll


def _take_back(session: Session, poll_id: int, person_id: int) -> None:
    session.execute(
        delete(PollVote).where(PollVote.poll_id == poll_id, PollVote.person_id == person_id),
        execution_options=NOT_SYNCHRONISED,
    )


def _recount(session: Session, poll: Poll) -> None:
    for_option = select(func.count()).where(PollVote.option_id == PollOption.id)
    session.execute(
        update(PollOption)
        .where(PollOption.poll_id == poll.id)
        .values(votes=for_option.scalar_subquery()),
        execution_options=NOT_SYNCHRONISED,
    )
    voters = select(func.count(PollVote.person_id.distinct())).where(PollVote.poll_id == poll.id)
    poll.voters = session.scalar(voters) or 0
    session.flush()
