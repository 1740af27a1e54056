"""What somebody wrote and did in the forum."""

from hub.own_data import topics
from hub.own_data.traces import Trace, Why


def _left_out(why: Why, *columns: str) -> dict[str, Why]:
    return dict.fromkeys(columns, why)


TOPIC = Trace(
    "topic",
    "author_id",
    topics.FORUM,
    given=(
        *("id", "board_id", "author_id", "title", "language", "state", "mark", "is_pinned"),
        *("locked_at", "accepted_post_id", "merged_into_id", "posts", "last_number", "tags"),
        *("created_at", "bumped_at", "has_moved_posts"),
    ),
    left_out=_left_out(Why.ANOTHER_PERSON, "last_author_id"),
)
WROTE_LAST = Trace(
    "topic",
    "last_author_id",
    topics.FORUM,
    given=("id", "last_author_id", "bumped_at"),
    left_out=_left_out(
        Why.ANOTHER_PERSON,
        *("board_id", "author_id", "title", "language", "state", "mark", "is_pinned", "locked_at"),
        *("accepted_post_id", "merged_into_id", "posts", "last_number", "tags", "created_at"),
        "has_moved_posts",
    ),
)
POST = Trace(
    "post",
    "author_id",
    topics.FORUM,
    given=(
        *("id", "topic_id", "number", "author_id", "reply_to_id", "text", "language", "state"),
        *("is_wiki", "revision", "submission", "reactions", "created_at", "edited_at"),
    ),
    left_out={
        **_left_out(Why.ANOTHER_PERSON, "edited_by"),
        **_left_out(Why.ALREADY_HERE, "html"),
    },
)
EDITED = Trace(
    "post",
    "edited_by",
    topics.FORUM,
    given=("id", "edited_by", "edited_at"),
    left_out={
        **_left_out(Why.OTHERS_WORDS, "text", "html"),
        **_left_out(
            Why.ANOTHER_PERSON,
            *("topic_id", "number", "author_id", "reply_to_id", "language", "state", "is_wiki"),
            *("revision", "submission", "reactions", "created_at"),
        ),
    },
)
STATE_OF_POST = Trace(
    "post_revision",
    "editor_id",
    topics.FORUM,
    given=("id", "post_id", "number", "text", "title", "editor_id", "made_at"),
    left_out=_left_out(Why.OTHERS_WORDS, "note"),  # says what came after, maybe by another
)
DRAFT = Trace(
    "draft",
    "person_id",
    topics.DRAFTS,
    given=("id", "person_id", "place", "title", "text", "tags", "revision", "kept_at"),
    goes=True,
)
MODERATOR = Trace(
    "board_moderator",
    "person_id",
    topics.ROLES,
    given=("id", "person_id", "board_id", "added_at"),
    left_out=_left_out(Why.ANOTHER_PERSON, "added_by"),
    goes=True,
)
NAMED_MODERATOR = Trace(
    "board_moderator",
    "added_by",
    topics.ROLES,
    given=("id", "added_by", "added_at"),
    left_out=_left_out(Why.ANOTHER_PERSON, "person_id", "board_id"),
)
REACTION = Trace(
    "reaction",
    "person_id",
    topics.REACTIONS,
    given=("id", "post_id", "person_id", "kind", "at"),
    goes=True,
)
BOOKMARK = Trace(
    "bookmark",
    "person_id",
    topics.BOOKMARKS,
    given=("id", "person_id", "post_id", "note", "made_at"),
    goes=True,
)
VOTE = Trace(
    "poll_vote",
    "person_id",
    topics.VOTES,
    given=("id", "poll_id", "option_id", "person_id", "at"),
    goes=True,
)
UPLOAD = Trace(
    "upload",
    "person_id",
    topics.UPLOADS,
    given=(
        *("id", "person_id", "sha256", "filename", "media_type", "size", "width", "height"),
        "created_at",
    ),
)
TRACES: tuple[Trace, ...] = (
    *(TOPIC, WROTE_LAST, POST, EDITED, STATE_OF_POST, DRAFT, MODERATOR, NAMED_MODERATOR),
    *(REACTION, BOOKMARK, VOTE, UPLOAD),
)
