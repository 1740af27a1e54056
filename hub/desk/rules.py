"""What may be done to a person's account. Pure predicates."""

from collections.abc import Collection
from enum import StrEnum

from hub.accounts.models import Person, Role


class Act(StrEnum):
    """As forms and addresses name them."""

    GRANT_CURATOR = "grant-curator"
    GRANT_MODERATOR = "grant-moderator"
    GRANT_ADMINISTRATOR = "grant-administrator"
    REVOKE_CURATOR = "revoke-curator"
    REVOKE_MODERATOR = "revoke-moderator"
    REVOKE_ADMINISTRATOR = "revoke-administrator"
    SIGN_OUT = "sign-out"
    REMOVE_SECOND_FACTOR = "remove-second-factor"
    DISABLE = "disable"
    ENABLE = "enable"

    @property
    def role(self) -> Role | None:
        """The role that it gives or takes."""
        verb, _, name = self.partition("-")
        return Role(name) if verb in ("grant", "revoke") else None

    @property
    def gives(self) -> bool:
        return self.startswith("grant-")


def possible_acts(person: Person, *, is_self: bool, has_second_factor: bool) -> list[Act]:
    """What makes sense as the account stands."""
    roles = roles_of(person)
    return [act for act in Act if _makes_sense(act, person, roles, is_self, has_second_factor)]


def roles_of(person: Person) -> frozenset[Role]:
    return frozenset(Role(grant.role) for grant in person.grants)


def can_remove_second_factor(*, is_self: bool) -> bool:
    """One's own goes through the account, where it is asked whether one needs it."""
    return not is_self


def _makes_sense(
    act: Act, person: Person, roles: Collection[Role], is_self: bool, has_second_factor: bool
) -> bool:
    if act.role is not None:
        return (act.role in roles) != act.gives
    if act == Act.REMOVE_SECOND_FACTOR:
        return has_second_factor and can_remove_second_factor(is_self=is_self)
    if act == Act.ENABLE:
        return person.disabled_at is not None
    return person.disabled_at is None
