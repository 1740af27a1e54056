"""What somebody wrote and did in the forum."""

from hub.forum.models import BoardModerator, Post, PostRevision, Topic
from hub.own_data import topics
from hub.own_data.traces import Trace, Why
from hub.polls.models import Poll, PollOption, PollVote
from hub.reactions.models import Bookmark, Reaction
from hub.uploads.models import Attachment, Upload
from hub.writing.models import Draft
from knowledge.community_models import Contribution


def _left_out(why: Why, *columns: str) -> dict[str, Why]:
    return dict.fromkeys(columns, why)


TOPIC = Trace(
    Topic.__tablename__,
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
    Topic.__tablename__,
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
    Post.__tablename__,
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
    Post.__tablename__,
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
    PostRevision.__tablename__,
    "editor_id",
    topics.FORUM,
    given=("id", "post_id", "number", "text", "title", "editor_id", "made_at"),
    left_out=_left_out(Why.OTHERS_WORDS, "note"),  # says what came after, maybe by another
)
POLL = Trace(
    Poll.__tablename__,
    "post_id",
    topics.FORUM,
    given=("id", "post_id", "question", "most_choices", "results", "closes_at", "closed_at"),
    left_out=_left_out(Why.ANOTHER_PERSON, "voters"),
    below=POST,
)
POLL_OPTION = Trace(
    PollOption.__tablename__,
    "poll_id",
    topics.FORUM,
    given=("id", "poll_id", "ordinal", "text"),
    left_out=_left_out(Why.ANOTHER_PERSON, "votes"),  # maybe not shown before it is closed
    below=POLL,
)
# No foreign key: the search is another part, which knows of nobody but by number.
IN_SEARCH = Trace(
    Contribution.__tablename__,
    "author_id",
    topics.FORUM,
    given=("id", "post_id", "author_id", "language", "written_at", "withdrawn_at"),
    left_out=_left_out(
        Why.ALREADY_HERE,
        *("topic_id", "board_id", "is_first", "audience", "title", "text", "tags"),
        *("progress", "revision"),
    ),
)
DRAFT = Trace(
    Draft.__tablename__,
    "person_id",
    topics.DRAFTS,
    given=("id", "person_id", "place", "title", "text", "tags", "revision", "kept_at"),
    goes=True,
)
MODERATOR = Trace(
    BoardModerator.__tablename__,
    "person_id",
    topics.ROLES,
    given=("id", "person_id", "board_id", "added_at"),
    left_out=_left_out(Why.ANOTHER_PERSON, "added_by"),
    goes=True,
)
NAMED_MODERATOR = Trace(
    BoardModerator.__tablename__,
    "added_by",
    topics.ROLES,
    given=("id", "added_by", "added_at"),
    left_out=_left_out(Why.ANOTHER_PERSON, "person_id", "board_id"),
)
REACTION = Trace(
    Reaction.__tablename__,
    "person_id",
    topics.REACTIONS,
    given=("id", "post_id", "person_id", "kind", "at"),
    goes=True,
)
BOOKMARK = Trace(
    Bookmark.__tablename__,
    "person_id",
    topics.BOOKMARKS,
    given=("id", "person_id", "post_id", "note", "made_at"),
    goes=True,
)
VOTE = Trace(
    PollVote.__tablename__,
    "person_id",
    topics.VOTES,
    given=("id", "poll_id", "option_id", "person_id", "at"),
    goes=True,
)
UPLOAD = Trace(
    Upload.__tablename__,
    "person_id",
    topics.UPLOADS,
    given=(
        *("id", "person_id", "sha256", "filename", "media_type", "size", "width", "height"),
        "created_at",
    ),
)
CARRIED = Trace(
    Attachment.__tablename__,
    "upload_id",
    topics.UPLOADS,
    given=("id", "upload_id", "detached_at"),
    left_out=_left_out(Why.ANOTHER_PERSON, "post_id"),  # others may show the file in their posts
    below=UPLOAD,
)
TRACES: tuple[Trace, ...] = (
    *(TOPIC, WROTE_LAST, POST, EDITED, STATE_OF_POST, POLL, POLL_OPTION, IN_SEARCH, DRAFT),
    *(MODERATOR, NAMED_MODERATOR, REACTION, BOOKMARK, VOTE, UPLOAD, CARRIED),
)
