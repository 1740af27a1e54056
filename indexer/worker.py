"""The loop that turns index jobs into searchable passages; any number of them may run."""

import logging
import os
import socket
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from threading import Event, Thread

from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from indexer import jobs, presence
from indexer.community import Gatherer
from indexer.parsers import UnreadableFile
from indexer.pipeline import Tools, index_version
from indexer.problems import described, problem_of
from indexer.publishing import has_embedded, has_texts, publish
from indexer.transactions import writing
from knowledge.disk import DiskFull, is_disk_full
from knowledge.errors import FileDamaged, FileMissing
from knowledge.models import IndexJob, JobState, Version
from knowledge.orm import reading

log = logging.getLogger(__name__)
IDLE = 2.0
PUBLISH_EVERY = 5.0
CHECK_EVERY = 60.0
ROOM_PAUSE = 10.0  # seconds between two looks at a full disk
STALLED = timedelta(minutes=30)
FINISHED = (JobState.DONE, JobState.PARKED)


class Stopped(Exception):
    """The worker was asked to stop in the middle of something."""


def run(tools: Tools, stop: Event, once: bool = False) -> None:
    """Works until ``stop`` is set; with ``once``, until no job is due.

    What goes wrong is logged and tried again later; with ``once`` it is raised, a full disk as
    DiskFull.
    """
    with at_work(tools, stop) as worker:
        while not stop.is_set():
            try:
                if not worker.step() and once:
                    return
            except Stopped:
                return
            except Exception as error:
                if once:
                    raise
                _wait_after(error, worker, stop)
            else:
                worker.is_disk_full = False
                if not worker.was_busy:
                    stop.wait(IDLE)


def _wait_after(error: Exception, worker: "Worker", stop: Event) -> None:
    if not is_disk_full(error):
        log.error("The worker goes on after an error.", exc_info=error)
        stop.wait(PUBLISH_EVERY)
        return
    if not worker.is_disk_full:  # said once: a log would need room too
        log.error("%s", DiskFull())
    worker.is_disk_full = True
    stop.wait(ROOM_PAUSE)


def drive(tools: Tools, stop: Event, wanted: Sequence[int], watch: Callable[[], None]) -> None:
    """Works until the jobs ``wanted`` are done or parked, beside other workers if there are any.
    ``watch`` is called between two steps and while something goes on. Raises: DiskFull."""
    with at_work(tools, stop, watch) as worker:
        while not stop.is_set() and unfinished(tools, wanted):
            worker.step()
            watch()
            if not worker.was_busy:
                stop.wait(0.2)


@contextmanager
def at_work(
    tools: Tools, stop: Event, watch: Callable[[], None] | None = None
) -> Iterator["Worker"]:
    """A worker whose death others notice at once. First it tidies up after those before it."""
    worker = Worker(tools, stop, watch)
    tools.files.sweep()
    sign = presence.Presence(worker.workers, worker.name)
    owes_nothing = False
    try:
        yield worker
        owes_nothing = worker.owed is None
    finally:
        sign.end(owes_nothing)


def unfinished(tools: Tools, wanted: Sequence[int]) -> int:
    with reading(tools.engine) as session:
        open_jobs = select(func.count()).where(
            IndexJob.id.in_(list(wanted)), IndexJob.state.not_in(FINISHED)
        )
        return session.scalar(open_jobs) or 0


class Worker:
    """One worker. ``was_busy`` says whether the latest step found something to do."""

    def __init__(self, tools: Tools, stop: Event, watch: Callable[[], None] | None = None) -> None:
        self.tools, self.stop, self.watch = tools, stop, watch or (lambda: None)
        self.name = f"{socket.gethostname()[:60]}:{os.getpid()}:{uuid.uuid4().hex[:8]}"
        self.workers = tools.files.folder / ".workers"  # where every worker must reach anyway
        self.was_busy = False
        self.is_disk_full = False
        self.owed: tuple[jobs.Lease, Exception | None] | None = None  # a lease and how it ended
        self._next_check = 0.0
        self._next_publishing = 0.0
        self._gatherer = Gatherer(tools, self._go_on)

    def step(self) -> bool:
        """One job, and publishing where it is time for it; says whether there was either.

        Raises: DiskFull, when a job was given back because there is no room.
        """
        self._settle_owed()
        presence.bury(self.workers, self._take_from)
        published = False
        lease = self._claim(unread_only=True)
        if lease is None:  # every text is read; they are shown before the vectors, which take long
            published = self._publish(at_once=self._has_texts())
            lease = self._claim()
        if lease is not None:
            self._work(lease)
        published |= self._publish(at_once=lease is None)
        published |= self._gatherer.step(at_once=lease is None)
        self.was_busy = lease is not None or published
        return self.was_busy

    def _take_from(self, dead: list[str]) -> None:
        with writing(self.tools.engine) as session:
            taken = jobs.take_from(session, dead, self.tools.now())
        log.warning("workers=%s are dead, jobs_taken=%d", ",".join(dead), taken)

    def _has_texts(self) -> bool:
        with reading(self.tools.engine) as session:
            return has_texts(session)

    def _claim(self, *, unread_only: bool = False) -> jobs.Lease | None:
        now = self.tools.now()
        with reading(self.tools.engine) as session:  # an idle worker takes no write lock
            if not jobs.is_any_due(session, now):
                return None
        with writing(self.tools.engine) as session:
            jobs.park_abandoned(session, now)
            return jobs.claim(session, self.name, now, unread_only=unread_only)

    def _work(self, lease: jobs.Lease) -> None:
        is_ready = True
        try:
            with self._kept_alive(lease) as progress:
                if lease.version_id is not None:
                    is_ready = index_version(self.tools, lease.version_id, progress)
            with writing(self.tools.engine) as session:
                (jobs.hand_on if is_ready else jobs.put_by)(session, lease)
        except jobs.LeaseLost:
            log.warning("job=%d was taken over by another worker", lease.job_id)
        except Stopped:
            self.owed = lease, None
            self._settle_owed()
            raise
        except Exception as error:
            self.owed = lease, error
            self._settle_owed()
            if is_disk_full(error):
                raise DiskFull from error

    def _settle_owed(self) -> None:
        """Settles a lease; where that fails too (the database's disk is full), it is owed until
        the next step, so that the job does not count as abandoned."""
        if self.owed is not None:
            self._settle(*self.owed)
            self.owed = None

    def _settle(self, lease: jobs.Lease, error: Exception | None) -> None:
        """Gives a job back that was not finished, in the way that fits the reason."""
        now = self.tools.now()
        with suppress(jobs.LeaseLost), writing(self.tools.engine) as session:
            if error is None:
                jobs.release(session, lease, now)
            elif is_disk_full(error):
                due = now + timedelta(seconds=ROOM_PAUSE)
                jobs.release(session, lease, due, "the disk is full")
            elif isinstance(error, UnreadableFile | FileMissing | FileDamaged):
                version = session.get(Version, lease.version_id)
                jobs.park(session, lease, _problem(error, version), described(error), now)
                log.warning("job=%d parked: %s", lease.job_id, described(error))
            else:
                parked = jobs.fail(session, lease, described(error), now)
                log.error("job=%d failed parked=%s", lease.job_id, parked, exc_info=error)

    def _publish(self, at_once: bool) -> bool:
        """Publishes ``at_once``, or when it has been put off long enough, if there is something."""
        now = time.monotonic()
        if not at_once and now < self._next_publishing:
            return False
        is_time_to_check = now >= self._next_check
        with reading(self.tools.engine) as session:
            has_any = has_embedded(session) or has_texts(session)
            if not is_time_to_check and not has_any:
                return False
        tools = self.tools
        changed = publish(
            tools.engine, tools.index, tools.embedder, tools.now(), progress=self._go_on
        )
        ended = time.monotonic()
        # Comparing a large index takes longer: then it is compared less often.
        self._next_check = ended + max(CHECK_EVERY, 50 * (ended - now))
        # A large index takes longer to write: then it is written less often.
        self._next_publishing = ended + max(PUBLISH_EVERY, 4 * (ended - now))
        return changed

    def _go_on(self, _done: int, _total: int) -> None:
        self.watch()
        if self.stop.is_set():
            raise Stopped

    @contextmanager
    def _kept_alive(self, lease: jobs.Lease) -> Iterator[Callable[[int, int], None]]:
        """Moves the lease forward with the progress, and beside it while a file is parsed, which
        tells no progress; a job that shows none for ``STALLED`` is left to others."""
        ended = Event()
        heard = [self.tools.now()]

        def progress(done: int, total: int) -> None:
            heard[0] = self.tools.now()
            with writing(self.tools.engine) as session:
                jobs.renew(session, lease, heard[0], pages_done=done, pages_total=total)
            self._go_on(done, total)

        beat = Thread(target=self._beat, args=(lease, ended, heard), daemon=True)
        beat.start()
        try:
            yield progress
        finally:
            ended.set()
            beat.join()

    def _beat(self, lease: jobs.Lease, ended: Event, heard: list[datetime]) -> None:
        while not ended.wait(jobs.LEASE.total_seconds() / 3):
            now = self.tools.now()
            if now - heard[0] > STALLED:
                return
            try:
                with suppress(jobs.LeaseLost), writing(self.tools.engine) as session:
                    jobs.renew(session, lease, now)
            except SQLAlchemyError as error:  # the next beat may come through
                log.warning("job=%d heartbeat failed: %s", lease.job_id, type(error).__name__)


def _problem(error: UnreadableFile | FileMissing | FileDamaged, version: Version | None) -> str:
    if isinstance(error, FileMissing):
        return "is missing from the data folder"
    if isinstance(error, FileDamaged):
        return "has changed in the data folder since it was imported; import it again"
    return problem_of(error, version.filename if version is not None else "")
