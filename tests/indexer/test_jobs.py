"""The queue: a job belongs to one worker at a time, and to nobody for ever."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from indexer import jobs
from knowledge.models import IndexJob, Version
from tests.factories import NOON, Clock, add_document, committed, make_tools

LATER = NOON + jobs.LEASE + timedelta(seconds=1)


@pytest.fixture
def job(engine: Engine, tmp_path: Path) -> int:
    version = add_document(make_tools(engine, tmp_path, now=Clock())).version
    with committed(engine) as session:
        return session.query(IndexJob).filter_by(version_id=version.id).one().id


def claim(engine: Engine, worker: str = "one", now: object = NOON) -> jobs.Lease | None:
    with committed(engine) as session:
        return jobs.claim(session, worker, now)  # type: ignore[arg-type]


def state_of(engine: Engine, job: int) -> IndexJob:
    with committed(engine) as session:
        return session.get_one(IndexJob, job)


def test_a_job_is_claimed_once(engine: Engine, job: int) -> None:
    assert claim(engine) == jobs.Lease(job, 1, "one", 1)
    assert claim(engine, "two") is None


def test_a_job_of_a_silent_worker_is_taken_over(engine: Engine, job: int) -> None:
    claim(engine)

    assert claim(engine, "two", LATER) == jobs.Lease(job, 1, "two", 2)


def test_a_heartbeat_keeps_the_job(engine: Engine, job: int) -> None:
    lease = claim(engine)
    assert lease is not None
    with committed(engine) as session:
        jobs.renew(session, lease, NOON + timedelta(seconds=30), pages_done=3, pages_total=9)

    assert claim(engine, "two", LATER) is None
    assert state_of(engine, job).pages_done == 3


def test_who_lost_the_job_can_change_nothing(engine: Engine, job: int) -> None:
    lost = claim(engine)
    claim(engine, "two", LATER)
    assert lost is not None

    for change in (
        lambda session: jobs.renew(session, lost, LATER),
        lambda session: jobs.hand_on(session, lost),
        lambda session: jobs.release(session, lost, LATER),
        lambda session: jobs.fail(session, lost, "late", LATER),
    ):
        with pytest.raises(jobs.LeaseLost), committed(engine) as session:
            change(session)
    assert state_of(engine, job).worker == "two"


def test_a_late_attempt_of_the_same_worker_has_lost_the_job_too(engine: Engine, job: int) -> None:
    lost = claim(engine)
    claim(engine, "one", LATER)
    assert lost is not None

    with pytest.raises(jobs.LeaseLost), committed(engine) as session:
        jobs.hand_on(session, lost)


def test_a_failure_waits_longer_each_time_and_is_parked_after_the_fifth(
    engine: Engine, job: int
) -> None:
    now, pauses = NOON, []
    for attempt in range(1, jobs.MAX_ATTEMPTS + 1):
        lease = claim(engine, now=now)
        assert lease is not None
        assert lease.attempt == attempt
        with committed(engine) as session:
            assert jobs.fail(session, lease, "the model is gone", now) is (attempt == 5)
        if attempt < jobs.MAX_ATTEMPTS:
            pauses.append((state_of(engine, job).run_after - now).total_seconds())
            assert claim(engine, now=now) is None
            now = state_of(engine, job).run_after

    assert pauses == sorted(pauses)
    assert 8 <= pauses[0] <= 12
    assert (state_of(engine, job).state, state_of(engine, job).error) == (
        "parked",
        "the model is gone",
    )
    with committed(engine) as session:
        assert session.get_one(Version, 1).state == "failed"


def test_a_file_that_kills_its_worker_every_time_is_given_up(engine: Engine, job: int) -> None:
    now = NOON
    for _ in range(jobs.MAX_ATTEMPTS):
        assert claim(engine, now=now) is not None
        now += jobs.LEASE + timedelta(seconds=1)

    assert claim(engine, now=now) is None
    with committed(engine) as session:
        assert jobs.is_any_due(session, now)
        assert jobs.park_abandoned(session, now) == 1
    assert state_of(engine, job).state == "parked"


def test_a_job_given_back_costs_no_attempt(engine: Engine, job: int) -> None:
    lease = claim(engine)
    assert lease is not None
    with committed(engine) as session:
        jobs.release(session, lease, NOON)

    assert claim(engine, "two") == jobs.Lease(job, 1, "two", 1)


def test_parked_jobs_can_be_queued_again(engine: Engine, job: int) -> None:
    lease = claim(engine)
    assert lease is not None
    with committed(engine) as session:
        jobs.park(session, lease, "is damaged", "damaged", NOON)
    with committed(engine) as session:
        assert jobs.retry_parked(session, NOON) == 1

    assert claim(engine) is not None
    with committed(engine) as session:
        assert session.get_one(Version, 1).state == "waiting"


def test_many_workers_at_once_share_the_jobs_without_overlap(
    engine: Engine, tmp_path: Path
) -> None:
    tools = make_tools(engine, tmp_path, now=Clock())
    for n in range(30):
        add_document(tools, f"# {n}", f"{n}.md")

    def take_all(worker: int) -> list[int]:
        taken = []
        while lease := claim(engine, f"worker {worker}"):
            taken.append(lease.job_id)
        return taken

    with ThreadPoolExecutor(4) as pool:
        taken = [job for jobs_of_one in pool.map(take_all, range(4)) for job in jobs_of_one]

    assert len(taken) == len(set(taken)) == 30


def test_the_pause_grows_up_to_ten_minutes() -> None:
    assert jobs.pause_after(1) < jobs.pause_after(3) < jobs.pause_after(6)
    assert jobs.pause_after(40) <= jobs.LONGEST_PAUSE * 1.2


def test_the_jobs_of_the_dead_are_due_at_once_and_the_attempt_counts(
    engine: Engine, job: int
) -> None:
    claim(engine)
    with committed(engine) as session:
        assert jobs.take_from(session, ["two"], NOON) == 0
    assert claim(engine, "two") is None

    with committed(engine) as session:
        assert jobs.take_from(session, ["one"], NOON) == 1

    assert claim(engine, "two") == jobs.Lease(job, 1, "two", 2)


def test_a_job_put_off_costs_no_attempt_and_waits(engine: Engine, job: int) -> None:
    lease = claim(engine)
    assert lease is not None
    with committed(engine) as session:
        jobs.release(session, lease, NOON + timedelta(seconds=10), "the disk is full")

    assert claim(engine) is None
    assert state_of(engine, job).error == "the disk is full"
    assert claim(engine, now=NOON + timedelta(seconds=10)) == jobs.Lease(job, 1, "one", 1)


def test_times_that_nobody_sets_are_those_of_a_clock_that_was_put_back(
    engine: Engine, job: int
) -> None:
    before = NOON - timedelta(hours=3)
    assert claim(engine, "one", before) == jobs.Lease(job, 1, "one", 1)  # it waits from NOON on

    with committed(engine) as session:
        assert jobs.is_any_due(session, before - timedelta(hours=3))
    assert claim(engine, "two", before - timedelta(hours=3)) == jobs.Lease(job, 1, "two", 2)
