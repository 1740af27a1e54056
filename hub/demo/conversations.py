"""Topics of the demonstration with their posts, as rows, counted as the operations would count."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any

from hub.demo.composing import Composed, Said, answer, opening
from hub.demo.crowd import YEARS
from hub.demo.rooms import Room
from hub.demo.speech import Voice
from hub.demo.stock import Stock
from hub.forum.models import MOST_TAGS, Post, PostRevision, State, Topic, TopicTag
from knowledge.contributions import Contributed
from knowledge.orm import LARGEST_LONG_ID, Base

ACCEPTED, LOCKED, DELETED, EDITED = 0.25, 0.03, 0.004, 0.02
FULL_OF_DAYS = 40  # an ordinary conversation has ended after so many
Row = dict[str, Any]


@dataclass(slots=True)
class Conversation:
    """A topic as rows. ``replies``: a post, the one whose author it names, whether it quotes.
    ``searched``: what the search is told of the posts."""

    topic: Row
    posts: list[Row]
    tags: list[Row]
    revisions: list[Row] = field(default_factory=list)
    replies: list[tuple[Said, Said, bool]] = field(default_factory=list)
    searched: list[Contributed] = field(default_factory=list)

    def rows(self) -> dict[type[Base], list[Row]]:
        return {
            Topic: [self.topic],
            TopicTag: self.tags,
            Post: self.posts,
            PostRevision: self.revisions,
        }


def converse(
    room: Room,
    length: int,
    stocks: dict[str, Stock],
    names: dict[int, str],
    random: Random,
    now: datetime,
) -> Conversation:
    """A conversation of so many posts in a room; its counts, and those of the board, are right."""
    language = random.choice(room.languages)
    voice, stock = Voice(language, random), stocks[language]
    circle = random.sample(room.people, min(len(room.people), 2 + random.randrange(12)))
    times = list(_times(length, random, now))
    made = Conversation(_topic(room, voice, circle[0], times[0], random, now), [], [])
    said: list[Said] = []
    for number, at in enumerate(times, 1):
        author = circle[0] if number == 1 else random.choice(circle)
        composed = opening(stock, random) if number == 1 else answer(stock, random, said)
        row = _post(made.topic, number, author, composed, language, at, random)
        made.posts.append(row)
        said.append(Said(row["id"], number, author, names[author], composed.first))
        del said[:-20]
        _note(made, said[-1], composed)
        if row["state"] == State.VISIBLE:
            made.searched.append(_contributed(room, made.topic, row, composed))
        _edit(made, row, random)
    _finish(made, room, random)
    return made


def _times(length: int, random: Random, now: datetime) -> Iterator[datetime]:
    """Some time in the last years, and never in the future; a long topic takes all of them."""
    days = YEARS * 365.0
    begins = random.random() if length < 1_000 else 1.0
    left = days * begins
    span = min(left, FULL_OF_DAYS * random.random()) if length < 1_000 else left * 0.999
    start = now - timedelta(days=left)
    for share in (0.0, *sorted(random.random() for _ in range(length - 1))):
        yield start + timedelta(days=span * share)


def _topic(
    room: Room, voice: Voice, author: int, at: datetime, random: Random, now: datetime
) -> Row:
    count = min(MOST_TAGS, random.randrange(4))
    is_locked = random.random() < LOCKED
    return {
        "id": _long_id(random),
        "board_id": room.board.id,
        "author_id": author,
        "title": voice.says("titles"),
        "language": voice.language,
        "state": State.VISIBLE,
        "mark": room.board.mark,
        "is_pinned": room.board.topics == 0,  # the first of each board
        "locked_at": min(now, at + timedelta(days=FULL_OF_DAYS)) if is_locked else None,
        "accepted_post_id": None,
        "tags": [tag.casefold() for tag in voice.items("tags", count)],
        "created_at": at,
    }


def _post(
    topic: Row,
    number: int,
    author: int,
    composed: Composed,
    language: str,
    at: datetime,
    random: Random,
) -> Row:
    post_id = _long_id(random)
    is_gone = number > 1 and random.random() < DELETED
    return {
        "id": post_id,
        "topic_id": topic["id"],
        "number": number,
        "author_id": author,
        "reply_to_id": (composed.quoted or composed.mentioned or _NOBODY).post_id,
        "text": composed.whole.text,
        "html": composed.whole.html,
        "language": language,
        "state": State.DELETED if is_gone else State.VISIBLE,
        "is_wiki": False,
        "revision": 1,
        "submission": f"demo {post_id}",
        "reactions": {},
        "created_at": at,
        "edited_at": None,
        "edited_by": None,
    }


_NOBODY = Said(None, 0, 0, "", "")  # type: ignore[arg-type]


def _contributed(room: Room, topic: Row, row: Row, composed: Composed) -> Contributed:
    """As ``hub.community`` tells the search of it."""
    is_first = row["number"] == 1
    return Contributed(
        post_id=row["id"],
        topic_id=topic["id"],
        board_id=topic["board_id"],
        author_id=row["author_id"],
        audience=room.board.audience,
        text=composed.whole.words,
        written_at=row["created_at"],
        title=topic["title"] if is_first else "",
        tags=tuple(topic["tags"]),
        language=row["language"],
        is_first=is_first,
    )


def _note(made: Conversation, said: Said, composed: Composed) -> None:
    """Who is to be told of the post: nobody of their own."""
    for named, is_quote in ((composed.mentioned, False), (composed.quoted, True)):
        if named is not None and named.author_id != said.author_id:
            made.replies.append((said, named, is_quote))


def _edit(made: Conversation, row: Row, random: Random) -> None:
    """Some posts were shorter before: what stands there now is the second state."""
    if random.random() >= EDITED or row["state"] != State.VISIBLE:
        return
    row.update(
        revision=2,
        edited_at=row["created_at"] + timedelta(minutes=random.randrange(2, 50)),
        edited_by=row["author_id"],
    )
    made.revisions.append(
        {
            "post_id": row["id"],
            "number": 1,
            "text": row["text"].split("\n\n")[0],
            "title": made.topic["title"] if row["number"] == 1 else "",
            "editor_id": row["author_id"],
            "made_at": row["created_at"],
        }
    )


def _finish(made: Conversation, room: Room, random: Random) -> None:
    """Counts, as ``hub.forum.counting`` does after each post."""
    topic, board = made.topic, room.board
    visible = [row for row in made.posts if row["state"] == State.VISIBLE]
    latest = visible[-1]
    topic.update(
        posts=len(visible),
        last_number=len(made.posts),
        last_author_id=latest["author_id"],
        bumped_at=latest["created_at"],
    )
    if len(visible) > 1 and random.random() < ACCEPTED:
        topic["accepted_post_id"] = random.choice(visible[1:])["id"]
    made.tags.extend({"topic_id": topic["id"], "tag": tag} for tag in topic["tags"])
    board.topics += 1
    board.posts += len(visible)
    newest = latest["created_at"]
    board.last_post_at = max(board.last_post_at or newest, newest)


def _long_id(random: Random) -> int:
    return random.randrange(1, LARGEST_LONG_ID)
