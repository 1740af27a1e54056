"""Every read of polls."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import and_, select
from sqlalchemy.orm import Session, aliased

from hub.polls.models import Poll, PollOption, PollVote, Results
from hub.polls.rules import is_closed, shows_results


@dataclass(frozen=True, slots=True)
class ShownOption:
    """``votes`` is None where the counts are not shown yet; ``share`` is in per cent of voters."""

    id: int
    text: str
    votes: int | None
    share: int
    is_mine: bool


@dataclass(frozen=True, slots=True)
class ShownPoll:
    """A poll as one reader sees it."""

    id: int
    question: str
    most_choices: int
    voters: int
    is_closed: bool
    closes_at: datetime | None
    results: Results
    shows_results: bool
    has_voted: bool
    options: list[ShownOption] = field(default_factory=list)


def polls_of(
    session: Session, post_ids: Collection[int], person_id: int, now: datetime
) -> dict[int, ShownPoll]:
    """The polls of these posts by post; ``person_id`` is 0 for who is not signed in. One
    statement."""
    if not post_ids:
        return {}
    mine = aliased(PollVote)
    is_theirs = and_(mine.option_id == PollOption.id, mine.person_id == person_id)
    asked = (
        select(Poll, PollOption, mine.id.is_not(None))
        .join(PollOption, PollOption.poll_id == Poll.id)
        .outerjoin(mine, is_theirs)
        .where(Poll.post_id.in_(post_ids))
        .order_by(Poll.id, PollOption.ordinal)
    )
    found: dict[int, tuple[Poll, list[tuple[PollOption, bool]]]] = {}
    for poll, option, is_mine in session.execute(asked):
        found.setdefault(poll.post_id, (poll, []))[1].append((option, bool(is_mine)))
    return {post_id: _shown(poll, options, now) for post_id, (poll, options) in found.items()}


def _shown(poll: Poll, options: list[tuple[PollOption, bool]], now: datetime) -> ShownPoll:
    has_voted, is_over = any(is_mine for _, is_mine in options), is_closed(poll, now)
    shows = shows_results(poll.results, has_voted=has_voted, is_over=is_over)
    return ShownPoll(
        id=poll.id,
        question=poll.question,
        most_choices=poll.most_choices,
        voters=poll.voters,
        is_closed=is_over,
        closes_at=poll.closes_at if poll.closed_at is None else poll.closed_at,
        results=poll.results,
        shows_results=shows,
        has_voted=has_voted,
        options=[_option(poll, option, is_mine, shows) for option, is_mine in options],
    )


def _option(poll: Poll, option: PollOption, is_mine: bool, shows: bool) -> ShownOption:
    share = round(100 * option.votes / poll.voters) if shows and poll.voters else 0
    return ShownOption(option.id, option.text, option.votes if shows else None, share, is_mine)
