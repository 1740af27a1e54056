"""The tables of the library: documents, their versions and pages, passages, and index jobs.

Positions are offsets into the *canonical text* of a version: its pages' texts one after the other.
Page ``p`` holds the characters from ``p.start`` to ``p.start + len(p.text)``.
"""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON, ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from knowledge.orm import Base, UtcDateTime, unguessable_id


class Status(StrEnum):
    """What a document is worth to a reader today; nobody guesses it."""

    NOT_STATED = "not stated"
    IN_FORCE = "in force"
    DRAFT = "draft"
    SUPERSEDED = "superseded"


class VersionState(StrEnum):
    WAITING = "waiting"
    READY = "ready"
    FAILED = "failed"


class JobState(StrEnum):
    """``WAITING`` → ``LEASED`` → ``EMBEDDED`` → ``DONE``; ``PARKED`` after too many failures.

    A long text goes ``LEASED`` → ``PARSED`` → ``LEASED`` on the way: it is found by its words while
    it waits for its vectors."""

    WAITING = "waiting"
    PARSED = "parsed"
    LEASED = "leased"
    EMBEDDED = "embedded"
    DONE = "done"
    PARKED = "parked"


class Document(Base):
    """A work in the library. ``path`` is its identity at import: importing it again is a version.

    ``date`` is ISO 8601, possibly only a year or a month. ``audience`` names who may read it, and
    ``mark`` how far they may pass it on, "" where nothing is said (both: ``knowledge.access``).
    ``current_version_id`` is the version that readers see, None until one can be found.
    """

    __tablename__ = "document"

    id: Mapped[int] = mapped_column(primary_key=True, default=unguessable_id)
    path: Mapped[str] = mapped_column(String(1000), unique=True)
    title: Mapped[str] = mapped_column(String(1000))
    type: Mapped[str] = mapped_column(String(60), default="", index=True)
    language: Mapped[str] = mapped_column(String(12), default="", index=True)
    date: Mapped[str] = mapped_column(String(10), default="")
    status: Mapped[Status] = mapped_column(String(20), default=Status.NOT_STATED, index=True)
    publisher: Mapped[str] = mapped_column(String(300), default="")
    replaced_by: Mapped[str] = mapped_column(String(1000), default="")
    audience: Mapped[str] = mapped_column(String(60), default="public", index=True)
    mark: Mapped[str] = mapped_column(String(10), default="", server_default="")
    current_version_id: Mapped[int | None] = mapped_column(
        ForeignKey("version.id", use_alter=True, ondelete="SET NULL")
    )
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)

    versions: Mapped[list["Version"]] = relationship(
        back_populates="document", foreign_keys="Version.document_id", order_by="Version.number"
    )
    current_version: Mapped["Version | None"] = relationship(
        foreign_keys=[current_version_id], post_update=True
    )


class Version(Base):
    """One state of a document's file. ``problem`` is the cause of a failure, for people."""

    __tablename__ = "version"
    __table_args__ = (UniqueConstraint("document_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    document_id: Mapped[int] = mapped_column(ForeignKey("document.id", ondelete="CASCADE"))
    number: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    filename: Mapped[str] = mapped_column(String(500))
    media_type: Mapped[str] = mapped_column(String(100), default="")
    size: Mapped[int]
    state: Mapped[VersionState] = mapped_column(String(10), default=VersionState.WAITING)
    problem: Mapped[str] = mapped_column(Text, default="")
    warnings: Mapped[list[str]] = mapped_column(JSON, default=list)
    has_pages: Mapped[bool] = mapped_column(default=False)
    page_count: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ready_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    document: Mapped[Document] = relationship(back_populates="versions", foreign_keys=[document_id])


class PageRow(Base):
    """A page of a version.

    ``blocks`` is [[start, end, kind, level, continues, sign], …] and ``notes`` [[position, sign],
    …], offsets into this page's text; ``boxes`` is packed by ``knowledge.boxes``, None without
    pages. A page is *recognised* where its text was read from a picture and may hold mistakes.
    """

    __tablename__ = "page"
    __table_args__ = (UniqueConstraint("version_id", "number"), Index(None, "version_id", "start"))

    id: Mapped[int] = mapped_column(primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("version.id", ondelete="CASCADE"))
    number: Mapped[int]
    label: Mapped[str | None] = mapped_column(String(40))
    start: Mapped[int]
    text: Mapped[str] = mapped_column(Text)
    width: Mapped[float] = mapped_column(default=0.0)
    height: Mapped[float] = mapped_column(default=0.0)
    blocks: Mapped[list[list[object]]] = mapped_column(JSON, default=list)
    boxes: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    notes: Mapped[list[list[int | str]]] = mapped_column(JSON, default=list, server_default="[]")
    is_recognised: Mapped[bool] = mapped_column(default=False, server_default=false())


class Passage(Base):
    """A window of sentences inside one section; ``sentences`` is [[start, end], …].

    ``section`` is the path of headings above it. ``places`` has one path below it per sentence: the
    markers of the paragraph and the points that it stands in, ["1", "(h)", "(ii)"]. ``definitions``
    is [[place in ``sentences``, term], …]: what the passage defines. ``text_hash`` names the text
    that is embedded, and so its vector in ``embedding``. Ids are never used twice: the index refers
    to them.
    """

    __tablename__ = "passage"
    __table_args__ = (UniqueConstraint("version_id", "ordinal"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("version.id", ondelete="CASCADE"))
    ordinal: Mapped[int]
    start: Mapped[int]
    end: Mapped[int]
    section: Mapped[list[str]] = mapped_column(JSON)
    sentences: Mapped[list[list[int]]] = mapped_column(JSON)
    places: Mapped[list[list[str]]] = mapped_column(JSON, default=list, server_default="[]")
    definitions: Mapped[list[list[int | str]]] = mapped_column(
        JSON, default=list, server_default="[]"
    )
    language: Mapped[str] = mapped_column(String(12), default="")
    text_hash: Mapped[str] = mapped_column(String(64), index=True)


class Embedding(Base):
    """The vector of a text in one vector space, kept so that nothing is embedded twice.

    ``sentences`` holds the vectors of its sentences as they read in their context, float16, one
    row each; None where they were not made.
    """

    __tablename__ = "embedding"

    fingerprint: Mapped[str] = mapped_column(String(100), primary_key=True)
    text_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    vector: Mapped[bytes] = mapped_column(LargeBinary)
    sentences: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)


class IndexJob(Base):
    """Work for the indexer, written in the transaction of the change that asks for it.

    Leased until ``lease_until``, which the worker moves forward (the heartbeat) while it works.
    """

    __tablename__ = "index_job"
    __table_args__ = (Index(None, "state", "run_after"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    version_id: Mapped[int | None] = mapped_column(ForeignKey("version.id", ondelete="CASCADE"))
    state: Mapped[JobState] = mapped_column(String(10), default=JobState.WAITING)
    attempts: Mapped[int] = mapped_column(default=0)
    run_after: Mapped[datetime] = mapped_column(UtcDateTime)
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    worker: Mapped[str] = mapped_column(String(100), default="")
    pages_done: Mapped[int] = mapped_column(default=0)
    pages_total: Mapped[int] = mapped_column(default=0)
    error: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    version: Mapped[Version | None] = relationship()
