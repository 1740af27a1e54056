"""Says where the index, the stored files and the database do not agree. Changes nothing.

The database says what there should be. What is on its way, because a job of it is open, is not
counted as a difference.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sqlalchemy import Engine, func, select, text
from sqlalchemy.orm import Session

from indexer.vectors import load_vectors, searchable
from knowledge.errors import IndexDamaged
from knowledge.files import FileStore
from knowledge.models import (
    Document,
    IndexJob,
    JobState,
    PageRow,
    Passage,
    Version,
    VersionState,
)
from knowledge.orm import reading
from knowledge.protocols import Generation, PassageIndex, Terms, Vectors

OPEN = (JobState.WAITING, JobState.PARSED, JobState.LEASED, JobState.EMBEDDED)
SAMPLE = 200  # passages whose vectors are asked for in the index itself
ALIKE = 0.99  # of a passage with itself, also where an index keeps vectors less exactly
FEW = 5


@dataclass(frozen=True, slots=True)
class Difference:
    """``what`` is database, document, original, index or leftover; ``problem`` is a sentence."""

    what: str
    problem: str


def differences(engine: Engine, files: FileStore, index: PassageIndex) -> list[Difference]:
    """Every difference, the most serious first. Reads each original once."""
    with reading(engine) as session:
        found = [
            *(Difference("database", problem) for problem in _database(session)),
            *(Difference("document", problem) for problem in _documents(session)),
            *(Difference("original", problem) for problem in _originals(session, files)),
            *(Difference("index", problem) for problem in _index(session, index)),
        ]
    left = [*files.leftovers(), *index.leftovers()]
    return found + [Difference("leftover", f"{path} is not needed") for path in left]


def _database(session: Session) -> Iterator[str]:
    if session.get_bind().dialect.name != "sqlite":
        return
    told = session.scalars(text("PRAGMA integrity_check(10)")).all()
    yield from (line for line in told if line != "ok")
    for table, row, other, _ in session.execute(text("PRAGMA foreign_key_check")):
        yield f"row {row} of {table} refers to a row of {other} that is gone"


def _documents(session: Session) -> Iterator[str]:
    open_jobs = select(IndexJob.version_id).where(IndexJob.state.in_(OPEN))
    lost = select(Version).where(
        Version.state == VersionState.WAITING, Version.id.not_in(open_jobs.scalar_subquery())
    )
    for version in session.scalars(lost):
        yield f"{_named(version)} waits, but no job will index it"
    current = select(Version).join(Document, Document.current_version_id == Version.id)
    for version in session.scalars(current.order_by(Version.id)):
        if problem := _problem_of(session, version):
            yield f"{_named(version)} {problem}"


def _problem_of(session: Session, version: Version) -> str:
    if version.state != VersionState.READY and not _has_open_job(session, version):
        return f"is shown although it is {version.state}"
    pages = select(func.count(), func.coalesce(func.sum(func.length(PageRow.text)), 0))
    count, length = session.execute(pages.where(PageRow.version_id == version.id)).one()
    if count != version.page_count:
        return f"has {count} of its {version.page_count} pages"
    last = select(func.max(Passage.end)).where(Passage.version_id == version.id)
    if (session.scalar(last) or 0) > length:
        return "has passages beyond its text"
    return ""


def _has_open_job(session: Session, version: Version) -> bool:
    """Then its text may be shown before its vectors are made."""
    jobs = select(IndexJob.id).where(IndexJob.version_id == version.id, IndexJob.state.in_(OPEN))
    return session.scalar(jobs.limit(1)) is not None


def _originals(session: Session, files: FileStore) -> Iterator[str]:
    versions = select(func.min(Version.id)).group_by(Version.sha256)
    for version in session.scalars(select(Version).where(Version.id.in_(versions))):
        if problem := files.problem_of(version.sha256):
            yield f"{_named(version)}: {problem}"


def _index(session: Session, index: PassageIndex) -> Iterator[str]:
    try:
        held = {audience: index.ids(audience) for audience in index.audiences()}
        generation = index.generation()
    except IndexDamaged as damage:
        yield f"{damage} The worker builds it again."
        return
    wanted = _wanted(session)
    coming = _coming(session)
    for audience in sorted(wanted.keys() | held.keys()):
        want, have = wanted.get(audience, set()), held.get(audience, frozenset())
        if missing := want - have - coming:
            yield f"{len(missing)} passages for {audience} are missing: {few(missing)}"
        if extra := have - want - coming:
            yield f"{len(extra)} passages for {audience} are not to be shown: {few(extra)}"
    yield from _vectors(session, generation, {a: part - coming for a, part in wanted.items()})


def _wanted(session: Session) -> dict[str, set[int]]:
    """By audience: the passages of the versions that readers see."""
    shown = (
        select(Document.audience, Passage.id)
        .join(Document, Document.current_version_id == Passage.version_id)
        .where(Document.withdrawn_at.is_(None))
    )
    wanted: dict[str, set[int]] = {}
    for audience, passage in session.execute(shown):
        wanted.setdefault(audience, set()).add(passage)
    return wanted


def _coming(session: Session) -> set[int]:
    """The passages of documents that have an open job: they may be in either state."""
    documents = select(Version.document_id).join(IndexJob).where(IndexJob.state.in_(OPEN))
    of_these = select(Passage.id).join(Version).where(Version.document_id.in_(documents))
    return set(session.scalars(of_these))


def _vectors(
    session: Session, generation: Generation, wanted: dict[str, set[int]]
) -> Iterator[str]:
    """Passages without a stored vector, and those that are not found by their own."""
    texts = _texts(session, wanted)
    vectors = load_vectors(session, generation.fingerprint, set(texts.values()))
    if bare := [passage for passage, name in texts.items() if name not in vectors]:
        yield f"{len(bare)} passages have no stored vector: {few(bare)}"
    every = sorted(texts)
    asked = every[:: max(1, len(every) // SAMPLE)]
    audience_of = {passage: audience for audience, part in wanted.items() for passage in part}
    strange = [
        passage
        for passage in asked
        if texts[passage] in vectors
        and not is_found(generation, passage, vectors[texts[passage]], audience_of[passage])
    ]
    if strange:
        yield f"{len(strange)} passages are not found by their own text: {few(strange)}"


def _texts(session: Session, wanted: dict[str, set[int]]) -> dict[int, str]:
    """The name of the text of each passage that is shown, made anew from the stored pages."""
    passages = {passage for part in wanted.values() for passage in part}
    versions = select(Document.current_version_id).where(Document.withdrawn_at.is_(None))
    return {
        passage.passage_id: passage.text_hash
        for version in session.scalars(versions.where(Document.current_version_id.is_not(None)))
        for passage in searchable(session, version or 0)
        if passage.passage_id in passages
    }


def is_found(generation: Generation, passage: int, vector: Vectors, audience: str) -> bool:
    """Whether a passage is found by its own vector."""
    found = generation.search(vector, Terms("", ()), frozenset({audience}), 50)
    return any(c.dense > ALIKE for c in found if c.passage_id == passage) or (
        sum(c.dense > ALIKE for c in found) >= 50  # more equal texts than are proposed
    )


def _named(version: Version) -> str:
    return f"{version.document.path} (version {version.number})"


def few(passages: Iterable[int]) -> str:
    """The first of these numbers, for a sentence."""
    some = sorted(passages)
    return ", ".join(map(str, some[:FEW])) + (", …" if len(some) > FEW else "")
