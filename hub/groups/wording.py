"""What the hub says about groups in more than one place."""

from flask_babel import gettext as _

from hub.groups.rules import MOST_MEMBERS


def unknown_person() -> str:
    return _("Nobody here has exactly this name on the hub. Check how it is written.")


def already_in_it() -> str:
    return _("This person is in the group already.")


def full() -> str:
    return _("The group has %(count)s members, and more are not possible.", count=MOST_MEMBERS)


def last_keeper() -> str:
    return _("A group needs a keeper. Make somebody else a keeper first.")


def name_taken() -> str:
    return _("Another group has this name, or had it. Choose another.")
