"""What the hub says about accounts in more than one place."""

from flask_babel import lazy_gettext, ngettext

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


# Named for each person of a list: only what is asked for is looked up.
ROLE_NAMES = {
    "member": lazy_gettext("Member"),
    "lea": lazy_gettext("Verified LEA member"),
    Role.CURATOR: lazy_gettext("Curator"),
    Role.MODERATOR: lazy_gettext("Moderator"),
    Role.ADMINISTRATOR: lazy_gettext("Administrator"),
}


def role_name(role: str) -> str:
    return str(ROLE_NAMES.get(role, role))
