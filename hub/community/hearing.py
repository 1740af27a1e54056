"""Hears what happens in the forum and says it to the search, within the forum's transaction.

A post costs one statement. Only what befalls a whole topic or board costs more, and that in one
statement too: nothing is read, and nothing is embedded here.
"""

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from hub.forum.happenings import Happening, Kind
from hub.forum.models import Board, Post, State, Topic
from hub.markup import plain
from knowledge import contributions
from knowledge.community_models import Contribution
from knowledge.contributions import Contributed
from knowledge.regrouping import Group, regroup

LONGEST = 20_000  # characters of a post that are searched


def hear(session: Session, told: Happening) -> None:
    match told:
        case Happening(kind=Kind.BOARD, board=board):
            contributions.move(session, contributions.of_board(board.id), board.id, board.audience)
        case Happening(kind=Kind.RETITLED, topic=Topic() as topic):
            contributions.rename(session, topic.id, topic.title, topic.tags)
        case Happening(
            kind=Kind.MOVED, topic=Topic() as topic, board=board, behind=int() as behind
        ):
            _regroup(session, board, topic, behind)
        case Happening(kind=Kind.MOVED, topic=Topic() as topic, board=board):
            contributions.move(session, contributions.of_topic(topic.id), board.id, board.audience)
        case Happening(kind=Kind.REWORDED, post=Post() as post):
            contributions.reword(session, contributions.of_post(post.id), _words(post))
        case Happening(kind=Kind.GONE | Kind.HELD, topic=Topic() as topic, post=Post() as post):
            _take_away(session, topic, post, told)
        case Happening(topic=Topic() as topic, post=Post() as post, board=board):
            _keep(session, board, topic, post, told)


def _take_away(session: Session, topic: Topic, post: Post, told: Happening) -> None:
    """With its first post a topic goes as a whole, unless others go on in it."""
    of_these = contributions.of_post(post.id)
    if post.number == 1 and topic.state != State.VISIBLE:
        of_these = contributions.of_topic(topic.id)
    if post.state in (State.DELETED, State.HELD):  # what is shown later is said anew
        contributions.forget(session, of_these, told.now)
    else:
        contributions.withdraw(session, of_these, told.now)


def _keep(session: Session, board: Board, topic: Topic, post: Post, told: Happening) -> None:
    if told.kind is Kind.BACK and post.number == 1:
        contributions.put_back(session, _visible_in(topic))
    if post.state == State.VISIBLE:
        contributions.keep(session, contributed(board, topic, post))
    if not (post.state == topic.state == State.VISIBLE):
        contributions.withdraw(session, contributions.of_post(post.id), told.now)


def _regroup(session: Session, board: Board, topic: Topic, behind: int) -> None:
    """The posts behind that number. Of those that readers do not see it is said as they come
    back."""
    posts = select(Post.id).where(Post.topic_id == topic.id)
    first = session.scalar(posts.where(Post.number == 1))
    came = posts.where(Post.number > behind, Post.state == State.VISIBLE)
    group = Group(topic.id, board.id, board.audience, first, topic.title, topic.tags)
    regroup(session, Contribution.post_id.in_(came), group)


def contributed(board: Board, topic: Topic, post: Post) -> Contributed:
    """A post as the search knows it."""
    is_first = post.number == 1
    return Contributed(
        post_id=post.id,
        topic_id=topic.id,
        board_id=board.id,
        author_id=post.author_id,
        audience=board.audience,
        text=_words(post),
        written_at=post.created_at,
        title=topic.title if is_first else "",
        tags=tuple(topic.tags),
        language=post.language,
        is_first=is_first,
    )


def _words(post: Post) -> str:
    return plain(post.text, LONGEST)


def _visible_in(topic: Topic) -> ColumnElement[bool]:
    visible = select(Post.id).where(Post.topic_id == topic.id, Post.state == State.VISIBLE)
    return and_(contributions.of_topic(topic.id), Contribution.post_id.in_(visible))
