"""From a form to what readers see, in one transaction: the gate is asked, the post is written, what
belongs to it is tied to it, and its draft goes. Flushes; whoever calls it commits.

What is locked first is what the change would lock anyway (``hub.forum.operations``): between
looking whether the form was sent already, asking the gate and writing, nobody else comes.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256

from sqlalchemy.orm import Session

from hub.accounts.visitor import Visitor
from hub.forum import operations, rules
from hub.forum.adding import sent
from hub.forum.models import Board, Post, State, Topic
from hub.forum.operations import Closed, Written
from hub.forum.rules import Seat
from hub.forum.seats import seat_of
from hub.markup import found_in, plain
from hub.moderation.gate import Opinion, Verdict, opinion_on
from hub.polls import writing as polls
from hub.polls.writing import PollWish
from hub.uploads import operations as uploads
from hub.writing import operations as drafts
from hub.writing import queries
from hub.writing.places import Kind, Place
from knowledge.access import Reader
from knowledge.language import SAMPLE_LENGTH, language_of


class NotNow(Exception):
    """The gate refuses it; ``opinion`` says why."""

    def __init__(self, opinion: Opinion) -> None:
        super().__init__()
        self.opinion = opinion


@dataclass(frozen=True, slots=True)
class Writer:
    """Who writes, and what they are at this moment."""

    person_id: int
    reader: Reader
    who: Visitor

    def seat_in(self, session: Session, board: Board, looked_up: Seat) -> Seat:
        """The seat as it was looked up, or another: the topic may stand in another board by now."""
        return looked_up if looked_up.board_id == board.id else seat_of(session, self.who, board)


@dataclass(frozen=True, slots=True)
class Wish:
    """What a form asks for. ``key``: of the form; ``draft``: the revision of the draft in it."""

    text: str
    key: str = ""
    draft: int = 0
    title: str = ""
    tags: Sequence[str] = ()
    is_wiki: bool = False
    poll: PollWish | None = None


@dataclass(frozen=True, slots=True)
class Published:
    """``lacks_files``: the text shows some that its readers may not open, so they do not."""

    post: Post
    lacks_files: bool = False


def start_topic(
    session: Session, writer: Writer, board_id: int, wish: Wish, now: datetime
) -> Published:
    """The first post of the topic; the one that this form made already, if it did.

    Raises: Closed where the board is not for them to write in (any more); NotNow.
    """
    place = Place(Kind.BOARD, board_id)
    written = _written(wish, place)
    board = operations.take_board(session, board_id)
    if found := sent(session, writer.person_id, written.submission):
        return Published(found)
    opinion = _opinion(session, writer, board, written.text, now)
    written = replace(written, is_held=opinion.verdict is Verdict.HOLD)
    topic = operations.start_topic(session, board, writer.person_id, written, now)
    return _completed(session, writer, place, queries.first_post(session, topic.id), wish, now)


def reply(
    session: Session,
    writer: Writer,
    topic_id: int,
    wish: Wish,
    now: datetime,
    *,
    seat: Seat,
    reply_to_id: int | None = None,
) -> Published:
    """A reply, in the topic or in the one that it was merged into meanwhile; the one that this form
    made already, if it did. ``seat``: of the writer in the board that the topic stood in.

    Raises: Closed where it cannot be replied to (any more); NotNow.
    """
    place = Place(Kind.TOPIC, topic_id)
    written = _written(wish, place)
    topic = operations.take_topic(session, topic_id)
    written = replace(written, title="", language=written.language or topic.language)
    if found := sent(session, writer.person_id, written.submission):
        return Published(found)
    opinion = _opinion(session, writer, topic.board, written.text, now)
    written = replace(written, is_held=opinion.verdict is Verdict.HOLD)
    is_there = topic.id == topic_id
    seat = writer.seat_in(session, topic.board, seat)
    post = operations.reply_in(
        session,
        topic,
        writer.person_id,
        written,
        now,
        reply_to_id=reply_to_id if is_there else None,
        is_moderator=seat.is_moderator and is_there,
    )
    return _completed(session, writer, place, post, wish, now)


def edit(
    session: Session,
    writer: Writer,
    post_id: int,
    wish: Wish,
    based_on: int,
    now: datetime,
    *,
    seat: Seat,
    note: str = "",
) -> Published:
    """Changes a post. What the gate would hold back is held back where it is one's own and nothing
    hangs on it; else it is refused, so that an edit takes no conversation from view.

    Raises: Closed, NotNow, EditConflict.
    """
    written = _written(wish, Place(Kind.POST, post_id))
    topic, post = operations.take_post(session, post_id)
    seat = writer.seat_in(session, topic.board, seat)
    if not rules.can_edit(seat, topic, post) or post.topic.board.archived_at is not None:
        raise Closed
    written = replace(written, is_wiki=_wiki(seat, post, wish))
    if post.number > 1:
        written = replace(written, title="", tags=())
    opinion = _opinion(session, writer, topic.board, written.text, now, post.id)
    is_held = opinion.verdict is Verdict.HOLD
    if is_held and not _can_be_held(writer, topic, post):
        raise NotNow(opinion)
    post = operations.edit(session, post_id, writer.person_id, written, based_on, now, note)
    if is_held and post.state == State.VISIBLE:
        operations.take_away(session, post_id, State.HELD, None, now)
    place = Place(Kind.POST, post_id)
    return _completed(session, writer, place, post, wish, now, is_moderator=seat.is_moderator)


def _written(wish: Wish, place: Place) -> Written:
    return Written(
        text=wish.text,
        submission=_submission(wish, place),
        language=language_of(f"{wish.title}\n{plain(wish.text, SAMPLE_LENGTH)}"),
        title=wish.title,
        tags=tuple(wish.tags),
        is_wiki=wish.is_wiki,
    )


def _submission(wish: Wish, place: Place) -> str:
    """One for what was sent, not only for the form: whoever goes back in the browser and writes
    something else by the same form has written something else."""
    parts = "\0".join((wish.key, str(place), wish.title, wish.text))
    return sha256(parts.encode()).hexdigest()[:40]


def _opinion(
    session: Session,
    writer: Writer,
    board: Board,
    text: str,
    now: datetime,
    edited_id: int | None = None,
) -> Opinion:
    """Raises: Closed where the board is not theirs to write in; NotNow."""
    if not rules.is_writer(writer.reader, board):
        raise Closed
    opinion = opinion_on(session, writer.person_id, board, text, now, edited_id=edited_id)
    if opinion.verdict is Verdict.REFUSE:
        raise NotNow(opinion)
    return opinion


def _can_be_held(writer: Writer, topic: Topic, post: Post) -> bool:
    if post.state == State.HELD:
        return True
    is_alone = post.number > 1 or topic.posts <= 1
    return post.author_id == writer.person_id and is_alone


def _wiki(seat: Seat, post: Post, wish: Wish) -> bool:
    """Whether it is for everybody to edit is for its author and the moderators to say."""
    is_theirs = post.author_id == seat.person_id or seat.is_moderator
    return wish.is_wiki if is_theirs else post.is_wiki


def _completed(
    session: Session,
    writer: Writer,
    place: Place,
    post: Post,
    wish: Wish,
    now: datetime,
    *,
    is_moderator: bool = False,
) -> Published:
    ids, left_out = found_in(wish.text).uploads, False
    if ids or post.revision > 1:
        who = writer.person_id, writer.reader
        left_out = bool(uploads.attach(session, post, ids, *who, now, is_moderator=is_moderator))
    if wish.poll is not None:
        polls.make(session, post, wish.poll, now)
    drafts.done(session, writer.person_id, place, wish.text, wish.draft)
    return Published(post, left_out)
