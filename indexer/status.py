"""How the library and its index stand, counted for people."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from knowledge.errors import IndexDamaged
from knowledge.models import Document, IndexJob, JobState, Version, VersionState
from knowledge.orm import reading
from knowledge.protocols import PassageIndex


@dataclass(frozen=True, slots=True)
class FailedVersion:
    """The newest version of a document, which could not be read."""

    path: str
    version: int
    problem: str


@dataclass(frozen=True, slots=True)
class IndexStatus:
    """``passages`` counts by audience. ``problem`` is "" unless the index is damaged; then
    ``generation`` is the whole one that serves meanwhile, 0 if there is none."""

    generation: int
    embedder: str
    fingerprint: str
    passages: dict[str, int]
    problem: str


@dataclass(frozen=True, slots=True)
class Status:
    """Counts of the database beside those of the index."""

    documents: int
    withdrawn: int
    versions: dict[str, int]
    jobs: dict[str, int]
    failed: list[FailedVersion]
    index: IndexStatus


def status_of(engine: Engine, index: PassageIndex) -> Status:
    with reading(engine) as session:
        documents = select(func.count()).select_from(Document)
        withdrawn = documents.where(Document.withdrawn_at.is_not(None))
        return Status(
            documents=session.scalar(documents) or 0,
            withdrawn=session.scalar(withdrawn) or 0,
            versions=_counts(session, Version.state, VersionState),
            jobs=_counts(session, IndexJob.state, JobState),
            failed=_failed(session),
            index=index_status(index),
        )


def _counts(session: Session, column: Any, states: Iterable[str]) -> dict[str, int]:
    counted = session.execute(select(column, func.count()).group_by(column))
    found = {str(state): int(count) for state, count in counted}
    return {str(state): found.get(str(state), 0) for state in states}


def _failed(session: Session) -> list[FailedVersion]:
    newest = (
        select(Version.document_id, func.max(Version.number).label("number"))
        .group_by(Version.document_id)
        .subquery()
    )
    found = session.execute(
        select(Document.path, Version.number, Version.problem)
        .join(Version, Version.document_id == Document.id)
        .join(newest, newest.c.document_id == Document.id)
        .where(Version.number == newest.c.number, Version.state == VersionState.FAILED)
        .order_by(Document.path)
    )
    return [FailedVersion(*row) for row in found]


def index_status(index: PassageIndex) -> IndexStatus:
    """What an index holds, as far as it can be read."""
    problem, passages = "", {}
    try:
        passages = {audience: len(index.ids(audience)) for audience in sorted(index.audiences())}
    except IndexDamaged as damage:
        problem = str(damage)
    try:
        serving = index.generation()
    except IndexDamaged:
        return IndexStatus(0, "", "", {}, problem)
    return IndexStatus(serving.number, serving.embedder, serving.fingerprint, passages, problem)
