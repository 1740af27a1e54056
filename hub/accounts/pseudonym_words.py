"""What is said about a pseudonym that cannot be taken."""

from flask_babel import gettext as _

from hub.accounts.models import LONGEST_PSEUDONYM
from hub.accounts.pseudonyms import SHORTEST, PseudonymProblem


def sentence(problem: PseudonymProblem) -> str:
    match problem:
        case PseudonymProblem.TOO_SHORT:
            return _("Use at least %(count)s characters.", count=SHORTEST)
        case PseudonymProblem.TOO_LONG:
            return _("Use at most %(count)s characters.", count=LONGEST_PSEUDONYM)
        case PseudonymProblem.UNREADABLE:
            return _("It holds characters that cannot be seen or read. Type it again.")
        case PseudonymProblem.SIGNS:
            return _("Use letters, digits, spaces and these signs: - _ . '")
        case PseudonymProblem.NO_LETTERS:
            return _("Use letters too: a name of digits and signs alone is hard to tell apart.")
        case PseudonymProblem.MARKS:
            return _("There are more accents on one letter than can be read. Leave some out.")
        case PseudonymProblem.MIXED_SCRIPTS:
            return _(
                "It mixes letters of several scripts, which can be mistaken for one another. "
                "Write it in one script."
            )
        case PseudonymProblem.RESERVED:
            return _(
                "This name could be taken for somebody who speaks for the hub or for an "
                "authority. Choose another."
            )


def taken() -> str:
    return _("Somebody has this name, or one that looks like it. Choose another.")
