"""How somebody reads the forum: positions, what they follow, what they are told."""

from hub.feeds.models import FeedKey
from hub.following.models import Follow, ReadPosition
from hub.notifications.models import Notification, NotificationChoice
from hub.own_data import topics
from hub.own_data.traces import Trace, Why

POSITION = Trace(
    ReadPosition.__tablename__,
    "person_id",
    topics.READING,
    given=("id", "person_id", "topic_id", "number", "at"),
    goes=True,
)
FOLLOW = Trace(
    Follow.__tablename__,
    "person_id",
    topics.READING,
    given=("id", "person_id", "kind", "target", "level", "is_chosen", "at"),
    goes=True,
)
NOTIFICATION = Trace(
    Notification.__tablename__,
    "person_id",
    topics.NOTIFICATIONS,
    given=(
        *("id", "person_id", "about", "topic_id", "post_id", "subject_id", "made_at", "read_at"),
        "mailed_at",
    ),
    left_out={"actor_id": Why.ANOTHER_PERSON, "post_key": Why.ALREADY_HERE},
    goes=True,
)
# Others were told what the person wrote: their notifications stay, without a name once it is gone.
TOLD_OF = Trace(
    Notification.__tablename__,
    "actor_id",
    topics.NOTIFICATIONS,
    given=("id", "actor_id", "topic_id", "post_id", "made_at"),
    left_out=dict.fromkeys(
        ("person_id", "about", "subject_id", "read_at", "mailed_at"), Why.ANOTHER_PERSON
    )
    | {"post_key": Why.ALREADY_HERE},
)
CHOICE = Trace(
    NotificationChoice.__tablename__,
    "person_id",
    topics.NOTIFICATIONS,
    given=("id", "person_id", "rhythm", "reactions", "next_digest_at"),
    goes=True,
)
FEED_KEY = Trace(
    FeedKey.__tablename__,
    "person_id",
    topics.FEEDS,
    given=("id", "person_id", "name", "is_strong", "made_at", "used_at"),
    left_out={"key_hash": Why.SECRET},
    goes=True,
)
TRACES: tuple[Trace, ...] = (POSITION, FOLLOW, NOTIFICATION, TOLD_OF, CHOICE, FEED_KEY)
