"""Doing over what was done: every file read again, every parked job, and tidying up after it."""

from datetime import datetime

from sqlalchemy import Engine, select

from indexer.jobs import retry_parked
from indexer.transactions import writing
from indexer.vectors import forget_unused
from knowledge.documents import queue, renew
from knowledge.models import Document


def renew_all(engine: Engine, now: datetime) -> list[int]:
    """Queues every document that is not withdrawn to be parsed again, and returns the jobs."""
    with writing(engine) as session:
        documents = session.scalars(select(Document).where(Document.withdrawn_at.is_(None)))
        renewed = [renew(session, document, now) for document in documents.all()]
        return [queue(session, version, now).id for version in renewed if version is not None]


def retry_all(engine: Engine, now: datetime) -> int:
    """Queues every parked job again; says how many."""
    with writing(engine) as session:
        return retry_parked(session, now)


def forget_unused_vectors(engine: Engine, fingerprint: str) -> int:
    """Deletes the vectors that neither this space nor any passage needs; says how many."""
    with writing(engine) as session:
        return forget_unused(session, fingerprint)
