"""Adding, renewing and withdrawing documents: the change and its index job in one transaction.

Everything here flushes and nothing commits: that is for whoever opened the session.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import PurePosixPath
from typing import BinaryIO

from sqlalchemy import Engine, delete, func, select
from sqlalchemy.orm import Session

from knowledge.files import FileStore, StoredFile
from knowledge.metadata import Metadata, checked_path, readable_name
from knowledge.models import (
    Document,
    IndexJob,
    JobState,
    Passage,
    Version,
    VersionState,
)
from knowledge.orm import reading

MAX_FILE_SIZE = 200_000_000
# What the index holds depends on these; the other fields are read from the database at each answer.
INDEXED_FIELDS = {"title", "language", "audience"}


class Outcome(StrEnum):
    """What :func:`add` found: a path not seen before, or how it differs from what is there."""

    NEW = "new"
    UNCHANGED = "unchanged"
    CHANGED = "changed"
    METADATA_CHANGED = "metadata_changed"


@dataclass(frozen=True, slots=True)
class Added:
    """The document, its newest version, and what adding changed."""

    document: Document
    version: Version
    outcome: Outcome


def add(
    session: Session,
    store: FileStore,
    stream: BinaryIO,
    metadata: Metadata,
    path: str,
    now: datetime,
    *,
    limit: int = MAX_FILE_SIZE,
) -> Added:
    """Puts a file into the library under ``path`` and queues it for indexing.

    The same content as the newest version, unless that one failed, is no new version; its metadata
    is updated all the same. A changed file becomes the next version, and readers keep the one they
    have until the new one is published. A withdrawn document comes back.

    Raises:
        FileTooLarge: more than ``limit`` bytes.
        MetadataRefused: the path cannot be kept.
        AudienceRefused: the mark that the document has does not allow the audience.
    """
    path = checked_path(path)
    # Before the first query: SQLite's write lock is not held while a large file is copied.
    stored = store.put(stream, limit)
    known = select(Document).where(Document.path == path).with_for_update()
    document = session.scalar(known)
    if document is None:
        document = _new_document(session, path, metadata, now)
        version = _next_version(session, document, stored, now)
        return Added(document, version, Outcome.NEW)
    return _add_again(session, document, stored, metadata, now)


def withdraw(session: Session, document: Document, now: datetime) -> None:
    """Takes a document from its readers at once; its traces in the index go with the queued job."""
    if document.withdrawn_at is not None:
        return
    document.withdrawn_at = document.updated_at = now
    _queue_shown(session, document, now)
    session.flush()


def set_audience(
    session: Session, document: Document, audience: str | None, mark: str, now: datetime
) -> set[str]:
    """Says who may read a document and how far they may pass it on, from this transaction on;
    returns which of "audience" and "mark" changed.

    ``audience`` None leaves it to the mark, "" is no mark. The index follows with the queued job,
    and no text is embedded again. Raises: MetadataRefused, AudienceRefused; nothing is changed.
    """
    wanted = Metadata(audience=audience, mark=mark)
    # Two at once must not end with the mark of the one and the audience of the other.
    session.refresh(document, ["audience", "mark"], with_for_update=True)
    changed = wanted.apply(document)
    if changed:
        document.updated_at = now
    if "audience" in changed:
        _queue_shown(session, document, now)
    session.flush()
    return changed


def renew(session: Session, document: Document, now: datetime) -> Version | None:
    """Queues the newest file of a document to be parsed again, as a version of its own.

    A version's text never changes, because citations are offsets into it.
    """
    newest = newest_version(session, document)
    if newest is None:
        return None
    return _next_version(session, document, StoredFile(newest.sha256, newest.size), now)


def publish_version(session: Session, version: Version, now: datetime) -> None:
    """Shows ``version`` to readers, if no later one is shown already.

    Passages of superseded versions go; their pages stay, so that old citations still open.
    """
    document = version.document
    if version.state != VersionState.READY:
        version.state, version.problem, version.ready_at = VersionState.READY, "", now
    shown = document.current_version
    if shown is None or shown.number < version.number:
        document.current_version = shown = version
    session.flush()
    older = select(Version.id).where(
        Version.document_id == document.id, Version.number < shown.number
    )
    session.execute(
        delete(Passage).where(Passage.version_id.in_(older)),
        execution_options={"synchronize_session": False},
    )


def show_text(version: Version) -> None:
    """Shows readers a version that is found by its words only so far, where they have none yet."""
    document = version.document
    is_first = document.current_version is None and document.withdrawn_at is None
    if is_first and version.state == VersionState.WAITING and version.page_count:
        document.current_version = version


def refuse_version(version: Version, problem: str) -> None:
    """Marks a version as failed, with the cause for people; one that was ready stays shown."""
    if version.state == VersionState.READY:
        return
    version.state, version.problem = VersionState.FAILED, problem
    if version.document.current_version_id == version.id:  # its text had been shown
        version.document.current_version = None


def library_name(engine: Engine) -> str:
    """What tells this library from every other: its first document, "" while it has none."""
    with reading(engine) as session:
        earliest = select(Document).order_by(Document.created_at, Document.id).limit(1)
        first = session.scalars(earliest).first()
        if first is None:
            return ""
        told = f"{first.id} {first.path} {first.created_at.isoformat()}"
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def newest_version(session: Session, document: Document) -> Version | None:
    of_document = select(Version).where(Version.document_id == document.id)
    return session.scalar(of_document.order_by(Version.number.desc()).limit(1))


def queue(session: Session, version: Version, now: datetime) -> IndexJob:
    """The job that brings ``version`` into the index, or the one that already waits to do so."""
    waiting = select(IndexJob).where(
        IndexJob.version_id == version.id, IndexJob.state == JobState.WAITING
    )
    job = session.scalar(waiting.limit(1).with_for_update(skip_locked=True))
    if job is None:
        job = IndexJob(version_id=version.id, run_after=now, created_at=now)
        session.add(job)
    job.run_after = min(job.run_after, now)
    session.flush()
    return job


def _add_again(
    session: Session, document: Document, stored: StoredFile, metadata: Metadata, now: datetime
) -> Added:
    changed = metadata.apply(document)
    returns = document.withdrawn_at is not None
    document.withdrawn_at = None
    newest = newest_version(session, document)
    if newest is None or newest.sha256 != stored.sha256 or newest.state == VersionState.FAILED:
        if "audience" in changed:  # not to wait for a file that may turn out to be unreadable
            _queue_shown(session, document, now)
        version = _next_version(session, document, stored, now)
        return Added(document, version, Outcome.CHANGED)
    if returns or changed & INDEXED_FIELDS:
        queue(session, newest, now)
    if not returns and not changed:
        return Added(document, newest, Outcome.UNCHANGED)
    document.updated_at = now
    session.flush()
    return Added(document, newest, Outcome.METADATA_CHANGED)


def _new_document(session: Session, path: str, metadata: Metadata, now: datetime) -> Document:
    document = Document(path=path, title=readable_name(path), created_at=now, updated_at=now)
    metadata.apply(document)
    session.add(document)
    return document


def _queue_shown(session: Session, document: Document, now: datetime) -> None:
    """Has the index brought into line with what the document now says of its readers."""
    version = document.current_version or newest_version(session, document)
    if version is not None:
        queue(session, version, now)


def _next_version(
    session: Session, document: Document, stored: StoredFile, now: datetime
) -> Version:
    session.flush()
    of_document = select(func.max(Version.number)).where(Version.document_id == document.id)
    version = Version(
        document_id=document.id,
        number=(session.scalar(of_document) or 0) + 1,
        sha256=stored.sha256,
        filename=PurePosixPath(document.path).name[-500:],
        size=stored.size,
        created_at=now,
    )
    document.updated_at = now
    session.add(version)
    session.flush()
    queue(session, version, now)
    return version
