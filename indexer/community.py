"""Brings the index of contributions into line with the database, some hundred posts at once.

The contributions that wait are the queue, and ``turns`` gives it to one worker at a time, so there
is nothing to lease. One pass does, in this order:

1. Up to ``AT_ONCE`` that wait are split, and their passages are written.
2. Their vectors are made and stored; then they are EMBEDDED.
3. Once no more wait, or after a while, the index gets one new generation: it adds what is missing,
   and removes what was withdrawn or is for others now; then they are READY.

Whatever is cut off is done again: 1 finds the same passages, 2 embeds only what has no vector, and
3 compares the whole index with the database. Before 3 a contribution is found by its words alone;
what was withdrawn is found by nobody, because the database is asked after each search.
"""

import logging
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from indexer.posts import Searched, searchable_passages, searched, write_passages
from indexer.transactions import writing
from indexer.turns import publishing_turn
from indexer.vectors import Searchable, embed_missing, load_vectors
from knowledge.community_models import Contribution, ContributionPassage, Progress
from knowledge.contributions import IS_UNFINISHED, has_unfinished
from knowledge.errors import IndexDamaged
from knowledge.orm import reading
from knowledge.protocols import Entry, PartChange, PassageIndex
from knowledge.terms import terms_of

if TYPE_CHECKING:
    from indexer.pipeline import Tools

log = logging.getLogger(__name__)
AT_ONCE = 200
WRITE_EVERY = 5.0
CHECK_EVERY = 60.0
LONGEST_WAIT = 60.0  # seconds in which posts are embedded before the index is written once
LOOKUP = 500


class Gatherer:
    """What a worker does for the contributions, beside its documents."""

    def __init__(self, tools: "Tools", go_on: Callable[[int, int], None]) -> None:
        self.tools, self.go_on = tools, go_on
        self._next_check = 0.0
        self._next_writing = 0.0

    def step(self, *, at_once: bool) -> bool:
        """One pass, where there is something to do; says whether there was. The index is written
        ``at_once`` or when that has been put off long enough."""
        if self.tools.community is None:
            return False
        began = time.monotonic()
        is_time_to_check = began >= self._next_check
        with reading(self.tools.engine) as session:
            if not is_time_to_check and not has_unfinished(session):
                return False
        with publishing_turn(self.tools.engine, "contributions") as has_turn:
            return has_turn and self._pass(self.tools.community, at_once, is_time_to_check)

    def _pass(self, index: PassageIndex, at_once: bool, is_time_to_check: bool) -> bool:
        taken = embed_waiting(self.tools, self.go_on)
        began = time.monotonic()
        is_backlog = taken == AT_ONCE and began < self._next_writing + LONGEST_WAIT
        is_time = (at_once or began >= self._next_writing) and not is_backlog
        if not is_time and not is_time_to_check:
            return bool(taken)
        changed = bring_into_line(self.tools, index, self.go_on)
        ended = time.monotonic()
        # As for documents: what takes longer to write and to compare is written less often.
        self._next_writing = ended + max(WRITE_EVERY, 4 * (ended - began))
        self._next_check = ended + max(CHECK_EVERY, 50 * (ended - began))
        return bool(taken) or changed


def write_anew(tools: "Tools", go_on: Callable[[int, int], None]) -> bool:
    """Embeds what waits and writes the whole index again; False where another process is at it."""
    if tools.community is None:
        return True
    with publishing_turn(tools.engine, "contributions") as has_turn:
        if not has_turn:
            return False
        while embed_waiting(tools, go_on):
            pass
        bring_into_line(tools, tools.community, go_on, anew=True)
        return True


def embed_waiting(tools: "Tools", go_on: Callable[[int, int], None]) -> int:
    """Splits and embeds some of those that wait, the newest last; says how many."""
    with reading(tools.engine) as session:
        waiting = searched(session, AT_ONCE)
    if not waiting:
        return 0
    with writing(tools.engine) as session:
        passages = write_passages(session, waiting)
    embed_missing(tools.engine, tools.embedder, passages, go_on)
    with writing(tools.engine) as session:
        _finish(session, waiting)
    return len(waiting)


def _finish(session: Session, done: Iterable[Searched]) -> None:
    """Those that were changed meanwhile wait again."""
    for one in done:
        session.execute(
            update(Contribution)
            .where(Contribution.id == one.id, Contribution.revision == one.revision)
            .values(progress=Progress.EMBEDDED),
            execution_options={"synchronize_session": False},
        )


def bring_into_line(
    tools: "Tools",
    index: PassageIndex,
    go_on: Callable[[int, int], None] = lambda done, total: None,
    *,
    anew: bool = False,
) -> bool:
    """Makes the index hold what the database says; says whether anything was changed. ``anew``
    writes every passage again. Vectors are made only where the embedder is another one."""
    index.sweep()
    with reading(tools.engine) as session:
        embedded = select(Contribution.id, Contribution.revision)
        embedded = embedded.where(IS_UNFINISHED, _is_embedded())
        seen = session.execute(embedded).all()
        wanted = _wanted(session)
    held, is_damaged = _held(index, tools.embedder.fingerprint)
    changes = _changes(tools, wanted, {} if anew or is_damaged else held, go_on)
    for audience in held if not is_damaged else ():
        gone = held[audience] if anew else held[audience] - wanted.get(audience, frozenset())
        if gone:
            added = changes[audience].add if audience in changes else []
            changes[audience] = PartChange(frozenset(gone), added)
    if is_damaged:
        index.reset()
    if changes or is_damaged:
        generation = index.replace(tools.embedder.spec, tools.embedder.fingerprint, changes)
        log.info("community_generation=%d", generation.number)
    with writing(tools.engine) as session:
        _show(session, [(row.id, row.revision) for row in seen])
    return bool(changes) or is_damaged or bool(seen)


def _is_embedded() -> ColumnElement[bool]:
    return Contribution.progress == Progress.EMBEDDED


def _wanted(session: Session) -> dict[str, frozenset[int]]:
    """By audience: the passages that are to be found. Those whose text waits to be split again are
    found by their old passages until then."""
    found = session.execute(
        select(Contribution.audience, ContributionPassage.id)
        .join(Contribution, Contribution.id == ContributionPassage.contribution_id)
        .where(Contribution.withdrawn_at.is_(None))
    )
    parts: dict[str, set[int]] = defaultdict(set)
    for audience, passage in found:
        parts[audience].add(passage)
    return {audience: frozenset(ids) for audience, ids in parts.items()}


def _held(index: PassageIndex, fingerprint: str) -> tuple[dict[str, frozenset[int]], bool]:
    """What the index has, as far as it can be built upon, and whether it is damaged."""
    try:
        generation = index.generation()
        held = {audience: index.ids(audience) for audience in index.audiences()}
    except IndexDamaged as damage:
        log.warning("The index of contributions is built again from the database. %s", damage)
        return {}, True
    if generation.number and generation.fingerprint != fingerprint:
        return {}, False  # nothing of another space is taken over
    return held, False


def _changes(
    tools: "Tools",
    wanted: Mapping[str, frozenset[int]],
    held: Mapping[str, frozenset[int]],
    go_on: Callable[[int, int], None],
) -> dict[str, PartChange]:
    audience_of = {
        passage: audience
        for audience, ids in wanted.items()
        for passage in ids - held.get(audience, frozenset())
    }
    with reading(tools.engine) as session:
        passages = stored(session, sorted(audience_of))
    embed_missing(tools.engine, tools.embedder, passages, go_on)
    with reading(tools.engine) as session:
        hashes = {passage.text_hash for passage in passages}
        vectors = load_vectors(session, tools.embedder.fingerprint, hashes)
    entries: dict[str, list[Entry]] = defaultdict(list)
    for passage in passages:
        vector = vectors.get(passage.text_hash)
        if vector is None:  # its words changed meanwhile: the next pass finds it missing
            continue
        stems = terms_of(passage.text, passage.language).stems
        entry = Entry(passage.passage_id, passage.language, stems, vector)
        entries[audience_of[passage.passage_id]].append(entry)
    return {audience: PartChange(frozenset(), added) for audience, added in entries.items()}


def stored(session: Session, ids: Sequence[int]) -> list[Searchable]:
    """These passages with the words that stand for them in the index."""
    found: list[Searchable] = []
    for first in range(0, len(ids), LOOKUP):
        found += searchable_passages(session, ids[first : first + LOOKUP])
    return found


def _show(session: Session, seen: Sequence[tuple[int, int]]) -> None:
    """The index says of these what the database says, unless they were changed meanwhile."""
    by_revision: dict[int, list[int]] = defaultdict(list)
    for number, revision in seen:
        by_revision[revision].append(number)
    for revision, numbers in sorted(by_revision.items()):
        for first in range(0, len(numbers), LOOKUP):
            some = numbers[first : first + LOOKUP]
            session.execute(
                update(Contribution)
                .where(Contribution.id.in_(some), Contribution.revision == revision)
                .where(_is_embedded())
                .values(progress=Progress.READY),
                execution_options={"synchronize_session": False},
            )
