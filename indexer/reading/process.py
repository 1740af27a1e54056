"""The child process as its parent sees it: started, spoken to, ended."""

import json
import os
import select
import signal
import subprocess
import sys
import weakref
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from time import monotonic
from typing import Any

from indexer.parsers.limits import Limits
from indexer.reading.frames import HEADER, BrokenFrame, Kind

CHECKOUT = Path(__file__).resolve().parents[2]
# Passwords and addresses of the hub are no business of a process that reads foreign files.
KEPT_ENVIRONMENT = ("PATH", "LD_LIBRARY_PATH", "TESSDATA_PREFIX", "SYSTEMROOT")
BLOCK = 1 << 20
_OVERHEAD = 50_000_000  # blocks and page numbers, beside the text itself

Frame = tuple[Kind, dict[str, Any], bytes]


class Ended(Exception):
    """The process is gone; ``status`` is its exit status, or minus the signal that ended it."""

    def __init__(self, status: int) -> None:
        super().__init__(f"ended with {status}")
        self.status = status


class Process:
    """A running child. It is ended when this object is closed, forgotten, or its owner dies."""

    def __init__(self, program: Sequence[str], limits: Limits) -> None:
        self.limits = limits
        told = json.dumps(asdict(limits))
        lifeline, held = os.pipe()
        try:
            self._popen = subprocess.Popen(
                [sys.executable, *program, str(lifeline), told],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                pass_fds=(lifeline,),
                cwd="/",
                env=_environment(),
                start_new_session=True,  # a group of its own, which is ended as a whole
                bufsize=0,
            )
        except OSError:
            os.close(held)
            raise
        finally:
            os.close(lifeline)
        self._received = bytearray()
        self._end = weakref.finalize(self, _end, self._popen, held)

    def close(self) -> None:
        self._end()

    def write(self, line: bytes) -> None:
        """Raises: Ended."""
        assert self._popen.stdin is not None  # noqa: S101 - it is a pipe
        try:
            self._popen.stdin.write(line)
        except BrokenPipeError:
            raise Ended(self._status()) from None

    def frame(self, until: float) -> Frame | None:
        """The next frame, or None where it is not there when the clock says ``until``.

        Raises: Ended, BrokenFrame.
        """
        assert self._popen.stdout is not None  # noqa: S101 - it is a pipe
        output = self._popen.stdout.fileno()
        poll = select.poll()
        poll.register(output, select.POLLIN)
        while (length := self._wanted()) > len(self._received):
            if not poll.poll(max(0.0, until - monotonic()) * 1000):
                return None
            block = os.read(output, BLOCK)
            if not block:
                raise Ended(self._status())
            self._received += block
        return self._taken(length)

    def _wanted(self) -> int:
        """How many bytes the frame at the front has, as far as is known yet."""
        if len(self._received) < HEADER.size:
            return HEADER.size
        _kind, told, packed = HEADER.unpack_from(self._received)
        most = self.limits.max_characters
        if told > 8 * most + _OVERHEAD or packed > 16 * most + _OVERHEAD:
            raise BrokenFrame("too long")
        return int(HEADER.size + told + packed)

    def _taken(self, length: int) -> Frame:
        kind, told, _packed = HEADER.unpack_from(self._received)
        middle = HEADER.size + told
        content, packed = self._received[HEADER.size : middle], bytes(self._received[middle:length])
        del self._received[:length]
        try:
            read = json.loads(content.decode("utf-8", "surrogatepass"))
            if not isinstance(read, dict):
                raise BrokenFrame("no object")
            return Kind(kind.decode("ascii")), read, packed
        except (ValueError, RecursionError) as error:
            raise BrokenFrame(type(error).__name__) from error

    def _status(self) -> int:
        try:
            return self._popen.wait(timeout=5)
        except subprocess.TimeoutExpired:  # it has closed its output and lives on
            self.close()
            return -signal.SIGKILL


def _environment() -> dict[str, str]:
    kept = {name: os.environ[name] for name in KEPT_ENVIRONMENT if name in os.environ}
    return {**kept, "PYTHONPATH": str(CHECKOUT), "LANG": "C.UTF-8", "OMP_THREAD_LIMIT": "1"}


def _end(popen: "subprocess.Popen[bytes]", lifeline: int) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(popen.pid, signal.SIGKILL)
    for end in (popen.stdin, popen.stdout):
        if end is not None:
            end.close()
    popen.wait()
    os.close(lifeline)
