"""What is said about a password that cannot be taken."""

from flask_babel import gettext as _

from hub.accounts.passwords import LONGEST, SHORTEST, PasswordProblem


def sentence(problem: PasswordProblem) -> str:
    match problem:
        case PasswordProblem.TOO_SHORT:
            return _(
                "Use at least %(count)s characters. Three or four words that have nothing to do "
                "with each other are easy to remember.",
                count=SHORTEST,
            )
        case PasswordProblem.TOO_LONG:
            return _("Use at most %(count)s characters.", count=LONGEST)
        case PasswordProblem.UNREADABLE:
            return _("It holds characters that cannot be read. Type it again.")
        case PasswordProblem.COMMON:
            return _(
                "This is one of the passwords that are used most, with or without something "
                "added. Choose another."
            )
        case PasswordProblem.GUESSABLE:
            return _(
                "This can be guessed too soon: it is made of names, dates, repetitions or words "
                "about you. Add words that have nothing to do with them."
            )
        case PasswordProblem.BREACHED:
            return _(
                "This password is in a list of passwords that have leaked from other places. It "
                "need not have been yours; choose another."
            )
