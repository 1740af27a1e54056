"""What may be done with a membership. Pure predicates, used by views and templates alike."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from hub.membership.models import LeaMembership, MembershipState

RENEWABLE_BEFORE = timedelta(days=60)


def is_open(membership: LeaMembership) -> bool:
    return membership.state == MembershipState.REQUESTED


def counts(membership: LeaMembership, now: datetime) -> bool:
    """Whether the person is an LEA member by this; ``hub.accounts.standing`` asks the database the
    same."""
    ends = membership.expires_at
    return membership.state == MembershipState.GRANTED and ends is not None and ends > now


def is_near_its_end(membership: LeaMembership, now: datetime) -> bool:
    ends = membership.expires_at
    return counts(membership, now) and ends is not None and ends - now <= RENEWABLE_BEFORE


def can_ask(memberships: Sequence[LeaMembership], now: datetime) -> bool:
    """Whether a person with these may ask to be a member, or to stay one."""
    if any(map(is_open, memberships)):
        return False
    last = latest(memberships, now)
    return last is None or is_near_its_end(last, now)


def latest(memberships: Sequence[LeaMembership], now: datetime) -> LeaMembership | None:
    """Of those that count, the one that ends last."""
    counting = [membership for membership in memberships if counts(membership, now)]
    return max(counting, key=lambda membership: membership.expires_at or now, default=None)


def can_decide(decider_id: int, membership: LeaMembership) -> bool:
    """Of those who may decide at all; never about oneself."""
    return decider_id != membership.person_id


def can_grant(membership: LeaMembership, *, is_checked_otherwise: bool) -> bool:
    return membership.address_confirmed_at is not None or is_checked_otherwise


def may_accept(inviter_id: object, person_id: int) -> bool:
    """Nobody makes themself a member by inviting themself."""
    return inviter_id != person_id


def new_end(memberships: Sequence[LeaMembership], now: datetime, lasts: timedelta) -> datetime:
    """When a membership that is granted now ends: a renewal loses nothing of the old one."""
    last = latest(memberships, now)
    return max(now, (last.expires_at if last else None) or now) + lasts
