"""What stands on every post. A page says these words many times and looks them up once."""

from collections.abc import Mapping
from functools import lru_cache

from flask_babel import get_locale, gettext


def post_words() -> Mapping[str, str]:
    return _post_words(str(get_locale()))


@lru_cache(64)
def _post_words(locale: str) -> Mapping[str, str]:
    """In the language of the page, which ``locale`` names."""
    return {
        "accept": gettext("This answers it"),
        "accepted": gettext("Accepted answer"),
        "bookmark": gettext("Bookmark"),
        "bookmarked": gettext("Bookmarked"),
        "delete": gettext("Delete"),
        "deleted": gettext("This post was deleted."),
        "edit": gettext("Edit"),
        "edited": gettext("Edited"),
        "former": gettext("Somebody who is not here any more"),
        "held": gettext("Waits for a moderator. Only its author and moderators see it."),
        "hidden": gettext("A moderator has hidden this post."),
        "hidden_shown": gettext("Hidden. Only moderators see it."),
        "history": gettext("History"),
        "in_reply_to": gettext("In reply to"),
        "more": gettext("More"),
        "moderate": gettext("Moderate"),
        "new": gettext("New since your last visit"),
        "quote": gettext("Quote"),
        "reply": gettext("Reply"),
        "report": gettext("Report this post"),
        "starter": gettext("started the topic"),
        "unaccept": gettext("Not the answer after all"),
        "wiki": gettext("Anyone who may write here may edit this post"),
    }
