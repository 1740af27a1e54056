"""Who may do what in the forum. Pure: guards, templates and operations ask the same questions.

``Seat`` is somebody in one board: it is made once for a page (``hub.forum.seats``).
"""

from dataclasses import dataclass

from hub.forum.entries import BoardFacts, Entry, TopicFacts
from hub.forum.models import Board, Post, State, Topic
from knowledge.access import Reader, allows

# As it is stored, or as a page shows it.
AnyBoard = Board | BoardFacts
AnyTopic = Topic | TopicFacts
AnyPost = Post | Entry


@dataclass(frozen=True, slots=True)
class Seat:
    """A visitor in a board that they may read. ``person_id`` is 0 for who is not signed in.
    ``is_moderator`` holds for this board. ``may_write``: not silenced, and the board is for them to
    write in. ``board_id`` is 0 where nobody is signed in."""

    person_id: int = 0
    board_id: int = 0
    is_moderator: bool = False
    may_write: bool = False

    @property
    def is_signed_in(self) -> bool:
        return bool(self.person_id)


def can_read_board(reader: Reader, board: AnyBoard) -> bool:
    return board.audience in reader.audiences


def is_writer(reader: Reader, board: AnyBoard) -> bool:
    """Whether the board is for this reader to write in, as far as they are what they are."""
    return board.archived_at is None and {board.audience, board.writers} <= reader.audiences


def can_see_topic(seat: Seat, topic: AnyTopic) -> bool:
    return topic.state == State.VISIBLE or _sees_what_is_not_visible(
        seat, topic.state, topic.author_id
    )


def can_see_post(seat: Seat, post: AnyPost) -> bool:
    """Whether its words may be seen; that it stands there may be seen by all."""
    return post.state == State.VISIBLE or _sees_what_is_not_visible(
        seat, post.state, post.author_id
    )


def _sees_what_is_not_visible(seat: Seat, state: State, author_id: int) -> bool:
    if state == State.DELETED:
        return False
    is_own = seat.is_signed_in and seat.person_id == author_id and state == State.HELD
    return seat.is_moderator or is_own


def can_start_topic(seat: Seat) -> bool:
    return seat.may_write


def can_reply(seat: Seat, topic: AnyTopic) -> bool:
    is_open = topic.locked_at is None and topic.merged_into_id is None
    return seat.may_write and topic.state == State.VISIBLE and (is_open or seat.is_moderator)


def can_edit(seat: Seat, topic: AnyTopic, post: AnyPost) -> bool:
    """One's own, and everybody's where it is a wiki post; a locked topic stays as it is."""
    if not seat.may_write or post.state not in (State.VISIBLE, State.HELD):
        return False
    if topic.locked_at is not None and not seat.is_moderator:
        return False
    is_own = post.author_id == seat.person_id
    return is_own or seat.is_moderator or (post.is_wiki and post.state == State.VISIBLE)


def can_delete(seat: Seat, topic: AnyTopic, post: AnyPost) -> bool:
    """One's own, as long as the topic is open; with its first post a topic goes, so not once others
    stand in it. Moderators hide, with a reason."""
    is_own = seat.is_signed_in and post.author_id == seat.person_id
    is_there = post.state in (State.VISIBLE, State.HELD)
    is_alone = post.number > 1 or topic.posts <= 1
    return is_own and is_there and is_alone and topic.locked_at is None


def can_accept(seat: Seat, topic: AnyTopic, post: AnyPost) -> bool:
    """Who asked says what answered it; in an archived board nobody does."""
    is_theirs = seat.is_signed_in and topic.author_id == seat.person_id and seat.may_write
    is_open = topic.board.archived_at is None
    is_reply = post.number > 1 and post.state == State.VISIBLE
    return is_reply and is_open and (is_theirs or seat.is_moderator)


def can_react(seat: Seat, post: AnyPost) -> bool:
    is_own = post.author_id == seat.person_id
    return seat.may_write and not is_own and post.state == State.VISIBLE


def can_arrange(seat: Seat) -> bool:
    """Pin, lock, move, split and merge; out of an archived board too."""
    return seat.is_moderator


def may_stand_in(mark: str, board: AnyBoard) -> bool:
    """Whether a topic with this mark may be moved there: no mark is ever lowered by moving."""
    return allows(mark, board.audience)
