"""What the hub says about memberships in more than one place."""

from flask_babel import gettext as _

from hub.membership.models import MembershipState


def state_name(state: str) -> str:
    return {
        MembershipState.REQUESTED: _("Waits for a decision"),
        MembershipState.GRANTED: _("Granted"),
        MembershipState.REFUSED: _("Refused"),
        MembershipState.ENDED: _("Ended"),
    }.get(MembershipState(state), state)


def name_taken() -> str:
    return _("Somebody has this name, or one that looks like it. Choose another.")


def link_sent(address: str) -> str:
    return _(
        "A link is on its way to %(address)s. Open it to confirm the address.", address=address
    )
