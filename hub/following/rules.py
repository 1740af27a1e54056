"""What somebody is told of, where they follow several things at once. Pure.

What was chosen for a topic itself counts most. Else muting its board or one of its tags counts more
than watching another of them. What was only noted because somebody wrote in a topic changes none of
that.
"""

from collections.abc import Iterable

from hub.following.models import Followed, Level

MOST_FOLLOWED = 1_000

# By kind and level, the weight of what was chosen; the highest decides (``hub.following.telling``
# asks the database the same).
WEIGHTS: dict[tuple[bool, Level], int] = {
    (True, Level.WATCH): 6,
    (True, Level.NORMAL): 5,
    (True, Level.MUTE): 4,
    (False, Level.MUTE): 3,
    (False, Level.WATCH): 2,
    (False, Level.NORMAL): 1,
}
WATCHES, MUTES = (6, 2), (4, 3)


def effective(chosen: Iterable[tuple[Followed, Level]]) -> Level:
    """The level that counts in a topic, of what was chosen for it, its board and its tags."""
    heaviest = max((WEIGHTS[kind == Followed.TOPIC, level] for kind, level in chosen), default=0)
    if heaviest in WATCHES:
        return Level.WATCH
    return Level.MUTE if heaviest in MUTES else Level.NORMAL
