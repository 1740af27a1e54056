"""Reads files through a child process that may fail in any way without harm to this one."""

import json
import signal
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from time import monotonic

from indexer.parsers.limits import Limits
from indexer.parsers.parsed import ParsedDocument, UnreadableFile
from indexer.reading.frames import BrokenFrame, Kind, document_of, refusal_of
from indexer.reading.process import Ended, Frame, Process

PROGRAM = ("-P", "-m", "indexer.reading.child")
START_SECONDS = 60.0
WATCH_EVERY = 1.0
MOST_FILES = 200
MOST_MEMORY = 500_000_000  # bytes; a process that has grown beyond is not used again

# Hears (pages done, pages in all) about every second, and raises to stop the reading.
Watch = Callable[[int, int], None]


class ReaderUnavailable(Exception):
    """The process that reads files does not start; no file is to blame."""


class FileReader:
    """Parses one file at a time, in a process that is kept for the next one while it behaves.

    ``program`` are the arguments of Python that start it.
    """

    def __init__(self, program: Sequence[str] = PROGRAM) -> None:
        self._program = tuple(program)
        self._lock = threading.Lock()
        self._process: Process | None = None
        self._files = 0

    def read(
        self, path: Path, name: str, limits: Limits, watch: Watch = lambda done, total: None
    ) -> tuple[str, ParsedDocument]:
        """(media type, document) of the file at ``path``, which is called ``name``.

        Where the process dies of it, a fresh one tries again: somebody else may have ended it.

        Raises:
            UnreadableFile: the file cannot be read, or asks for more than ``limits``.
            ReaderUnavailable: no file can be read at the moment.
            Whatever ``watch`` raises; the process is ended then.
        """
        request = json.dumps({"path": str(path.resolve()), "name": name}).encode() + b"\n"
        with self._lock:
            try:
                return self._answer(request, limits, watch)
            except Ended as end:
                if end.status == -signal.SIGXCPU:
                    raise _refusal(end) from end
            try:
                return self._answer(request, limits, watch)
            except Ended as end:
                raise _refusal(end) from end

    def close(self) -> None:
        """Ends the process, if there is one."""
        with self._lock:
            self._drop()

    def _answer(self, request: bytes, limits: Limits, watch: Watch) -> tuple[str, ParsedDocument]:
        try:
            process = self._started(limits)
            process.write(request)
            kind, content, packed = _reply(process, watch)
            if kind is Kind.REFUSAL:
                raise refusal_of(content)
            found = document_of(content, packed)
            self._files += 1
            if self._files >= MOST_FILES or content["memory"] > MOST_MEMORY:
                self._drop()
            return found
        except BrokenFrame as error:
            self._drop()
            raise UnreadableFile("damaged", "the parser answered nonsense") from error
        except UnreadableFile as refusal:
            if refusal.cause in ("too_slow", "too_much_memory"):
                self._drop()
            raise
        except BaseException:  # nobody will hear what it still says
            self._drop()
            raise

    def _started(self, limits: Limits) -> Process:
        if self._process is not None and self._process.limits == limits:
            return self._process
        self._drop()
        self._process = process = Process(self._program, limits)
        try:
            greeting = process.frame(monotonic() + START_SECONDS)
        except (Ended, BrokenFrame) as error:
            raise ReaderUnavailable(f"The process that reads files {error}.") from error
        if greeting is None or greeting[0] is not Kind.READY:
            raise ReaderUnavailable("The process that reads files does not answer.")
        return process

    def _drop(self) -> None:
        if self._process is not None:
            self._process.close()
        self._process, self._files = None, 0


def _reply(process: Process, watch: Watch) -> Frame:
    """The frame that ends the reading. Raises: UnreadableFile, Ended, BrokenFrame."""
    limits = process.limits
    deadline = monotonic() + limits.max_seconds
    done, total, told = 0, 0, 0
    while True:
        found = process.frame(min(deadline, monotonic() + WATCH_EVERY))
        if found is None and monotonic() >= deadline:
            raise UnreadableFile("too_slow", f"more than {limits.max_seconds} seconds")
        if found is not None and found[0] is not Kind.PROGRESS:
            return found
        if found is not None:
            done, total, told = *_progress(found), told + 1
            if told > limits.max_recognised_pages + 2:
                raise BrokenFrame("tells more than there is")
            deadline = monotonic() + limits.max_seconds
        watch(done, total)


def _progress(found: Frame) -> tuple[int, int]:
    try:
        return int(found[1]["done"]), int(found[1]["total"])
    except (KeyError, TypeError, ValueError) as error:
        raise BrokenFrame("no progress") from error


def _refusal(end: Ended) -> UnreadableFile:
    """What to say of a file of which two processes have died."""
    if end.status == -signal.SIGXCPU:
        return UnreadableFile("too_slow", "too much computing")
    if end.status == -signal.SIGKILL:  # as the kernel does when memory runs out
        return UnreadableFile("too_much_memory", "killed")
    return UnreadableFile("crashes", str(end))
