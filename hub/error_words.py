"""What an error page says: what happened, whether anything was lost, what to do."""

from dataclasses import dataclass

from flask_babel import LazyString
from flask_babel import lazy_gettext as _


@dataclass(frozen=True, slots=True)
class Words:
    """``try_again`` offers the same address once more, where that can help."""

    title: LazyString
    explanation: LazyString
    try_again: bool = False


WORDS = {
    400: Words(
        _("This address or form cannot be read"),
        _(
            "Something in it is damaged or incomplete. Nothing was changed and nothing was lost. "
            "Check the address, or go back and send the form again."
        ),
    ),
    403: Words(
        _("You may not do this"),
        _("Your rights do not cover it. Nothing was changed and nothing was lost."),
    ),
    404: Words(
        _("There is nothing at this address"),
        _(
            "The page or document does not exist, has been withdrawn, or is not open to you. "
            "Nothing of yours was lost. Check the address, or search the library for the title."
        ),
    ),
    405: Words(
        _("This address does not work that way"),
        _(
            "It can be reached only from the page or form it belongs to. Nothing was changed and "
            "nothing was lost."
        ),
    ),
    413: Words(
        _("This is too large"),
        _(
            "More was sent than is accepted here, so nothing of it was kept. Shorten it and send "
            "it again; your browser may still show it when you go back."
        ),
    ),
    422: Words(
        _("Some entries cannot be used"),
        _("Nothing was saved. Go back, correct the form and send it again."),
    ),
    429: Words(
        _("Too many requests in a short time"),
        _(
            "There is a limit so that everybody can use the hub. This request was not carried out "
            "and nothing else was lost. Wait a minute, then try again."
        ),
        try_again=True,
    ),
    500: Words(
        _("The hub made an error"),
        _(
            "It is not your fault, and the error has been recorded. What you sent last may not "
            "have been saved; everything saved before is safe. Try again in a moment."
        ),
        try_again=True,
    ),
    503: Words(
        _("This part of the hub is not available now"),
        _(
            "Something it needs is missing or busy, and that has been recorded. Nothing was "
            "changed and nothing was lost. Try again in a few minutes; the rest of the hub works."
        ),
        try_again=True,
    ),
    507: Words(
        _("The hub has no room left to write"),
        _(
            "Its disk is full, and that has been recorded. Nothing that was saved before is lost, "
            "but what you sent last was not kept. Reading still works; try the rest again later."
        ),
        try_again=True,
    ),
}
FORM_EXPIRED = Words(
    _("This form is no longer valid"),
    _(
        "It was open too long, or your browser did not send the cookie that protects it. Nothing "
        "was sent. Go back, copy what you wrote if it matters, load the page again and send the "
        "form again."
    ),
    try_again=True,
)
UNKNOWN = Words(
    _("This request could not be carried out"),
    _("Nothing was changed and nothing was lost. Go back, or start again from the home page."),
)
