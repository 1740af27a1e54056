"""A topic as one reader sees it: a page of its posts, in three statements."""

from dataclasses import dataclass, field
from typing import Any

from markupsafe import Markup
from sqlalchemy import Row, Select, and_, exists, func, literal, or_, select
from sqlalchemy.orm import Session, aliased

from hub.accounts.visitor import Visitor
from hub.following.models import Follow, Followed, Level, ReadPosition
from hub.forum import rules
from hub.forum.entries import Entry
from hub.forum.listing import group_label
from hub.forum.models import Board, Category, Post, State, Topic
from hub.forum.rules import Seat
from hub.forum.seats import is_board_moderator, seat_for
from hub.polls.models import Poll
from hub.reactions.models import Bookmark, Reaction

PAGE_SIZE = 20
_answered = aliased(Post)


@dataclass(frozen=True, slots=True)
class OpenTopic:
    """A topic that somebody may see, and their seat in its board. ``read`` is the number that they
    have read to, None for who never was here or is not signed in. ``accepted`` is the number of the
    post that answered it."""

    topic: Topic
    board: Board
    category: str
    group: str
    seat: Seat
    level: Level
    read: int | None
    accepted: int | None

    @property
    def unread(self) -> int | None:
        """The number of the first post that they have not read, where there is one."""
        if self.read is None or self.read >= self.topic.last_number:
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
    found = session.execute(_asked_for(who, topic_id)).one_or_none()
    if found is None:
        return None
    topic, board, category, group, moderates, level, read, accepted = found
    seat = seat_for(who, board, moderates=bool(moderates))
    if topic.merged_into_id is None and not rules.can_see_topic(seat, topic):
        return None
    level = Level(level or Level.NORMAL)
    return OpenTopic(topic, board, category, group or "", seat, level, read, accepted)


def _asked_for(who: Visitor, topic_id: int) -> Select[Any]:
    accepted = select(Post.number).where(
        Post.id == Topic.accepted_post_id, Post.state == State.VISIBLE
    )
    person_id = who.person.id if who.person else 0
    asked = (
        select(
            Topic,
            Board,
            Category.name,
            group_label(who),
            is_board_moderator(person_id) if person_id else literal(False),
            Follow.level if person_id else literal(""),
            ReadPosition.number if person_id else literal(None),
            accepted.correlate(Topic).scalar_subquery(),
        )
        .join(Board, Board.id == Topic.board_id)
        .join(Category, Category.id == Board.category_id)
        .where(Topic.id == topic_id, Board.audience.in_(sorted(who.reader.audiences)))
    )
    if not person_id:
        return asked
    follows = and_(
        Follow.person_id == person_id,
        Follow.kind == Followed.TOPIC,
        Follow.target == str(topic_id),
    )
    is_read = and_(ReadPosition.person_id == person_id, ReadPosition.topic_id == Topic.id)
    return asked.outerjoin(Follow, follows).outerjoin(ReadPosition, is_read)


def posts(session: Session, opened: OpenTopic, window: Window) -> PostPage:
    """One page, by number. Posts that wait for a moderator are there for those who may see them."""
    asked = _posts_of(opened.topic.id, opened.seat)
    if window.before:
        asked = asked.where(Post.number < window.before).order_by(Post.number.desc())
    else:
        asked = asked.where(Post.number > _begin(window)).order_by(Post.number)
    rows = list(session.execute(asked.limit(PAGE_SIZE + 1)))
    has_more, rows = len(rows) > PAGE_SIZE, rows[:PAGE_SIZE]
    if window.before:
        rows.reverse()
        return PostPage(_entries(rows, opened), has_more, bool(rows))
    return PostPage(_entries(rows, opened), _begin(window) > 0, has_more)


def _begin(window: Window) -> int:
    """The number before the first one: pages that are asked for by a post begin where those do that
    one reads from the start."""
    return window.after or (max(window.at, 1) - 1) // PAGE_SIZE * PAGE_SIZE


def _posts_of(topic_id: int, seat: Seat) -> Select[Any]:
    columns: tuple[Any, ...] = (
        *(Post.id, Post.number, Post.author_id, Post.html, Post.language, Post.state),
        *(Post.is_wiki, Post.revision, Post.reactions, Post.created_at, Post.edited_at),
        _answered.number.label("answers"),
        _answered.author_id.label("answers_author_id"),
        Poll.id.label("poll_id"),
    )
    asked = (
        select(*columns, *_own_marks(seat.person_id))
        .outerjoin(
            _answered,
            and_(_answered.id == Post.reply_to_id, _answered.topic_id == Post.topic_id),
        )
        .outerjoin(Poll, Poll.post_id == Post.id)
        .where(Post.topic_id == topic_id)
    )
    if seat.is_moderator:
        return asked
    return asked.where(or_(Post.state != State.HELD, Post.author_id == seat.person_id))


def _own_marks(person_id: int) -> tuple[Any, ...]:
    if not person_id:
        return (literal(False).label("is_bookmarked"), literal("").label("mine"))
    kept = exists().where(Bookmark.post_id == Post.id, Bookmark.person_id == person_id)
    mine = (
        select(func.aggregate_strings(Reaction.kind, " "))
        .where(Reaction.post_id == Post.id, Reaction.person_id == person_id)
        .correlate(Post)
        .scalar_subquery()
    )
    return (kept.label("is_bookmarked"), mine.label("mine"))


def _entries(rows: list[Row[Any]], opened: OpenTopic) -> list[Entry]:
    return [_entry(row, opened) for row in rows]


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
    moderates = is_board_moderator(who.person.id) if who.person else literal(False)
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
