"""Reactions in words."""

from hub.page_words import gettext as _
from hub.reactions.models import ReactionKind


def reaction_words() -> list[tuple[str, str]]:
    """Each kind with its name, in the order in which they are shown; also in templates, where it is
    asked once for a page."""
    return [
        (ReactionKind.THANKS.value, _("Thanks")),
        (ReactionKind.HELPFUL.value, _("Helpful")),
        (ReactionKind.AGREE.value, _("I agree")),
        (ReactionKind.DISAGREE.value, _("I disagree")),
    ]
