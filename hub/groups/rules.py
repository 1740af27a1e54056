"""What may be done in a group. Pure predicates, used by views and templates alike."""

from collections.abc import Sequence

from hub.groups.models import GroupMember

MOST_MEMBERS = 500


def can_keep(membership: GroupMember | None) -> bool:
    """Whether somebody with this membership decides who else is in the group."""
    return membership is not None and membership.is_keeper


def can_remove(keeper: GroupMember | None, member: GroupMember) -> bool:
    """A keeper removes others; whoever wants to go leaves."""
    return keeper is not None and keeper.is_keeper and keeper.person_id != member.person_id


def can_be_keeper(keeper: GroupMember | None, member: GroupMember) -> bool:
    return can_remove(keeper, member) and not member.is_keeper


def can_step_down(membership: GroupMember | None, keepers: Sequence[int]) -> bool:
    """Nobody who is the only keeper."""
    return can_keep(membership) and len(keepers) > 1


def can_leave(membership: GroupMember, keepers: Sequence[int]) -> bool:
    return not membership.is_keeper or len(keepers) > 1
