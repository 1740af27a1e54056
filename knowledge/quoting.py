"""Lets no quote out that is not on the stored page, or that the reader may not see."""

import logging
from collections.abc import Sequence

from sqlalchemy import Engine

from knowledge.access import Reader
from knowledge.answers import Citation
from knowledge.canonical import Piece, pieces_between
from knowledge.choosing import Choice, older_documents
from knowledge.guard.instructions import addresses_an_assistant
from knowledge.models import Document
from knowledge.orm import reading
from knowledge.reading import readable_versions

log = logging.getLogger(__name__)


def verified_citation(
    engine: Engine, choice: Choice, number: int, reader: Reader, among: Sequence[Choice] = ()
) -> Citation | None:
    """The citation of a sentence, read again from the stored page and compared character by
    character; None, and an error in the log, where the page does not say exactly that.

    None also where the reader, as they are at this moment, may not read the document: it was
    withdrawn or moved, or they lost an audience. ``among`` are the choices of the same answer; a
    newer text makes this one older only if the reader may read it too.
    """
    version = choice.evidence.version
    reader = reader.now()
    with reading(engine) as session:
        pages = pieces_between(session, version.id, choice.start, choice.end)
        # Last: who may read it is to be known as late as possible.
        versions = {version.id, *(other.evidence.version.id for other in among)}
        readable = readable_versions(session, versions, reader)
    document = readable.get(version.id)
    if document is None:
        log.info("quote_closed version=%s", version.id)
        return None
    stored = "".join(page.text for page in pages)
    if not stored or stored != choice.text:
        log.error("quote_mismatch version=%s start=%s end=%s", version.id, choice.start, choice.end)
        return None
    if addresses_an_assistant(stored):  # of a version that was indexed by older rules
        log.warning("order_not_quoted version=%s start=%s", version.id, choice.start)
        return None
    open_choices = [other for other in among if other.evidence.version.id in readable]
    is_older = document.id in older_documents(open_choices)
    return _citation(choice, document, pages, number, is_older)


def _citation(
    choice: Choice, document: Document, pages: Sequence[Piece], number: int, is_older: bool
) -> Citation:
    version, passage = choice.evidence.version, choice.evidence.passage
    return Citation(
        n=number,
        document_id=document.id,
        document=document.path,
        title=document.title,
        type=document.type,
        status=str(document.status),
        date=document.date,
        publisher=document.publisher,
        language=passage.language or document.language,
        version=version.number,
        page=pages[0].number if version.has_pages else None,
        printed_page=pages[0].label if version.has_pages else None,
        section=tuple(passage.section),
        start=choice.start,
        end=choice.end,
        quote="".join(page.text for page in pages),
        place=choice.evidence.place_at(choice.start),
        is_recognised=any(page.is_recognised for page in pages),
        is_older=is_older,
        mark=document.mark,
        audience=document.audience,
    )
