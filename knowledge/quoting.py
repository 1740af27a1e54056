"""Lets no quote out that is not on the stored page."""

import logging

from sqlalchemy import Engine

from knowledge.answers import Citation
from knowledge.canonical import pieces_between
from knowledge.choosing import Choice
from knowledge.guard.instructions import addresses_an_assistant
from knowledge.orm import reading

log = logging.getLogger(__name__)


def verified_citation(
    engine: Engine, choice: Choice, number: int, *, is_older: bool = False
) -> Citation | None:
    """The citation of a sentence, read again from the stored page and compared character by
    character; None, and an error in the log, where the page does not say exactly that."""
    version, document = choice.evidence.version, choice.evidence.document
    with reading(engine) as session:
        pages = pieces_between(session, version.id, choice.start, choice.end)
    stored = "".join(page.text for page in pages)
    if not stored or stored != choice.text:
        log.error("quote_mismatch version=%s start=%s end=%s", version.id, choice.start, choice.end)
        return None
    if addresses_an_assistant(stored):  # of a version that was indexed by older rules
        log.warning("order_not_quoted version=%s start=%s", version.id, choice.start)
        return None
    return Citation(
        n=number,
        document_id=document.id,
        document=document.path,
        title=document.title,
        type=document.type,
        status=str(document.status),
        date=document.date,
        publisher=document.publisher,
        language=choice.evidence.passage.language or document.language,
        version=version.number,
        page=pages[0].number if version.has_pages else None,
        printed_page=pages[0].label if version.has_pages else None,
        section=tuple(choice.evidence.passage.section),
        start=choice.start,
        end=choice.end,
        quote=stored,
        place=choice.evidence.place_at(choice.start),
        is_recognised=any(page.is_recognised for page in pages),
        is_older=is_older,
    )
