"""What a worker would embed again if it were started now."""

from sqlalchemy import Engine, select

from hub.cli.measuring.figures import Figure
from indexer.vectors import known_hashes
from knowledge.models import Document, Passage
from knowledge.orm import reading
from knowledge.protocols import PassageIndex


def measure_restart(engine: Engine, index: PassageIndex) -> list[Figure]:
    """Counts the texts that readers see and that have no stored vector of the serving space."""
    fingerprint = index.generation().fingerprint
    with reading(engine) as session:
        shown = select(Passage.text_hash).join(
            Document, Document.current_version_id == Passage.version_id
        )
        hashes = set(session.scalars(shown.where(Document.withdrawn_at.is_(None))))
        missing = len(hashes) - len(known_hashes(session, fingerprint, hashes))
    return [Figure("restart", "texts embedded again", missing, "texts", 0)]
