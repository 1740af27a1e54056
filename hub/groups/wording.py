"""What the hub says about groups in more than one place."""

from flask_babel import gettext as _

from hub.groups.rules import MOST_MEMBERS
from knowledge.access import Mark, told


def mark_name(mark: str) -> str:
    return told(mark)


def mark_meaning(mark: str) -> str:
    """What a sharing mark allows, after TLP 2.0, in a sentence."""
    return {
        Mark.CLEAR: _("What stands here may be passed on to anybody."),
        Mark.GREEN: _(
            "What stands here may be passed on in the community of those who work on the same, but "
            "not in public."
        ),
        Mark.AMBER: _(
            "What stands here may be passed on only to those in your own organisation, and those "
            "it serves, who need to know it."
        ),
        Mark.RED: _(
            "What stands here is for the members of this group alone. Pass nothing of it on."
        ),
    }[Mark(mark)]


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
