"""How far a long command is: a bar on a terminal, nothing elsewhere."""

import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from types import TracebackType
from typing import Any, Self

from sqlalchemy import Engine, select

from indexer.worker import Stopped
from knowledge.models import IndexJob, JobState
from knowledge.orm import reading

REFRESH = 1.0
READING = 0.15  # of a job's time; the rest makes its vectors


class _Bar:
    def __init__(self, **options: Any) -> None:
        from tqdm import tqdm

        self.bar = tqdm(disable=None, leave=False, **options)

    def set_aside(self) -> AbstractContextManager[None]:
        """Clears the bar while a line is written, so that they do not mix."""
        aside: AbstractContextManager[None] = self.bar.external_write_mode()
        return aside

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.bar.close()


class PassageBar(_Bar):
    """Called with (done, all) passages. Raises Stopped once ``stop`` is set."""

    def __init__(self, stop: threading.Event) -> None:
        super().__init__(unit=" passages", desc="embedding")
        self.stop = stop

    def __call__(self, done: int, total: int) -> None:
        self.bar.total = total
        self.bar.update(done - self.bar.n)
        if self.stop.is_set():
            raise Stopped


class PostBar(_Bar):
    """Called with the number of posts that were added since."""

    def __init__(self, total: int) -> None:
        super().__init__(total=total, unit=" posts", desc="seeding")

    def __call__(self, added: int) -> None:
        self.bar.update(added)


class ImportBar(_Bar):
    """Follows jobs by the size of their files, which is known before they are read: so the time
    left can be told. ``sizes`` is bytes by job; ``beside`` is called whenever it is refreshed."""

    def __init__(self, engine: Engine, sizes: dict[int, int], beside: Callable[[], None]) -> None:
        super().__init__(
            total=sum(sizes.values()), unit="B", unit_scale=True, unit_divisor=1000, desc="indexing"
        )
        self.engine, self.sizes, self.beside = engine, sizes, beside
        self.started = time.monotonic()
        self.refreshed = 0.0

    def __call__(self) -> None:
        now = time.monotonic()
        if now < self.refreshed + REFRESH:
            return
        self.refreshed = now
        self.beside()
        if self.bar.disable:
            return
        read, pages = self._read()
        self.bar.set_postfix_str(f"{pages / (now - self.started):.1f} pages/s", refresh=False)
        self.bar.update(read - self.bar.n)

    def _read(self) -> tuple[int, int]:
        """Bytes that are indexed, each job's in proportion to its pages; and pages."""
        with reading(self.engine) as session:
            found = session.execute(
                select(
                    IndexJob.id, IndexJob.state, IndexJob.pages_done, IndexJob.pages_total
                ).where(IndexJob.id.in_(list(self.sizes)))
            ).all()
        read = 0.0
        for job, state, done, total in found:
            ended = state in (JobState.EMBEDDED, JobState.DONE, JobState.PARKED)
            known = max(READING, done / total) if total else 0.0  # the total once it was read
            share = 1.0 if ended else known
            read += self.sizes[job] * share
        return int(read), sum(row.pages_done for row in found)
