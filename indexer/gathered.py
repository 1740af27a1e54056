"""How the index of contributions stands, and where it does not agree with the database."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from indexer.posts import searchable_passages
from indexer.status import IndexStatus, index_status
from indexer.vectors import load_vectors
from indexer.verifying import Difference, few, is_found
from knowledge.community_models import Contribution, ContributionPassage
from knowledge.contributions import UNFINISHED, counted
from knowledge.errors import IndexDamaged
from knowledge.orm import reading
from knowledge.protocols import Generation, PassageIndex

SAMPLE = 100


@dataclass(frozen=True, slots=True)
class CommunityStatus:
    """``contributions`` counts by progress."""

    contributions: dict[str, int]
    index: IndexStatus


def community_status(engine: Engine, index: PassageIndex) -> CommunityStatus:
    with reading(engine) as session:
        return CommunityStatus(counted(session), index_status(index))


def community_differences(engine: Engine, index: PassageIndex) -> list[Difference]:
    """As ``verifying.differences`` does for documents. What the worker has not come to yet is no
    difference. Changes nothing."""
    with reading(engine) as session:
        found = [Difference("index", problem) for problem in _index(session, index)]
    left = [Difference("leftover", f"{path} is not needed") for path in index.leftovers()]
    return found + left


def _index(session: Session, index: PassageIndex) -> Iterator[str]:
    try:
        held = {audience: index.ids(audience) for audience in index.audiences()}
        generation = index.generation()
    except IndexDamaged as damage:
        yield f"{damage} The worker builds it again."
        return
    wanted, coming = _wanted(session)
    for audience in sorted(wanted.keys() | held.keys()):
        want, have = wanted.get(audience, set()), held.get(audience, frozenset())
        if missing := want - have - coming:
            yield f"{len(missing)} passages of posts for {audience} are missing: {few(missing)}"
        if extra := have - want - coming:
            yield f"{len(extra)} passages of posts for {audience} are not to be shown: {few(extra)}"
    for audience, ids in wanted.items():
        yield from _vectors(session, generation, sorted(ids - coming), audience)


def _wanted(session: Session) -> tuple[dict[str, set[int]], set[int]]:
    """By audience what is to be found, and the passages that the worker is about to bring."""
    wanted: dict[str, set[int]] = {}
    coming: set[int] = set()
    found = session.execute(
        select(
            ContributionPassage.id,
            Contribution.audience,
            Contribution.progress,
            Contribution.withdrawn_at,
        ).join(Contribution, Contribution.id == ContributionPassage.contribution_id)
    )
    for passage, audience, progress, withdrawn_at in found:
        if progress in UNFINISHED:
            coming.add(passage)
        if withdrawn_at is None:
            wanted.setdefault(audience, set()).add(passage)
    return wanted, coming


def _vectors(
    session: Session, generation: Generation, ids: Sequence[int], audience: str
) -> Iterator[str]:
    """Some of the passages are asked for in the index itself, by their own vectors."""
    passages = searchable_passages(session, ids[:: max(1, len(ids) // SAMPLE)])
    hashes = {passage.text_hash for passage in passages}
    vectors = load_vectors(session, generation.fingerprint, hashes)
    if bare := [p.passage_id for p in passages if p.text_hash not in vectors]:
        yield f"{len(bare)} passages of posts have no stored vector: {few(bare)}"
    strange = [
        passage.passage_id
        for passage in passages
        if passage.text_hash in vectors
        and not is_found(generation, passage.passage_id, vectors[passage.text_hash], audience)
    ]
    if strange:
        yield f"{len(strange)} passages of posts are not found by their own text: {few(strange)}"
