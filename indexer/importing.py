"""Files and folders → documents with their jobs in the queue."""

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path, PurePath

from sqlalchemy import Engine, func, select
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from indexer import metadata as lists
from indexer.parsers import SUFFIXES
from indexer.pipeline import Tools
from indexer.problems import storable
from indexer.transactions import writing
from knowledge.disk import is_disk_full
from knowledge.documents import Outcome, add
from knowledge.errors import FileTooLarge, MetadataRefused
from knowledge.metadata import Metadata, checked_path
from knowledge.models import IndexJob, JobState, Passage, Version, VersionState
from knowledge.orm import reading

MOST_NAMED = 50  # of the files that an import leaves out


class Result(StrEnum):
    """How an import of one file stands."""

    QUEUED = "queued"
    INDEXED = "indexed"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Row:
    """One file of an import. ``problem`` ends a sentence that begins with the path; ``job_id`` is
    the job to wait for, None where nothing is to be done."""

    path: str
    result: Result
    problem: str = ""
    title: str = ""
    version_id: int | None = None
    job_id: int | None = None
    size: int = 0
    pages: int = 0
    passages: int = 0
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Source:
    """A file to import, and the path that it has in the library."""

    file: Path
    path: str
    listed: Metadata = field(default_factory=Metadata)


@dataclass(frozen=True, slots=True)
class Found:
    """What stands under the paths given: files to import, and what to say about the rest."""

    sources: tuple[Source, ...]
    problems: tuple[Row, ...]
    notes: tuple[str, ...] = ()


def find(paths: Iterable[Path]) -> Found:
    """The files under ``paths``: in folders, sorted, those of a known type that are not hidden."""
    sources: list[Source] = []
    problems: list[Row] = []
    notes: list[str] = []
    for path in paths:
        if path.is_dir():
            found = _in_folder(path)
            sources += found.sources
            problems += found.problems
            notes += found.notes
        elif path.is_file():
            sources.append(Source(path, path.name))
        else:
            problems.append(_failed(str(path), "is not there"))
    first: dict[str, Source] = {}
    for source in sources:
        if first.setdefault(source.path, source) is not source:
            problems.append(_failed(source.path, "has the same path as another file given"))
    return Found(tuple(first.values()), tuple(problems), tuple(notes))


def queue_files(tools: Tools, sources: Iterable[Source], given: Metadata) -> Iterator[Row]:
    """Adds each file in a transaction of its own and tells how it went. ``given`` holds for all of
    them, except where the folder's own list says something of a file."""
    for source in sources:
        try:
            yield _queue(tools, source, source.listed.over(given))
        except FileTooLarge as error:
            yield _failed(source.path, f"is too large (at most {error.limit / 1_000_000:g} MB)")
        except MetadataRefused as error:
            yield _failed(source.path, str(error))
        except (OSError, SQLAlchemyError) as error:
            if is_disk_full(error):
                yield _failed(source.path, "was not kept, because the disk is full")
            elif isinstance(error, OSError):
                yield _failed(source.path, f"cannot be opened ({error.strerror or error})")
            else:
                raise


def outcomes(engine: Engine, rows: Sequence[Row]) -> list[Row]:
    """The rows as they stand now that the workers have been at them."""
    with reading(engine) as session:
        found = []
        for row in rows:
            version = session.get(Version, row.version_id) if row.version_id else None
            if version is None:
                found.append(row)
                continue
            job = session.get(IndexJob, row.job_id) if row.job_id else None
            of_version = select(func.count()).where(Passage.version_id == version.id)
            current = replace(
                row,
                title=version.document.title,
                pages=version.page_count,
                passages=session.scalar(of_version) or 0,
                warnings=tuple(version.warnings),
            )
            found.append(_judged(current, version, job))
    return found


def ended(engine: Engine, rows: Sequence[Row]) -> list[Row]:
    """Those of ``rows`` whose jobs are done or given up, as they stand now."""
    jobs = [row.job_id for row in rows if row.job_id]
    with reading(engine) as session:
        finished = select(IndexJob.id).where(
            IndexJob.id.in_(jobs), IndexJob.state.in_((JobState.DONE, JobState.PARKED))
        )
        known = set(session.scalars(finished))
    return outcomes(engine, [row for row in rows if row.job_id in known])


def _judged(row: Row, version: Version, job: IndexJob | None) -> Row:
    if version.state == VersionState.FAILED:
        return replace(row, result=Result.FAILED, problem=version.problem)
    if job is None:
        return row
    if job.state == JobState.PARKED:
        return replace(row, result=Result.FAILED, problem=f"could not be indexed: {job.error}")
    if job.state == JobState.DONE and row.result is Result.QUEUED:
        return replace(row, result=Result.INDEXED)
    return row


def _queue(tools: Tools, source: Source, metadata: Metadata) -> Row:
    try:
        return _add(tools, source, metadata)
    except IntegrityError:
        # Another import added the same path between our look and our insert: now it is there.
        return _add(tools, source, metadata)


def _add(tools: Tools, source: Source, metadata: Metadata) -> Row:
    limit = tools.limits.max_bytes
    with source.file.open("rb") as stream, writing(tools.engine) as session:
        added = add(session, tools.files, stream, metadata, source.path, tools.now(), limit=limit)
        version = added.version
        job = session.scalar(
            select(IndexJob.id)
            .where(IndexJob.version_id == version.id)
            .where(IndexJob.state.not_in((JobState.DONE, JobState.PARKED)))
            .order_by(IndexJob.id.desc())
            .limit(1)
        )
        result = _RESULTS[added.outcome]
        if job is not None and version.state == VersionState.WAITING:
            result = Result.QUEUED
        return Row(
            added.document.path,
            result,
            title=added.document.title,
            version_id=version.id,
            job_id=job,
            size=version.size,
            pages=version.page_count,
        )


_RESULTS = {
    Outcome.NEW: Result.QUEUED,
    Outcome.CHANGED: Result.QUEUED,
    Outcome.METADATA_CHANGED: Result.UPDATED,
    Outcome.UNCHANGED: Result.UNCHANGED,
}


def _in_folder(folder: Path) -> Found:
    listed = lists.read_metadata(folder)
    sources: list[Source] = []
    problems = [_list_problem(p) for p in listed.problems] if listed else []
    notes: list[str] = []
    known = listed.by_path if listed else {}
    met: set[str] = set()
    others: list[str] = []
    for file in _walk(folder):
        relative = file.relative_to(folder).as_posix()
        if relative == lists.NAME:
            continue
        if file.suffix.lower() not in SUFFIXES:
            others += [relative] if relative not in known else []
            continue
        try:
            path = checked_path(relative)
        except MetadataRefused as error:
            problems.append(_failed(relative, str(error)))
            continue
        met.add(path)
        if listed and path not in known and file.parent == folder and file.stem == "README":
            notes.append(f"{path} describes the folder and is left out; list it to import it")
            continue
        sources.append(Source(file, path, known.get(path, Metadata())))
    for path in sorted(known.keys() - met):
        if (folder / path).is_file():
            problems.append(_failed(path, "is of a type that cannot be read"))
            continue
        line = listed.line_of[path] if listed else 0
        problems.append(_list_problem(lists.Problem(line, f"There is no file “{path}”.")))
    notes += _left_out(others)
    return Found(tuple(sources), tuple(problems), tuple(notes))


def _left_out(others: Sequence[str]) -> Iterator[str]:
    """A note for each file of a type that is not read, and how many more there are."""
    for path in others[:MOST_NAMED]:
        kind = storable(PurePath(path).suffix) or "without an ending"
        yield f"{storable(path)} is left out: files {kind} are not of a type that can be read"
    if len(others) > MOST_NAMED:
        yield f"files of other types that are left out as well: {len(others) - MOST_NAMED}"


def _walk(folder: Path) -> Iterator[Path]:
    """The files below ``folder`` that are not hidden, sorted. Links are not followed: they may
    lead out."""
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            file = Path(place) / name
            if not name.startswith(".") and file.is_file() and not file.is_symlink():
                yield file


def _list_problem(problem: lists.Problem) -> Row:
    where = f", line {problem.line}" if problem.line else ""
    return _failed(lists.NAME + where, problem.cause)


def _failed(path: str, problem: str) -> Row:
    return Row(storable(path), Result.FAILED, problem)
