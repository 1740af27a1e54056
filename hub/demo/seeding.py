"""Fills the tables with a demonstration forum, some thousand posts at a time."""

from collections.abc import Iterator
from datetime import datetime
from itertools import accumulate
from random import Random

from sqlalchemy import exists, func, insert, select
from sqlalchemy.orm import Session

from hub.config import LANGUAGES
from hub.demo.aftermath import aftermath_of, poll_of
from hub.demo.conversations import Row, converse
from hub.demo.crowd import gathered
from hub.demo.rooms import Room, furnished
from hub.demo.scales import Scale, lengths
from hub.demo.stock import stock_of
from hub.following.models import Follow, ReadPosition
from hub.forum.models import Post, PostRevision, Topic, TopicTag
from hub.notifications.models import Notification
from hub.polls.models import Poll, PollOption, PollVote
from hub.reactions.models import Bookmark, Reaction
from knowledge import contributions
from knowledge.contributions import Contributed
from knowledge.orm import Base

POSTS_AT_ONCE = 10_000
MOST_EMBEDDED = 10_000
FEWEST_PARAGRAPHS, MOST_PARAGRAPHS = 8, 400  # of a kind and language
ORDER: tuple[type[Base], ...] = (  # what is referred to comes first
    *(Topic, TopicTag, Post, PostRevision, Poll, PollOption, PollVote),
    *(Reaction, Bookmark, ReadPosition, Follow, Notification),
)
Heap = dict[type[Base], list[Row]]


def has_topics(session: Session) -> bool:
    return bool(session.scalar(select(exists().where(Topic.id.is_not(None)))))


def seeded(session: Session, scale: Scale, seed: int, now: datetime) -> Iterator[int]:
    """Adds a forum of this scale. After some thousand posts it says how many it has added since:
    the counts are right then, and the caller may commit. The same seed gives the same forum in a
    hub that is the same."""
    before = session.scalar(select(func.count()).select_from(Topic))
    random = Random(f"{scale.name} {seed} {before}")  # noqa: S311 - a demonstration is no secret
    crowd = gathered(session, scale.people, random, now)
    rooms = furnished(session, scale.boards, crowd, random, now)
    size = min(MOST_PARAGRAPHS, FEWEST_PARAGRAPHS + scale.posts // 80)
    stocks = {language: stock_of(language, size, random) for language in LANGUAGES}
    yield 0
    heap: Heap = {}
    searched: list[Contributed] = []
    liveliness = list(accumulate((place + 1) ** -0.5 for place in range(len(rooms))))
    for length in lengths(scale, random):
        room = _room(rooms, liveliness, length, random)
        made = converse(room, length, stocks, crowd.names, random, now)
        _put(heap, made.rows())
        _put(heap, aftermath_of(made, room, random, now))
        if (asked := poll_of(made, room, random)) is not None:
            _put(heap, asked)
        searched += made.searched
        if len(heap[Post]) >= POSTS_AT_ONCE:
            _let_search(session, searched, scale)
            yield _written(session, heap)
    if heap:
        _let_search(session, searched, scale)
        yield _written(session, heap)


def _room(rooms: list[Room], liveliness: list[float], length: int, random: Random) -> Room:
    """The first rooms are the liveliest. The topic that never ends is in the very first, which is
    public, so that everybody can look at it."""
    if length >= POSTS_AT_ONCE:
        return rooms[0]
    [room] = random.choices(rooms, cum_weights=liveliness)
    return room


def _put(heap: Heap, rows: Heap) -> None:
    for model, more in rows.items():
        heap.setdefault(model, []).extend(more)


def _written(session: Session, heap: Heap) -> int:
    """Writes and empties the heap. In the order of the keys, or a large table is slow to grow."""
    count = len(heap[Post])
    for table in (heap[Topic], heap[Post]):
        table.sort(key=lambda row: row["id"])
    for model in ORDER:
        if model is PollVote:
            _name_options(session, heap)
        if rows := heap.get(model):
            session.execute(insert(model.__table__), rows)  # type: ignore[arg-type]
    heap.clear()
    session.flush()  # the counts of the boards
    return count


def _let_search(session: Session, searched: list[Contributed], scale: Scale) -> None:
    """Found by their words at once. Few are given to the worker too, which makes their vectors; of
    many that would take hours."""
    if scale.posts > MOST_EMBEDDED:
        contributions.keep_all(session, searched)
    else:
        for said in searched:
            contributions.keep(session, said)
    searched.clear()


def _name_options(session: Session, heap: Heap) -> None:
    polls = [row["id"] for row in heap.get(Poll, [])]
    options = select(PollOption).where(PollOption.poll_id.in_(polls))
    ids = {(option.poll_id, option.ordinal): option.id for option in session.scalars(options)}
    for vote in heap.get(PollVote, []):
        vote["option_id"] = ids[vote["poll_id"], vote.pop("ordinal")]
