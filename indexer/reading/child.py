"""The process that reads files: ``python -m indexer.reading.child LIFELINE LIMITS``.

It takes requests as lines of JSON on its standard input and answers each with frames on what was
its standard output. It may use only so much memory and computing time, writes no large
files, leaves no core dump, and ends with its parent at once, whatever it is doing.
"""

import fcntl
import json
import os
import resource
import select
import signal
import sys
from contextlib import suppress
from typing import Any, BinaryIO

from indexer.parsers import parse
from indexer.parsers.limits import Limits
from indexer.parsers.parsed import UnreadableFile
from indexer.parsers.progress import listening
from indexer.reading.frames import Kind, document_frame, frame, refusal_frame

IDLE_SECONDS = 60.0
OPEN_FILES = 64
LARGEST_FILE = 200_000_000  # bytes; a library unpacks a model of languages into a temporary file
_LARGEST_REQUEST = 65_536


def main() -> None:
    lifeline, limits = int(sys.argv[1]), Limits(**json.loads(sys.argv[2]))
    replies = _quiet_output()
    _end_with_parent(lifeline)
    _confine(limits)
    _send(replies, frame(Kind.READY, {}))
    while request := _next_request():
        _send(replies, _answer(request, limits, replies))


def _quiet_output() -> BinaryIO:
    """What libraries print goes nowhere; the frames have the pipe for themselves."""
    replies = os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    os.close(nowhere)
    return replies


def _end_with_parent(lifeline: int) -> None:
    """Asks the kernel for a signal, which ends this process, when the last writer of the pipe is
    gone: it comes even while a library holds the interpreter, and after ``kill -9`` of the parent.
    """
    signal.signal(signal.SIGIO, signal.SIG_DFL)
    fcntl.fcntl(lifeline, fcntl.F_SETOWN, os.getpid())
    flags = fcntl.fcntl(lifeline, fcntl.F_GETFL)
    fcntl.fcntl(lifeline, fcntl.F_SETFL, flags | os.O_ASYNC)
    if select.select([lifeline], [], [], 0)[0]:  # it was gone before
        sys.exit()


def _confine(limits: Limits) -> None:
    for kind, most in (
        (resource.RLIMIT_AS, limits.max_memory),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, OPEN_FILES),
        (resource.RLIMIT_FSIZE, LARGEST_FILE),
    ):
        hard = resource.getrlimit(kind)[1]
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        with suppress(ValueError, OSError):  # not every system knows every limit
            resource.setrlimit(kind, (most, most))


def _next_request() -> dict[str, Any] | None:
    """None when the parent has no more, or has had none for a while."""
    if not select.select([0], [], [], IDLE_SECONDS)[0]:
        return None
    line = sys.stdin.buffer.readline(_LARGEST_REQUEST)
    return json.loads(line) if line else None


def _answer(request: dict[str, Any], limits: Limits, replies: BinaryIO) -> list[bytes]:
    def tell(done: int, total: int) -> None:
        _send(replies, frame(Kind.PROGRESS, {"done": done, "total": total}))

    _allow(limits.max_computing_seconds)
    try:
        with open(request["path"], "rb") as stream, listening(tell):
            media_type, document = parse(stream, request["name"], limits)
        return document_frame(media_type, document, _memory())
    except UnreadableFile as error:
        return refusal_frame(error)
    except MemoryError:
        return refusal_frame(UnreadableFile("too_much_memory"))


def _allow(seconds: int) -> None:
    """So much computing from now on; beyond, the kernel ends the process (SIGXCPU)."""
    used = sum(resource.getrusage(resource.RUSAGE_SELF)[:2])
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    resource.setrlimit(resource.RLIMIT_CPU, (int(used) + seconds + 1, hard))


def _memory() -> int:
    """Bytes that are resident now; 0 where the system does not tell.

    Not ``ru_maxrss``: Linux counts in it what the parent had when it started this process.
    """
    try:
        with open("/proc/self/statm") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return 0


def _send(replies: BinaryIO, parts: list[bytes]) -> None:
    for part in parts:
        replies.write(part)
    replies.flush()


if __name__ == "__main__":
    main()
