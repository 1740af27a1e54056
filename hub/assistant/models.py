"""What was asked and answered, kept for the reader's own browser.

A citation is kept as a copy of what was shown, because passages are replaced when a document is
indexed again and an old conversation must still read true.
"""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from knowledge.orm import Base, UtcDateTime


class AnswerState(StrEnum):
    RUNNING = "running"
    ANSWERED = "answered"
    DECLINED = "declined"
    STOPPED = "stopped"
    FAILED = "failed"


class Conversation(Base):
    """Questions of one reader. ``token`` is its unguessable name in addresses; ``owner`` is
    "person:17", or the random key in the signed session cookie of a reader without an account.
    ``language`` is that of the page at start."""

    __tablename__ = "conversation"

    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(String(43), unique=True)
    owner: Mapped[str] = mapped_column(String(43), index=True)
    person_id: Mapped[int | None] = mapped_column(
        ForeignKey("person.id", ondelete="CASCADE"), index=True
    )
    title: Mapped[str] = mapped_column(String(120))
    language: Mapped[str] = mapped_column(String(12))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    questions: Mapped[list["Question"]] = relationship(
        back_populates="conversation",
        order_by="Question.ordinal",
        cascade="all, delete-orphan",
        passive_deletes=True,
    )


class Question(Base):
    """``ordinal`` counts from 1 in its conversation. ``language`` is the page's until the library
    has recognised the question's own."""

    __tablename__ = "question"
    __table_args__ = (UniqueConstraint("conversation_id", "ordinal"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversation.id", ondelete="CASCADE"))
    ordinal: Mapped[int]
    text: Mapped[str] = mapped_column(Text)
    language: Mapped[str] = mapped_column(String(12))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)

    conversation: Mapped[Conversation] = relationship(back_populates="questions", lazy="joined")
    answer: Mapped["Answer"] = relationship(
        back_populates="question", cascade="all, delete-orphan", passive_deletes=True, lazy="joined"
    )


class Answer(Base):
    """What has been recorded of an answer so far; complete when ``finished_at`` is set.

    ``found`` is {"passages", "titles"}, None before the search; ``statements`` is [{"text",
    "citation"}], where citation is the number of one of ``citations``; those and ``nearest`` hold
    the fields of ``knowledge.answers.Citation``. ``reason`` is why nothing was answered.
    """

    __tablename__ = "answer"

    id: Mapped[int] = mapped_column(primary_key=True)
    question_id: Mapped[int] = mapped_column(
        ForeignKey("question.id", ondelete="CASCADE"), unique=True
    )
    state: Mapped[AnswerState] = mapped_column(String(10), default=AnswerState.RUNNING)
    reason: Mapped[str] = mapped_column(String(40), default="")
    found: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    statements: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    citations: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    nearest: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    timings_ms: Mapped[dict[str, float]] = mapped_column(JSON, default=dict)
    generation: Mapped[int] = mapped_column(default=0)
    touched_at: Mapped[datetime] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    question: Mapped[Question] = relationship(back_populates="answer", lazy="joined")
