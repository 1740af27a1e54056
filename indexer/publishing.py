"""Brings the index into line with the database, and shows readers the versions that are ready.

The database says what should be found: the passages of every document that is not withdrawn, in
its current version or in the one that is about to become current. The index is compared with that
and corrected, never the other way round. One pass does, in this order:

1. The vectors that are still missing are embedded and stored (none, unless the embedder changed).
2. The index gets one new generation. It adds what is missing, and removes what is neither current
   nor about to be.
3. One transaction makes the new versions current, ends their jobs and deletes the passages of the
   versions before.

A long text that is the first of its document is shown before its vectors are made, while its job is
PARSED: the index holds its words, and its vectors from the pass on that ends the job.

A second pass then takes those old passages out of the index. A reader therefore finds the old
version up to the third step and the new one from there on: what the index proposes and the database
does not show is dropped by the search.

Where a crash leaves things, and why the next pass repairs it:

- Before 2: the jobs are still EMBEDDED; nothing is visible; the pass starts again.
- Between 2 and 3: the index proposes passages of versions that are not current; the database drops
  them, and the old version, which is still in the index, answers. The jobs are still EMBEDDED.
- After 3: the index holds ids whose rows are gone; they are dropped at the search and swept by the
  next pass, which every worker makes when it starts.

Another fingerprint than the index's makes every passage missing: step 1 embeds all of them from the
stored passages while the old generation serves, and step 2 flips. A damaged index is forgotten
right before step 2 and written whole from the vectors in the database.
"""

import logging
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

import numpy as np
from sqlalchemy import Engine, Select, or_, select
from sqlalchemy.orm import Session

from indexer.transactions import writing
from indexer.turns import publishing_turn
from indexer.vectors import (
    Progress,
    embed_missing,
    load_vectors,
    searchable,
)
from knowledge.documents import publish_version, show_text
from knowledge.errors import IndexDamaged
from knowledge.models import Document, IndexJob, JobState, Passage, Version, VersionState
from knowledge.orm import reading
from knowledge.protocols import Embedder, Entry, PartChange, PassageIndex
from knowledge.terms import terms_of

log = logging.getLogger(__name__)
MOST_JOBS = 1_000
PASSES = 3
UNFINISHED = (JobState.WAITING, JobState.PARSED, JobState.LEASED)


@dataclass(frozen=True, slots=True)
class _Wish:
    """What the database wants to be found. ``parts`` maps an audience to its passages, and each
    passage to its version; ``fresh`` are versions that are written anew even where they stand.
    ``texts`` are versions that are shown without their vectors from now on, ``unfinished`` those
    whose vectors a job will make."""

    jobs: tuple[int, ...]
    texts: frozenset[int]
    unfinished: frozenset[int]
    fresh: frozenset[int]
    parts: Mapping[str, Mapping[int, int]]


@dataclass(frozen=True, slots=True)
class _Holding:
    """What the index has, as far as it can be built upon."""

    parts: Mapping[str, frozenset[int]] = field(default_factory=dict)
    is_damaged: bool = False
    is_foreign: bool = False


@dataclass(frozen=True, slots=True)
class _Difference:
    remove: frozenset[int]
    add: frozenset[int]


def publish(
    engine: Engine,
    index: PassageIndex,
    embedder: Embedder,
    now: datetime,
    *,
    progress: Progress = lambda done, total: None,
    anew: bool = False,
) -> bool:
    """Publishes what is embedded and corrects the index; says whether anything was changed.

    Does nothing while another process publishes. ``anew`` writes every passage again. ``progress``
    hears (done, all) while vectors are made, and may raise to stop: what is stored stays.
    """
    with publishing_turn(engine) as has_turn:
        if not has_turn:
            return False
        index.sweep()
        passes = 0
        while passes < PASSES and _pass(engine, index, embedder, now, progress, anew):
            passes, anew = passes + 1, False
        return passes > 0


def has_embedded(session: Session) -> bool:
    """Whether a job waits for being published."""
    waiting = select(IndexJob.id).where(IndexJob.state == JobState.EMBEDDED)
    return session.scalar(waiting.limit(1)) is not None


def has_texts(session: Session) -> bool:
    """Whether a text waits for being shown before its vectors are made."""
    return session.scalar(_texts().limit(1)) is not None


def _texts() -> Select[int]:
    """Versions that are read and not embedded, of documents of which readers see nothing yet."""
    return (
        select(Version.id)
        .join(IndexJob, IndexJob.version_id == Version.id)
        .join(Document, Document.id == Version.document_id)
        .where(IndexJob.state == JobState.PARSED, Version.state == VersionState.WAITING)
        .where(Version.page_count > 0)
        .where(Document.current_version_id.is_(None), Document.withdrawn_at.is_(None))
    )


def _pass(
    engine: Engine,
    index: PassageIndex,
    embedder: Embedder,
    now: datetime,
    progress: Progress,
    anew: bool,
) -> bool:
    with reading(engine) as session:
        wish = _wish(session, anew)
    holding = _holding(index, embedder)
    differences = _differences(wish, holding)
    if differences or holding.is_damaged or holding.is_foreign:
        entries = _entries(engine, embedder, wish, differences, progress)
        changes = {
            audience: PartChange(difference.remove, entries[audience])
            for audience, difference in differences.items()
        }
        if holding.is_damaged:
            index.reset()
        generation = index.replace(embedder.spec, embedder.fingerprint, changes)
        log.info("index_generation=%d embedder=%s", generation.number, embedder.fingerprint)
    elif not wish.jobs and not wish.texts:
        return False
    with writing(engine) as session:
        _show(session, wish.jobs, now)
        _show_texts(session, wish.texts)
    return True


def _wish(session: Session, anew: bool) -> _Wish:
    jobs = session.execute(
        select(IndexJob.id, IndexJob.version_id)
        .where(IndexJob.state == JobState.EMBEDDED)
        .order_by(IndexJob.id)
        .limit(MOST_JOBS)
    ).all()
    texts = frozenset(session.scalars(_texts().limit(MOST_JOBS)))
    coming = texts | _coming(session, {version for _, version in jobs if version is not None})
    parts: dict[str, dict[int, int]] = defaultdict(dict)
    found = session.execute(
        select(Document.audience, Passage.id, Passage.version_id)
        .join(Version, Version.id == Passage.version_id)
        .join(Document, Document.id == Version.document_id)
        .where(Document.withdrawn_at.is_(None))
        .where(or_(Document.current_version_id == Version.id, Version.id.in_(coming)))
    )
    for audience, passage, version in found:
        parts[audience][passage] = version
    fresh = {v for part in parts.values() for v in part.values()} if anew else coming
    unfinished = select(IndexJob.version_id).where(IndexJob.state.in_(UNFINISHED))
    return _Wish(
        tuple(job for job, _ in jobs),
        texts,
        frozenset(version for version in session.scalars(unfinished) if version is not None),
        frozenset(fresh),
        parts,
    )


def _coming(session: Session, versions: Iterable[int]) -> set[int]:
    """Those of ``versions`` that may be shown: parsed, and not older than the current one."""
    found = select(Version).where(Version.id.in_(set(versions)), Version.page_count > 0)
    return {version.id for version in session.scalars(found) if _may_be_shown(version)}


def _may_be_shown(version: Version) -> bool:
    current = version.document.current_version
    return current is None or current.number <= version.number


def _holding(index: PassageIndex, embedder: Embedder) -> _Holding:
    try:
        generation = index.generation()
        held = {audience: index.ids(audience) for audience in index.audiences()}
    except IndexDamaged as damage:
        log.warning("The index is damaged and is built again from the database. %s", damage)
        return _Holding(is_damaged=True)
    if generation.number and generation.fingerprint != embedder.fingerprint:
        log.warning(
            "The index was built with %s; it is built again with %s.",
            generation.fingerprint,
            embedder.fingerprint,
        )
        return _Holding(is_foreign=True)
    return _Holding(held)


def _differences(wish: _Wish, holding: _Holding) -> dict[str, _Difference]:
    differences = {}
    for audience in sorted(wish.parts.keys() | holding.parts.keys()):
        wanted = wish.parts.get(audience, {})
        held = holding.parts.get(audience, frozenset())
        again = {passage for passage, version in wanted.items() if version in wish.fresh}
        remove = (held - wanted.keys()) | (held & again)
        add = (wanted.keys() - held) | again
        if remove or add:
            differences[audience] = _Difference(frozenset(remove), frozenset(add))
    return differences


def _entries(
    engine: Engine,
    embedder: Embedder,
    wish: _Wish,
    differences: Mapping[str, _Difference],
    progress: Progress,
) -> dict[str, list[Entry]]:
    """The entries to add, by audience. Vectors that are missing and that no job will make are made
    and stored first."""
    audience_of = {p: audience for audience, d in differences.items() for p in d.add}
    version_of = {p: wish.parts[audience][p] for p, audience in audience_of.items()}
    with reading(engine) as session:
        passages = [
            passage
            for version in sorted(set(version_of.values()))
            for passage in searchable(session, version)
            if passage.passage_id in audience_of
        ]
    finished = [p for p in passages if version_of[p.passage_id] not in wish.unfinished]
    embed_missing(engine, embedder, finished, progress)
    with reading(engine) as session:
        vectors = load_vectors(session, embedder.fingerprint, {p.text_hash for p in passages})
    nothing = np.zeros(embedder.dimension, np.float32)
    entries: dict[str, list[Entry]] = {audience: [] for audience in differences}
    for passage in passages:
        stems = terms_of(passage.text, passage.language).stems
        vector = vectors.get(passage.text_hash, nothing)
        entry = Entry(passage.passage_id, passage.language, stems, vector, passage.names)
        entries[audience_of[passage.passage_id]].append(entry)
    return entries


def _show_texts(session: Session, versions: Iterable[int]) -> None:
    locked = select(Version).where(Version.id.in_(sorted(versions))).with_for_update()
    for version in session.scalars(locked).all():
        show_text(version)


def _show(session: Session, jobs: Iterable[int], now: datetime) -> None:
    """Makes the versions of these jobs current, where they may be, and ends the jobs."""
    ended = select(IndexJob).where(IndexJob.id.in_(list(jobs)), IndexJob.state == JobState.EMBEDDED)
    for job in session.scalars(ended.with_for_update()).all():
        version = job.version
        if version is not None and version.page_count and version.document.withdrawn_at is None:
            publish_version(session, version, now)
        job.state, job.finished_at, job.error = JobState.DONE, now, ""
