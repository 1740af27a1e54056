"""Reports, cases, decisions with their reasons, sanctions and objections.

A case outlives what it is about: it keeps what the post said (``evidence``) until ``kept_until``.
Ids of cases, decisions and reports are never used twice.
"""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hub.accounts.models import LONGEST_ADDRESS
from hub.forum.models import Board, Post
from knowledge.orm import Base, UtcDateTime

LONGEST_REASON = 4_000
LONGEST_NOTE = 2_000


class Ground(StrEnum):
    """Why a post is reported or restricted. ``ILLEGAL``: against the law; the others: against the
    rules of the hub. ``FIRST`` and ``AUTOMATIC``: the hub held it back, nobody reported it."""

    SPAM = "spam"
    ABUSE = "abuse"
    THREAT = "threat"
    PERSONAL_DATA = "personal data"
    OPERATIONAL = "operational"
    OFF_TOPIC = "off topic"
    OTHER = "other"
    ILLEGAL = "illegal"
    FIRST = "first"
    AUTOMATIC = "automatic"


class Offence(StrEnum):
    """What law a notice of illegal content speaks of. Whoever reports the abuse of children need
    not say who they are (Regulation (EU) 2022/2065, Article 16(2)(c))."""

    CHILD_ABUSE = "child abuse"
    TERRORISM = "terrorism"
    DANGER = "danger"
    HATE = "hate"
    FRAUD = "fraud"
    OTHER = "other"


class CaseState(StrEnum):
    OPEN = "open"
    DECIDED = "decided"


class Action(StrEnum):
    """What a decision does. ``NOTHING``: the post stays. ``APPROVE``: a held post is published."""

    NOTHING = "nothing"
    APPROVE = "approve"
    HIDE = "hide"
    EDIT = "edit"
    WARN = "warn"
    SILENCE = "silence"
    SUSPEND = "suspend"


class SanctionKind(StrEnum):
    """``SILENCE``: reads, does not write. ``SUSPENSION``: nothing that was given takes effect."""

    WARNING = "warning"
    SILENCE = "silence"
    SUSPENSION = "suspension"


class Case(Base):
    """What waits for a decision: one open case for each post.

    ``ground`` is the gravest for which somebody reported it, or why the hub held it back.
    ``urgency`` orders the queue (``hub.moderation.urgency``). ``evidence`` is what the post said
    when the case was opened; it is {} once ``kept_until`` is over.
    """

    __tablename__ = "moderation_case"
    __table_args__ = (
        Index(
            "uq_moderation_case_open",
            "post_id",
            unique=True,
            sqlite_where=text("state = 'open'"),
            postgresql_where=text("state = 'open'"),
        ),
        Index("ix_moderation_case_queue", "state", "urgency", "id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    board_id: Mapped[int] = mapped_column(ForeignKey(Board.id), index=True)
    post_id: Mapped[int | None] = mapped_column(
        ForeignKey(Post.id, ondelete="SET NULL"), index=True
    )
    author_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    state: Mapped[CaseState] = mapped_column(String(10), default=CaseState.OPEN)
    ground: Mapped[Ground] = mapped_column(String(20))
    urgency: Mapped[float] = mapped_column(default=0.0)
    evidence: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    claimed_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    claimed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    kept_until: Mapped[datetime | None] = mapped_column(UtcDateTime)

    reports: Mapped[list["Report"]] = relationship(back_populates="case", order_by="Report.id")
    notes: Mapped[list["CaseNote"]] = relationship(order_by="CaseNote.id")
    decisions: Mapped[list["Decision"]] = relationship(
        back_populates="case", order_by="Decision.id"
    )


class Report(Base):
    """A notice about a post, by a person or (``reporter_id`` None) by anybody. ``reference`` is
    what the reporter can ask with; ``was_right`` is known once the case is decided."""

    __tablename__ = "report"
    __table_args__ = (UniqueConstraint("case_id", "reporter_id"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("moderation_case.id", ondelete="CASCADE"))
    reporter_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    name: Mapped[str] = mapped_column(String(120), default="")
    address: Mapped[str] = mapped_column(String(LONGEST_ADDRESS), default="")
    language: Mapped[str] = mapped_column(String(12), default="en")
    ground: Mapped[Ground] = mapped_column(String(20))
    offence: Mapped[str] = mapped_column(String(20), default="")
    reason: Mapped[str] = mapped_column(Text, default="")
    reference: Mapped[str] = mapped_column(String(20), unique=True)
    was_right: Mapped[bool | None]
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)

    case: Mapped[Case] = relationship(back_populates="reports")


class CaseNote(Base):
    """What moderators tell each other about a case."""

    __tablename__ = "case_note"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("moderation_case.id", ondelete="CASCADE"))
    author_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    text: Mapped[str] = mapped_column(Text)
    written_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Decision(Base):
    """A decision on a case with its statement of reasons (Regulation (EU) 2022/2065, Article 17).
    No column says that it was automated: the hub decides nothing by itself.

    ``takes_away``: it took the post from view. ``revision`` is the one that an edit by it made.
    """

    __tablename__ = "moderation_decision"
    __table_args__ = (Index(None, "case_id"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("moderation_case.id", ondelete="CASCADE"))
    action: Mapped[Action] = mapped_column(String(12))
    ground: Mapped[Ground] = mapped_column(String(20))
    facts: Mapped[str] = mapped_column(Text)
    rule: Mapped[str] = mapped_column(String(200), default="")
    takes_away: Mapped[bool] = mapped_column(default=False)
    revision: Mapped[int | None]
    ends_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime] = mapped_column(UtcDateTime)
    overturned_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    case: Mapped[Case] = relationship(back_populates="decisions")


class Sanction(Base):
    """What a decision does to a person, until it ends or is lifted."""

    __tablename__ = "sanction"
    __table_args__ = (Index(None, "person_id", "kind", "ends_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    decision_id: Mapped[int] = mapped_column(
        ForeignKey("moderation_decision.id", ondelete="CASCADE"), index=True
    )
    kind: Mapped[SanctionKind] = mapped_column(String(12))
    begins_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    lifted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Objection(Base):
    """Against a decision, by the author or the reporter (Article 20); another person decides."""

    __tablename__ = "objection"
    __table_args__ = (
        UniqueConstraint("decision_id", "person_id"),
        UniqueConstraint("decision_id", "report_id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    decision_id: Mapped[int] = mapped_column(
        ForeignKey("moderation_decision.id", ondelete="CASCADE")
    )
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    report_id: Mapped[int | None] = mapped_column(ForeignKey("report.id", ondelete="CASCADE"))
    text: Mapped[str] = mapped_column(Text)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    is_upheld: Mapped[bool | None]
    answer: Mapped[str] = mapped_column(Text, default="")
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    decision: Mapped[Decision] = relationship()
    report: Mapped[Report | None] = relationship()
