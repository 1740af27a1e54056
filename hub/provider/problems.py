"""What can go wrong between here and the provider, and how it is put."""

from enum import StrEnum

from flask_babel import gettext as _


class Problem(StrEnum):
    DOWN = "down"
    UNTRUSTED = "untrusted"
    DENIED = "denied"
    OVER = "over"
    DISABLED = "disabled"
    OTHERS = "others"
    NOT_ANEW = "not anew"


class ProviderDown(Exception):
    """It does not answer, not in time, or with an error of its own."""


class Untrusted(Exception):
    """It answered something that proves nothing; the message says what, for the log."""


STATUS = {
    Problem.DOWN: 503,
    Problem.UNTRUSTED: 502,
    Problem.DENIED: 400,
    Problem.OVER: 400,
    Problem.DISABLED: 403,
    Problem.OTHERS: 409,
    Problem.NOT_ANEW: 403,
}


def sentence(problem: Problem, provider: str) -> str:
    match problem:
        case Problem.DOWN:
            return _(
                "%(provider)s does not answer at the moment. Try again in a minute, or sign in "
                "with your password.",
                provider=provider,
            )
        case Problem.UNTRUSTED:
            return _(
                "What %(provider)s sent could not be verified, so nobody was signed in. Try again; "
                "if it stays like this, tell the people who run this hub.",
                provider=provider,
            )
        case Problem.DENIED:
            return _("%(provider)s did not sign you in. Nothing was changed.", provider=provider)
        case Problem.OVER:
            return _(
                "This sign-in was not begun in this browser, took too long, or is over already. "
                "Begin again."
            )
        case Problem.DISABLED:
            return _("This account is disabled. Write to the people who run this hub.")
        case Problem.OTHERS:
            return _(
                "That account at %(provider)s belongs to somebody else here. Nothing was changed.",
                provider=provider,
            )
        case Problem.NOT_ANEW:
            return _(
                "%(provider)s did not ask you again who you are, so nothing was confirmed or "
                "changed. Begin again, and sign in there when you are asked.",
                provider=provider,
            )
