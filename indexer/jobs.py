"""The queue of index jobs: rows that a worker leases, keeps alive, and hands on or gives back.

A lease is held as long as the row still carries this worker and this attempt. Every change of a
leased job asks for that in its condition, so a worker that was too slow finds out, and changes
nothing.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select, update
from sqlalchemy.orm import Session

from knowledge.documents import refuse_version
from knowledge.models import IndexJob, JobState, Version, VersionState

LEASE = timedelta(seconds=60)
MAX_ATTEMPTS = 5
FIRST_PAUSE = timedelta(seconds=5)
LONGEST_PAUSE = timedelta(minutes=10)
# Times further ahead than anybody sets them: the clock was put back since.
UNLIKELY_LEASE = 2 * LEASE
UNLIKELY_PAUSE = 2 * LONGEST_PAUSE
ABANDONED = "stopped the indexer each time it was tried"
_NOT_SYNCHRONISED: dict[str, Any] = {"synchronize_session": False}


class LeaseLost(Exception):
    """Another worker holds the job now; whoever held it drops it."""


@dataclass(frozen=True, slots=True)
class Lease:
    """One attempt of one worker at one job. ``attempt`` counts from 1."""

    job_id: int
    version_id: int | None
    worker: str
    attempt: int


def claim(
    session: Session, worker: str, now: datetime, *, unread_only: bool = False
) -> Lease | None:
    """Leases the oldest job that is due, or whose worker has not been heard of; else None.

    Those whose text is read come last, and not at all with ``unread_only``.
    One conditional UPDATE: of two workers that ask at once, one gets the job.
    """
    is_read = IndexJob.state == JobState.PARSED
    wanted = and_(_is_due(now), ~is_read) if unread_only else _is_due(now)
    oldest = select(IndexJob.id).where(wanted).order_by(is_read, IndexJob.run_after, IndexJob.id)
    taken = session.execute(
        update(IndexJob)
        .where(IndexJob.id == _locked(session, oldest.limit(1)).scalar_subquery(), wanted)
        .values(
            state=JobState.LEASED,
            worker=worker,
            attempts=IndexJob.attempts + 1,
            lease_until=now + LEASE,
        )
        .returning(IndexJob.id, IndexJob.version_id, IndexJob.attempts),
        execution_options=_NOT_SYNCHRONISED,
    ).first()
    return Lease(taken.id, taken.version_id, worker, taken.attempts) if taken else None


def renew(session: Session, lease: Lease, now: datetime, **progress: int) -> None:
    """The heartbeat, with ``pages_done`` and ``pages_total`` where known. Raises: LeaseLost."""
    _change(session, lease, lease_until=now + LEASE, **progress)


def put_by(session: Session, lease: Lease) -> None:
    """The text is read and waits for its vectors until all others are read. What was tried so far
    does not count against it. Raises: LeaseLost."""
    _change(session, lease, state=JobState.PARSED, lease_until=None, attempts=0)


def hand_on(session: Session, lease: Lease) -> None:
    """Rows and vectors are stored: what is left is publishing. Raises: LeaseLost."""
    _change(
        session, lease, state=JobState.EMBEDDED, lease_until=None, pages_done=IndexJob.pages_total
    )


def release(session: Session, lease: Lease, due: datetime, reason: str = "") -> None:
    """Gives a job back untried until it is ``due``, because its worker was asked to stop, or for
    a reason that is not the document's. Raises: LeaseLost."""
    untried = {"state": JobState.WAITING, "attempts": lease.attempt - 1, "lease_until": None}
    _change(session, lease, **untried, run_after=due, error=reason)


def take_from(session: Session, dead: Sequence[str], now: datetime) -> int:
    """Ends the leases of workers that are known to be dead; says how many. The attempt counts:
    the document may be what they died of."""
    ended = update(IndexJob).where(
        IndexJob.state == JobState.LEASED, IndexJob.worker.in_(list(dead))
    )
    past = now - timedelta(seconds=1)
    taken = session.execute(
        ended.values(lease_until=past).returning(IndexJob.id), execution_options=_NOT_SYNCHRONISED
    )
    return len(taken.all())


def fail(session: Session, lease: Lease, error: str, now: datetime) -> bool:
    """Puts a job back for later, or parks it after the last attempt; says whether it is parked.

    Raises: LeaseLost.
    """
    if lease.attempt >= MAX_ATTEMPTS:
        park(session, lease, f"could not be indexed: {error}", error, now)
        return True
    due = now + pause_after(lease.attempt)
    _change(session, lease, state=JobState.WAITING, run_after=due, lease_until=None, error=error)
    return False


def park(session: Session, lease: Lease, problem: str, error: str, now: datetime) -> None:
    """Gives a job up; its version shows ``problem``, a sentence's end. Raises: LeaseLost."""
    _change(session, lease, state=JobState.PARKED, lease_until=None, error=error, finished_at=now)
    version = session.get(Version, lease.version_id) if lease.version_id else None
    if version is not None:
        refuse_version(version, problem)


def park_abandoned(session: Session, now: datetime) -> int:
    """Gives up the jobs whose worker died at every attempt: a file that crashes the process."""
    abandoned = session.scalars(
        _locked(session, select(IndexJob).where(_is_silent(now), _is_last_attempt()))
    ).all()
    for job in abandoned:
        job.state, job.error, job.finished_at = JobState.PARKED, ABANDONED, now
        if job.version is not None:
            refuse_version(job.version, ABANDONED)
    return len(abandoned)


def is_any_due(session: Session, now: datetime) -> bool:
    """Whether there is anything to claim, or to give up."""
    return bool(session.scalar(select(exists().where(or_(_is_due(now), _is_silent(now))))))


def retry_parked(session: Session, now: datetime) -> int:
    """Queues every parked job again, as if it were new; says how many."""
    parked = session.scalars(select(IndexJob).where(IndexJob.state == JobState.PARKED)).all()
    for job in parked:
        job.state, job.attempts, job.run_after = JobState.WAITING, 0, now
        job.error, job.finished_at = "", None
        if job.version is not None and job.version.state == VersionState.FAILED:
            job.version.state, job.version.problem = VersionState.WAITING, ""
    return len(parked)


def pause_after(attempt: int) -> timedelta:
    """2^n times five seconds up to ten minutes, a fifth more or less so that jobs spread out."""
    pause: timedelta = min(FIRST_PAUSE * 2**attempt, LONGEST_PAUSE)
    spread: float = random.uniform(0.8, 1.2)  # noqa: S311 - nothing secret
    return pause * spread


def _is_due(now: datetime) -> ColumnElement[bool]:
    is_time = or_(IndexJob.run_after <= now, IndexJob.run_after > now + UNLIKELY_PAUSE)
    waiting = and_(IndexJob.state.in_((JobState.WAITING, JobState.PARSED)), is_time)
    return or_(waiting, and_(_is_silent(now), ~_is_last_attempt()))


def _is_silent(now: datetime) -> ColumnElement[bool]:
    is_over = or_(IndexJob.lease_until < now, IndexJob.lease_until > now + UNLIKELY_LEASE)
    return and_(IndexJob.state == JobState.LEASED, is_over)


def _is_last_attempt() -> ColumnElement[bool]:
    return IndexJob.attempts >= MAX_ATTEMPTS


def _locked(session: Session, jobs: Select[Any]) -> Select[Any]:
    """Rows that another worker is about to take are passed over (SQLite has one writer anyway)."""
    if session.get_bind().dialect.name == "postgresql":
        return jobs.with_for_update(skip_locked=True, of=IndexJob)
    return jobs


def _change(session: Session, lease: Lease, **values: Any) -> None:
    changed = session.execute(
        update(IndexJob)
        .where(
            IndexJob.id == lease.job_id,
            IndexJob.state == JobState.LEASED,
            IndexJob.worker == lease.worker,
            IndexJob.attempts == lease.attempt,
        )
        .values(values)
        .returning(IndexJob.id),
        execution_options=_NOT_SYNCHRONISED,
    ).first()
    if changed is None:
        raise LeaseLost(f"job {lease.job_id}")
