"""Every read between the forum and the assistant."""

from collections.abc import Iterable, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.assistant.models import Answer, AnswerState, Conversation, Question
from hub.forum.models import Board, Post
from knowledge.access import Reader


def boards_to_write_in(session: Session, reader: Reader) -> Sequence[Board]:
    """By name."""
    audiences = sorted(reader.audiences)
    open_ones = select(Board).where(
        Board.audience.in_(audiences), Board.writers.in_(audiences), Board.archived_at.is_(None)
    )
    return session.scalars(open_ones.order_by(Board.name, Board.id)).all()


def first_words(session: Session, topic_id: int) -> str:
    """What was typed in the first post of a topic."""
    typed = select(Post.text).where(Post.topic_id == topic_id, Post.number == 1)
    return session.scalar(typed) or ""


def declined_question(
    session: Session, owners: Iterable[str], token: str, ordinal: int
) -> Question | None:
    """A question that one of these has asked and the library did not answer."""
    if not (token.isascii() and token.isprintable()):
        return None
    return session.scalar(
        select(Question)
        .join(Conversation)
        .join(Answer, Answer.question_id == Question.id)
        .where(
            Conversation.token == token,
            Conversation.owner.in_(sorted(owners)),
            Question.ordinal == ordinal,
            Answer.state == AnswerState.DECLINED,
        )
    )
