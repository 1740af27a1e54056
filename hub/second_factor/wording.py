"""What the hub says about second factors in more than one place."""

from flask_babel import gettext as _
from flask_babel import ngettext


def wrong_code() -> str:
    return _(
        "This code is not right, or has been used. Wait for the next one that your app shows; a "
        "recovery code works once."
    )


def too_many_codes(seconds: int) -> str:
    minutes = -(-seconds // 60)
    return ngettext(
        "There were too many wrong codes. Try again in %(num)s minute.",
        "There were too many wrong codes. Try again in %(num)s minutes.",
        minutes,
    )


def codes_left(count: int) -> str:
    return ngettext(
        "You have used a recovery code; %(num)s is left.",
        "You have used a recovery code; %(num)s are left.",
        count,
    )


def needed() -> str:
    return _(
        "What you are trusted with needs a second factor, so the last one cannot be removed. Set "
        "up another first."
    )


def passkey_refused() -> str:
    return _("This passkey was not accepted. Nothing was changed. Try again, or use a code.")


def no_passkeys_here() -> str:
    return _(
        "Passkeys belong to a name, and this address is made of figures. Open the hub under its "
        "name, on your own machine under http://localhost."
    )


def too_many_passkeys() -> str:
    return _("You have as many passkeys as there may be. Remove one first.")


def known_passkey() -> str:
    return _("This passkey is registered already.")
