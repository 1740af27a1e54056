"""From what somebody sent to what may be kept: sniffed, checked, written anew without metadata.

Decoders run in a process of their own, with bounds on memory and time, without the settings of the
hub. No transaction may be open meanwhile: it takes seconds.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from tempfile import mkdtemp
from threading import BoundedSemaphore
from typing import IO

import structlog

from hub.busy import NotNow
from hub.uploads.sniffing import SEEN, MediaType, media_type_of
from knowledge.disk import DiskFull, is_disk_full

log = structlog.get_logger()
HERE = Path(__file__).parent
WORKING = ".work-"
AT_ONCE = BoundedSemaphore(2)
SECONDS_IN_LINE, SECONDS_TO_CLEAN, SECONDS_TO_CHECK = 20, 40, 60
REFUSED = 3
BLOCK = 1024 * 1024


class Problem(StrEnum):
    EMPTY = "empty"
    TOO_LARGE = "too large"
    UNKNOWN = "unknown"
    DAMAGED = "damaged"
    LOCKED = "locked"
    ACTIVE = "active"
    TOO_MANY_PIXELS = "too many pixels"
    TOO_MANY_PAGES = "too many pages"
    TOO_COSTLY = "too costly"
    SUSPECT = "suspect"
    UNCHECKED = "unchecked"
    QUOTA = "quota"
    TOO_MANY = "too many"


class Refused(Exception):
    """Nothing is kept."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.value)
        self.problem = problem


@dataclass(frozen=True, slots=True)
class Clean:
    """What is left, in a file that goes when the caller is done. ``notes`` say what was changed
    that people may notice: "animation", "smaller", "attachments", "scripts"."""

    path: Path
    media_type: MediaType
    size: int
    width: int
    height: int
    notes: tuple[str, ...]


@contextmanager
def cleaned(stream: IO[bytes], folder: Path, limit: int, check: Sequence[str]) -> Iterator[Clean]:
    """``check`` is a command that is given the file as it came and ends with 0 where it finds
    nothing; [] for none. Raises: Refused, NotNow, DiskFull."""
    with _place(folder) as place:
        with _turn():
            clean = _cleaned(stream, place, limit, check)
        yield clean


@contextmanager
def _turn() -> Iterator[None]:
    """So many at once as the machine bears. Raises: NotNow."""
    if not AT_ONCE.acquire(timeout=SECONDS_IN_LINE):
        raise NotNow
    try:
        yield
    finally:
        AT_ONCE.release()


@contextmanager
def _place(folder: Path) -> Iterator[Path]:
    """A folder to work in, gone afterwards. Raises: DiskFull."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        place = Path(mkdtemp(prefix=WORKING, dir=folder))
        try:
            yield place
        finally:
            shutil.rmtree(place, ignore_errors=True)
    except OSError as error:
        if is_disk_full(error):
            raise DiskFull from error
        raise


def _cleaned(stream: IO[bytes], place: Path, limit: int, check: Sequence[str]) -> Clean:
    source, target = place / "came", place / "clean"
    media_type = media_type_of(_keep(stream, source, limit))
    if media_type is None:
        raise Refused(Problem.UNKNOWN)
    if check:
        _check(check, source)
    program = "clean_pdf.py" if media_type is MediaType.PDF else "clean_picture.py"
    answer = json.loads(_run(HERE / program, source, target))
    size = target.stat().st_size
    if size > limit:
        raise Refused(Problem.TOO_LARGE)
    return Clean(
        target,
        MediaType(answer["media_type"]),
        size,
        answer["width"],
        answer["height"],
        tuple(answer["notes"]),
    )


def _keep(stream: IO[bytes], source: Path, limit: int) -> bytes:
    """Writes what came to a file; returns how it begins."""
    head, size = b"", 0
    with source.open("wb") as out:
        while block := stream.read(BLOCK):
            head, size = head or block[:SEEN], size + len(block)
            if size > limit:
                raise Refused(Problem.TOO_LARGE)
            out.write(block)
    if not size:
        raise Refused(Problem.EMPTY)
    return head


def _check(command: Sequence[str], source: Path) -> None:
    """A check that cannot be made lets nothing through."""
    try:
        ended = subprocess.run(
            [*command, str(source)],
            env=_environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=SECONDS_TO_CHECK,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        log.error("upload not checked", cause=type(error).__name__)
        raise Refused(Problem.UNCHECKED) from error
    if ended.returncode:
        log.warning("upload refused by the check", status=ended.returncode)
        raise Refused(Problem.SUSPECT)


def _run(program: Path, source: Path, target: Path) -> str:
    """What the program says. Whatever ends it, the file is at fault."""
    command = [sys.executable, "-I", str(HERE / "bounded.py"), *map(str, (program, source, target))]
    try:
        ended = subprocess.run(
            command,
            cwd=source.parent,
            env=_environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=SECONDS_TO_CLEAN,
        )
    except subprocess.TimeoutExpired as error:
        raise Refused(Problem.TOO_COSTLY) from error
    said = ended.stdout.strip().rsplit("\n", 1)[-1]
    if ended.returncode == 0 and target.exists():
        return said
    log.info("upload not cleaned", program=program.name, status=ended.returncode)
    is_refused = ended.returncode == REFUSED and said in list(Problem)
    raise Refused(Problem(said) if is_refused else Problem.TOO_COSTLY)


def _environment() -> dict[str, str]:
    """Nothing of what the hub was started with, least of all its secrets."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LANG": "C.UTF-8"}
