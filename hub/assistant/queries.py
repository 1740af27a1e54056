"""Every read of conversations; each asks for the owner, so nobody else's is ever found."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from hub.assistant.models import Answer, Conversation, Question

RECENT = 10


def conversation_of(session: Session, owner: str, token: str) -> Conversation | None:
    if not (token.isascii() and token.isprintable()):  # the database refuses what is no text
        return None
    return session.scalar(
        select(Conversation)
        .where(Conversation.token == token, Conversation.owner == owner)
        .options(selectinload(Conversation.questions))
    )


def recent_conversations(session: Session, owner: str) -> Sequence[Conversation]:
    """The newest first."""
    newest = select(Conversation).where(Conversation.owner == owner)
    return session.scalars(newest.order_by(Conversation.id.desc()).limit(RECENT)).all()


def question_of(session: Session, owner: str, token: str, ordinal: int) -> Question | None:
    return session.scalar(
        select(Question)
        .join(Conversation)
        .where(
            Conversation.token == token, Conversation.owner == owner, Question.ordinal == ordinal
        )
    )


def answer_of(session: Session, owner: str, answer_id: int) -> Answer | None:
    return session.scalar(
        select(Answer)
        .join(Question)
        .join(Conversation)
        .where(Answer.id == answer_id, Conversation.owner == owner)
    )
