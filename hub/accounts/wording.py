"""What the hub says about accounts in more than one place."""

from flask_babel import gettext, ngettext

from hub.accounts.models import Role


def too_many_attempts(seconds: int) -> str:
    minutes = -(-seconds // 60)
    return ngettext(
        "There were too many attempts. Try again in %(num)s minute, or choose a new password by "
        "mail.",
        "There were too many attempts. Try again in %(num)s minutes, or choose a new password by "
        "mail.",
        minutes,
    )


def too_many_requests(seconds: int) -> str:
    return ngettext(
        "Many messages were asked for from here. Try again in %(num)s minute.",
        "Many messages were asked for from here. Try again in %(num)s minutes.",
        -(-seconds // 60),
    )


def role_name(role: str) -> str:
    names = {
        "member": gettext("Member"),
        "lea": gettext("Verified LEA member"),
        Role.CURATOR: gettext("Curator"),
        Role.MODERATOR: gettext("Moderator"),
        Role.ADMINISTRATOR: gettext("Administrator"),
    }
    return names.get(role, role)
