"""What the hub says about following in more than one place."""

from flask_babel import LazyString, lazy_gettext

from hub.following.models import Level

LEVELS: dict[Level, LazyString] = {
    Level.WATCH: lazy_gettext("Watch"),
    Level.NORMAL: lazy_gettext("Normal"),
    Level.MUTE: lazy_gettext("Mute"),
}
MEANINGS: dict[Level, LazyString] = {
    Level.WATCH: lazy_gettext("You are told of every new post."),
    Level.NORMAL: lazy_gettext("You are told of replies to you, quotes and mentions."),
    Level.MUTE: lazy_gettext("You are told of nothing."),
}
