"""What a notification says, in one sentence, to the person who is told."""

from flask_babel import LazyString, lazy_gettext
from flask_babel import gettext as _

from hub.notifications.models import About, Rhythm

RHYTHMS: dict[Rhythm, LazyString] = {
    Rhythm.AT_ONCE: lazy_gettext("At once, at most ten an hour"),
    Rhythm.DAILY: lazy_gettext("Once a day, in the morning"),
    Rhythm.WEEKLY: lazy_gettext("Once a week, on Monday morning"),
    Rhythm.NEVER: lazy_gettext("Never"),
}


def sentence(about: str, name: str) -> str:
    """``name`` is who did it; for what the hub decides it does not matter."""
    if about == About.MENTION:
        return _("%(name)s mentioned you", name=name)
    if about == About.REPLY:
        return _("%(name)s replied to you", name=name)
    if about == About.QUOTE:
        return _("%(name)s quoted you", name=name)
    if about == About.WATCHED:
        return _("%(name)s wrote a new post", name=name)
    if about == About.ACCEPTED:
        return _("Your post was accepted as the answer")
    if about == About.REACTION:
        return _("%(name)s reacted to your post", name=name)
    if about == About.APPROVED:
        return _("Your post was approved and is published")
    return _decided(about)


def _decided(about: str) -> str:
    if about == About.DECISION:
        return _("A moderator decided about something of yours")
    if about == About.OUTCOME:
        return _("What you reported was decided")
    if about == About.ANSWER:
        return _("An objection was answered")
    return _("A case waits for you")
