"""The desk in words."""

from flask_babel import gettext as _

from hub.accounts.models import Person
from hub.accounts.wording import role_name
from hub.desk.filters import State
from hub.desk.queries import Membership
from hub.desk.rules import Act
from hub.membership.wording import state_name


def act_name(act: Act) -> str:
    """As the choice in the form has it."""
    if act.role is not None:
        role = role_name(act.role)
        if act.gives:
            return _("Give the role: %(role)s", role=role)
        return _("Take the role away: %(role)s", role=role)
    return {
        Act.SIGN_OUT: _("Sign out everywhere"),
        Act.REMOVE_SECOND_FACTOR: _("Remove the second factor, because the device is lost"),
        Act.DISABLE: _("Disable the account and sign out everywhere"),
        Act.ENABLE: _("Enable the account again"),
    }[act]


def account_state(person: Person) -> str:
    if person.erased_at is not None:
        return state_words(State.ERASED)
    return state_words(State.ACTIVE if person.disabled_at is None else State.DISABLED)


def state_words(state: str) -> str:
    return {
        State.ACTIVE: _("active"),
        State.DISABLED: _("disabled"),
        State.ERASED: _("erased"),
    }[State(state)]


def membership_state(membership: Membership | None) -> str:
    if membership is None:
        return _("Never requested")
    if membership.state == "granted" and not membership.counts:
        return _("Expired")
    return state_name(membership.state)


def last_administrator() -> str:
    return _(
        "This is the last administrator. Give somebody else the role first, "
        "or nobody can give it any more."
    )
