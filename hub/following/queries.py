"""Every read of positions and of what is followed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, and_, bindparam, select
from sqlalchemy.orm import Session

from hub.following.models import Follow, Followed, Level, ReadPosition
from hub.following.rules import effective
from hub.following.telling import IS_ABOUT, values_of
from hub.forum.models import Board, State, Topic, TopicTag
from knowledge.access import Reader

PAGE_SIZE = 50
LEVELS = select(Follow.kind, Follow.target, Follow.level).where(
    Follow.person_id == bindparam("person_id"), IS_ABOUT
)


@dataclass(frozen=True, slots=True)
class Levels:
    """``effective`` is what counts in the topic. The others are what was chosen, None where nothing
    was."""

    effective: Level = Level.NORMAL
    topic: Level | None = None
    board: Level | None = None
    tags: dict[str, Level] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Place:
    """A board or a topic that one follows."""

    follow: Follow
    id: int
    name: str


@dataclass(frozen=True, slots=True)
class Following:
    """What one follows, as far as one may read it. ``topics`` is a page, the latest first;
    ``next_id`` is where the page after it begins, 0 for none."""

    boards: Sequence[Place]
    tags: Sequence[Follow]
    topics: Sequence[Place]
    next_id: int


def levels(session: Session, person_id: int, topic: Topic) -> Levels:
    """How somebody follows a topic; one statement."""
    found = session.execute(LEVELS, {"person_id": person_id, **values_of(topic)}).all()
    of = {kind: Level(level) for kind, _, level in found if kind != Followed.TAG}
    return Levels(
        effective=effective((kind, level) for kind, _, level in found),
        topic=of.get(Followed.TOPIC),
        board=of.get(Followed.BOARD),
        tags={target: Level(level) for kind, target, level in found if kind == Followed.TAG},
    )


def chosen(session: Session, person_id: int, kind: Followed, target: int | str) -> Level | None:
    """What somebody chose for one board, topic or tag."""
    mine = select(Follow.level).where(
        Follow.person_id == person_id, Follow.kind == kind, Follow.target == str(target)
    )
    found = session.scalar(mine.where(Follow.is_chosen))
    return Level(found) if found else None


def position(session: Session, person_id: int, topic_id: int) -> int:
    """The number of the last post that somebody has read there; 0 for none."""
    mine = select(ReadPosition.number).where(
        ReadPosition.person_id == person_id, ReadPosition.topic_id == topic_id
    )
    return session.scalar(mine) or 0


def following(session: Session, person_id: int, reader: Reader, before: int = 0) -> Following:
    mine = select(Follow).where(Follow.person_id == person_id)
    of_topics = mine.where(Follow.kind == Followed.TOPIC).order_by(Follow.id.desc())
    if before:
        of_topics = of_topics.where(Follow.id < before)
    topics = session.scalars(of_topics.limit(PAGE_SIZE + 1)).all()
    page, tags = topics[:PAGE_SIZE], mine.where(Follow.kind == Followed.TAG)
    return Following(
        boards=_boards(session, session.scalars(mine.where(Follow.kind == Followed.BOARD)), reader),
        tags=session.scalars(tags.order_by(Follow.target)).all(),
        topics=_topics(session, page, reader),
        next_id=page[-1].id if len(topics) > PAGE_SIZE else 0,
    )


def readable_topic(session: Session, reader: Reader, topic_id: int) -> Topic | None:
    """A topic that this reader may read, with its board; the one that it was merged into."""
    for _ in range(10):  # merged and merged again
        topic = session.get(Topic, topic_id)
        if topic is None or topic.merged_into_id is None:
            break
        topic_id = topic.merged_into_id
    if topic is None or topic.state != State.VISIBLE:
        return None
    return topic if topic.board.audience in reader.audiences else None


def readable_board(session: Session, reader: Reader, board_id: int) -> Board | None:
    board = session.get(Board, board_id)
    return board if board is not None and board.audience in reader.audiences else None


def is_readable_tag(session: Session, reader: Reader, tag: str) -> bool:
    """Whether a topic that this reader may read is filed under it."""
    found = (
        select(TopicTag.id)
        .join(Topic, Topic.id == TopicTag.topic_id)
        .join(Board, Board.id == Topic.board_id)
        .where(TopicTag.tag == tag, _is_readable(reader))
        .limit(1)
    )
    return session.scalar(found) is not None


def _boards(session: Session, follows: Iterable[Follow], reader: Reader) -> list[Place]:
    by_id = {int(follow.target): follow for follow in follows}
    found = select(Board.id, Board.name).where(Board.id.in_(by_id), _is_for(reader))
    rows = session.execute(found.order_by(Board.name)).all()
    return [Place(by_id[row.id], row.id, row.name) for row in rows]


def _topics(session: Session, follows: Iterable[Follow], reader: Reader) -> list[Place]:
    by_id = {int(follow.target): follow for follow in follows}
    found = select(Topic.id, Topic.title).join(Board, Board.id == Topic.board_id)
    rows = session.execute(found.where(Topic.id.in_(by_id), _is_readable(reader))).all()
    titles = {row.id: row.title for row in rows}
    return [Place(by_id[number], number, titles[number]) for number in by_id if number in titles]


def _is_readable(reader: Reader) -> ColumnElement[bool]:
    return and_(Topic.state == State.VISIBLE, _is_for(reader))


def _is_for(reader: Reader) -> ColumnElement[bool]:
    return Board.audience.in_(sorted(reader.audiences))
