"""A topic as one reader sees it: a page of its posts, in three statements."""

from dataclasses import dataclass, field
from functools import cache
from typing import Any

from markupsafe import Markup
from sqlalchemy import (
    BindParameter,
    Select,
    and_,
    bindparam,
    exists,
    literal,
    null,
    or_,
    select,
)
from sqlalchemy.orm import Session, aliased

from hub.accounts.visitor import Visitor
from hub.following.models import Follow, Followed, Level, ReadPosition
from hub.forum import rules
from hub.forum.entries import BoardFacts, Entry, TopicFacts
from hub.forum.models import Board, Post, State, Topic
from hub.forum.readable import (
    PERSON,
    group_label,
    is_place_of,
    is_readable,
    latest_number,
    values_of,
)
from hub.forum.rules import Seat
from hub.forum.seats import is_board_moderator, seat_for
from hub.polls.models import Poll
from hub.reactions.models import Bookmark, Reaction
from knowledge.joined import joined
from knowledge.orm import rows

PAGE_SIZE = 20
_answered = aliased(Post)
_BOARD = [getattr(Board, name) for name in BoardFacts._fields]
_TOPIC = [getattr(Topic, name) for name in TopicFacts._fields[1:]]


@dataclass(frozen=True, slots=True)
class OpenTopic:
    """A topic that somebody may see, and their seat in its board. ``read`` is the number that they
    have read to, None for who never was here or is not signed in. ``accepted`` is the number of the
    post that answered it, ``latest`` that of the last visible one."""

    topic: TopicFacts
    board: BoardFacts
    group: str
    seat: Seat
    level: Level
    read: int | None
    accepted: int | None
    latest: int

    @property
    def unread(self) -> int | None:
        """The number of the first post that they have not read, where there is one."""
        if self.read is None or self.read >= self.latest:
            return None
        return self.read + 1


@dataclass(frozen=True, slots=True)
class Window:
    """Which posts are asked for, by number: ``at`` one of them, else ``after`` or ``before`` it."""

    at: int = 0
    after: int = 0
    before: int = 0


@dataclass(frozen=True, slots=True)
class PostPage:
    """``has_earlier`` and ``has_later``: whether there are posts before and after these."""

    entries: list[Entry] = field(default_factory=list)
    has_earlier: bool = False
    has_later: bool = False


def open_topic(session: Session, who: Visitor, topic_id: int) -> OpenTopic | None:
    """None where there is none, or none for this visitor."""
    asked = _topic(who.is_signed_in, bool(who.standing.groups))
    values = {**values_of(who), "topic_id": topic_id, "target": str(topic_id)}
    found = rows(session, asked, values)
    if not found:
        return None
    group, moderates, level, read, accepted, latest, *facts = found[0]
    board = BoardFacts(*facts[: len(_BOARD)])
    topic = TopicFacts(board, *facts[len(_BOARD) :])
    seat = seat_for(who, board, moderates=bool(moderates))
    if topic.merged_into_id is None and not rules.can_see_topic(seat, topic):
        return None
    level = Level(level or Level.NORMAL)
    return OpenTopic(topic, board, group or "", seat, level, read, accepted, latest)


@cache
def _topic(is_signed_in: bool, has_groups: bool) -> Select[Any]:
    """The statement, made once: making one takes longer than it takes to run."""
    accepted = select(Post.number).where(
        Post.id == Topic.accepted_post_id, Post.state == State.VISIBLE
    )
    asked: Select[Any] = (
        select(
            group_label() if has_groups else literal(""),
            is_board_moderator(PERSON) if is_signed_in else literal(False),
            Follow.level if is_signed_in else literal(""),
            ReadPosition.number if is_signed_in else null(),
            accepted.correlate(Topic).scalar_subquery(),
            latest_number(Topic.id) if is_signed_in else literal(0),
            *_BOARD,
            *_TOPIC,
        )
        .select_from(Topic)
        .join(Board, Board.id == Topic.board_id)
        .where(Topic.id == bindparam("topic_id"), is_readable())
    )
    if not is_signed_in:
        return asked
    follows = and_(
        Follow.person_id == PERSON,
        Follow.kind == Followed.TOPIC,
        Follow.target == bindparam("target"),
    )
    return asked.outerjoin(Follow, follows).outerjoin(ReadPosition, is_place_of(Topic.id))


def posts(session: Session, opened: OpenTopic, window: Window) -> PostPage:
    """One page, by number. Posts that wait for a moderator are there for those who may see them."""
    seat, is_backwards = opened.seat, bool(window.before)
    asked = _posts(seat.is_signed_in, seat.is_moderator, is_backwards)
    edge = window.before or _begin(window)
    values = {"topic_id": opened.topic.id, "edge": edge, "person_id": seat.person_id}
    found = list(rows(session, asked, values))
    has_more, found = len(found) > PAGE_SIZE, found[:PAGE_SIZE]
    if is_backwards:
        found.reverse()
    entries = [_entry(row, opened) for row in found]
    if is_backwards:
        return PostPage(entries, has_more, bool(found))
    return PostPage(entries, edge > 0, has_more)


def _begin(window: Window) -> int:
    """The number before the first one: pages that are asked for by a post begin where those do that
    one reads from the start."""
    return window.after or (max(window.at, 1) - 1) // PAGE_SIZE * PAGE_SIZE


@cache
def _posts(is_signed_in: bool, sees_held: bool, is_backwards: bool) -> Select[Any]:
    columns: tuple[Any, ...] = (
        *(Post.id, Post.number, Post.author_id, Post.html, Post.language, Post.state),
        *(Post.is_wiki, Post.revision, Post.reactions, Post.created_at, Post.edited_at),
        _answered.number.label("answers"),
        _answered.author_id.label("answers_author_id"),
        Poll.id.label("poll_id"),
    )
    edge: BindParameter[int] = bindparam("edge")
    asked: Select[Any] = (
        select(*columns, *(_own_marks() if is_signed_in else _NO_MARKS))
        .outerjoin(
            _answered,
            and_(_answered.id == Post.reply_to_id, _answered.topic_id == Post.topic_id),
        )
        .outerjoin(Poll, Poll.post_id == Post.id)
        .where(Post.topic_id == bindparam("topic_id"))
        .where(Post.number < edge if is_backwards else Post.number > edge)
        .order_by(Post.number.desc() if is_backwards else Post.number)
        .limit(PAGE_SIZE + 1)
    )
    if sees_held:
        return asked
    return asked.where(or_(Post.state != State.HELD, Post.author_id == PERSON))


_NO_MARKS: tuple[Any, ...] = (literal(False).label("is_bookmarked"), literal("").label("mine"))


def _own_marks() -> tuple[Any, ...]:
    kept = exists().where(Bookmark.post_id == Post.id, Bookmark.person_id == PERSON)
    mine = (
        select(joined(Reaction.kind))
        .where(Reaction.post_id == Post.id, Reaction.person_id == PERSON)
        .correlate(Post)
        .scalar_subquery()
    )
    return (kept.label("is_bookmarked"), mine.label("mine"))


def _entry(row: Any, opened: OpenTopic) -> Entry:
    fields: tuple[Any, ...] = row[:-1]
    entry = Entry(*fields)
    entry.my_reactions = frozenset((row.mine or "").split())
    seat, topic = opened.seat, opened.topic
    entry.is_shown = rules.can_see_post(seat, entry)
    entry.html = Markup(entry.html) if entry.is_shown else Markup("")  # noqa: S704 - hub.markup
    entry.is_accepted = topic.accepted_post_id == entry.id
    if seat.is_signed_in and entry.is_shown:
        entry.is_own = entry.author_id == seat.person_id
        entry.can_edit = rules.can_edit(seat, topic, entry)
        entry.can_delete = rules.can_delete(seat, topic, entry)
        entry.can_accept = rules.can_accept(seat, topic, entry)
        entry.can_react = rules.can_react(seat, entry)
    return entry


def place_of(session: Session, who: Visitor, post_id: int) -> tuple[int, int] | None:
    """The topic and the number of a post that the visitor may know of."""
    moderates = is_board_moderator(who.person_id) if who.is_signed_in else literal(False)
    asked = (
        select(Post, Topic, Board, moderates)
        .join(Topic, Topic.id == Post.topic_id)
        .join(Board, Board.id == Topic.board_id)
        .where(Post.id == post_id, Board.audience.in_(sorted(who.reader.audiences)))
    )
    found = session.execute(asked).one_or_none()
    if found is None:
        return None
    post, topic, board, is_named = found
    seat = seat_for(who, board, moderates=bool(is_named))
    is_held = post.state == State.HELD and not rules.can_see_post(seat, post)
    if is_held or not rules.can_see_topic(seat, topic):
        return None
    return topic.id, post.number
