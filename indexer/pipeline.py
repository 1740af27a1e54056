"""One version of a document: file → pages and passages in the database → vectors.

Parsing and embedding run outside any transaction. Each step first looks whether it is done, so a
job that was cut off anywhere is simply run again:

1. Cut off before the rows: nothing is stored, the file is parsed again.
2. Rows stand, vectors do not: they are not parsed again; the missing texts are embedded, from the
   first batch that was not stored. A long text is left in this state on purpose until all others
   are read, because it is found by its words already.
3. Vectors stand, the job is still leased: all is found done, and the job goes on to publishing.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, exists, func, insert, select
from sqlalchemy.orm import Session

from indexer.chunking import Piece, embedded_text, passage_text, split, text_hash, title_of
from indexer.orders import order_warnings
from indexer.parsers import Limits, ParsedDocument
from indexer.problems import storable
from indexer.reading import FileReader
from indexer.transactions import writing
from indexer.vectors import BATCH, embed_version
from knowledge.boxes import pack
from knowledge.errors import MetadataRefused
from knowledge.files import FileStore
from knowledge.language import language_of
from knowledge.metadata import Metadata, readable_name, status_named
from knowledge.models import Document, PageRow, Passage, Status, Version
from knowledge.orm import reading
from knowledge.protocols import Embedder, PassageIndex

SAMPLE = 20_000


@dataclass(frozen=True)
class Tools:
    """What the indexer works with. ``now`` is the clock, ``community`` the index of what people
    wrote for each other; a worker without it leaves that to others."""

    engine: Engine
    files: FileStore
    index: PassageIndex
    embedder: Embedder
    now: Callable[[], datetime]
    limits: Limits = field(default_factory=Limits)
    reader: FileReader = field(default_factory=FileReader)
    community: PassageIndex | None = None


@dataclass(frozen=True, slots=True)
class Work:
    """What a job is about, as it stood when the job began."""

    version_id: int
    sha256: str
    filename: str
    is_withdrawn: bool
    is_parsed: bool


# Hears (pages done, pages in all) and raises to stop the job.
Progress = Callable[[int, int], None]


def index_version(tools: Tools, version_id: int, progress: Progress) -> bool:
    """Brings a version's rows and vectors into the database; what is there is not made again.

    False where the vectors are left for the next call: the text has just been read, it is the first
    that readers get of the document, and embedding it takes long.

    Raises:
        UnreadableFile: the file will never be readable.
        FileMissing: the original is not on the disk.
    """
    work = _work(tools.engine, version_id)
    if work is None or work.is_withdrawn:
        return True
    if not work.is_parsed:
        _parse_and_write(tools, work, progress)
        if _is_long_and_new(tools.engine, version_id):
            return False
    pages = _page_count(tools.engine, version_id)

    def in_pages(done: int, passages: int) -> None:
        progress(pages * done // max(passages, 1), pages)

    embed_version(tools.engine, tools.embedder, version_id, in_pages)
    return True


def _is_long_and_new(engine: Engine, version_id: int) -> bool:
    passages = select(func.count()).where(Passage.version_id == version_id)
    with reading(engine) as session:
        document = session.get_one(Version, version_id).document
        return document.current_version_id is None and (session.scalar(passages) or 0) > BATCH


def _work(engine: Engine, version_id: int) -> Work | None:
    with reading(engine) as session:
        version = session.get(Version, version_id)
        if version is None:
            return None
        withdrawn = version.document.withdrawn_at is not None
        parsed = _has_pages(session, version_id)
        return Work(version_id, version.sha256, version.filename, withdrawn, parsed)


def _page_count(engine: Engine, version_id: int) -> int:
    with reading(engine) as session:
        return session.get_one(Version, version_id).page_count


def _parse_and_write(tools: Tools, work: Work, progress: Progress) -> None:
    tools.files.open(work.sha256).close()  # says where the original is missing
    path = tools.files.path(work.sha256)
    media_type, parsed = tools.reader.read(path, work.filename, tools.limits, progress)
    progress(0, len(parsed.pages))
    with reading(tools.engine) as session:
        document = session.get_one(Version, work.version_id).document
        language = document.language or _language(parsed)
    pieces = split(parsed, language)
    boxes = [pack(page.boxes) for page in parsed.pages]
    with writing(tools.engine) as session:
        version = session.get_one(Version, work.version_id, with_for_update=True)
        if _has_pages(session, version.id):
            return
        _describe(version, media_type, parsed, language)
        session.flush()
        session.execute(insert(PageRow), _page_rows(version.id, parsed, boxes))
        if pieces:
            session.execute(insert(Passage), _passage_rows(version, parsed, pieces, language))


def _has_pages(session: Session, version_id: int) -> bool:
    return bool(session.scalar(select(exists().where(PageRow.version_id == version_id))))


def _describe(version: Version, media_type: str, parsed: ParsedDocument, language: str) -> None:
    """Writes what the file says of itself, where nobody has said otherwise."""
    version.media_type = media_type[:100]
    document = version.document
    orders = order_warnings(parsed, language, document.path)
    version.warnings = [storable(warning) for warning in (*parsed.warnings, *orders)]
    version.has_pages, version.page_count = parsed.has_pages, len(parsed.pages)
    if document.title == readable_name(document.path):
        _set(document, "title", title_of(parsed)[:1000])
    if not document.language:
        _set(document, "language", language)
    if not document.date:
        _set(document, "date", parsed.date or "")
    if document.status == Status.NOT_STATED:
        _set(document, "status", parsed.status or "")


def _set(document: Document, name: str, value: str) -> None:
    """Keeps a file's own statement, if it is one that could have been made by hand."""
    try:
        if value:
            stated = status_named(value) if name == "status" else value
            Metadata(**{name: stated}).apply(document)  # type: ignore[arg-type]
    except MetadataRefused:
        return


def _language(parsed: ParsedDocument) -> str:
    stated = (parsed.language or "").replace("_", "-").split("-")[0].lower()
    if stated.isascii() and stated.isalpha() and len(stated) == 2:
        return stated
    words = ""
    for page in parsed.pages:
        words += page.text
        if len(words) >= SAMPLE:
            break
    middle = len(words) // 2
    return language_of(words[middle : middle + SAMPLE // 4] or words)


def _page_rows(
    version_id: int, parsed: ParsedDocument, boxes: list[bytes | None]
) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    start = 0
    for page, packed in zip(parsed.pages, boxes, strict=True):
        rows.append(
            {
                "version_id": version_id,
                "number": page.number,
                "label": storable(page.label)[:40] if page.label else None,
                "start": start,
                "text": storable(page.text),
                "width": page.width,
                "height": page.height,
                "blocks": [
                    [b.start, b.end, str(b.kind), b.level, b.continues, b.sign] for b in page.blocks
                ],
                "notes": [[note.position, note.sign] for note in page.notes],
                "is_recognised": page.is_recognised,
                "boxes": packed,
            }
        )
        start += len(page.text)
    return rows


def _passage_rows(
    version: Version, parsed: ParsedDocument, pieces: list[Piece], language: str
) -> list[dict[str, Any]]:
    text = storable("".join(page.text for page in parsed.pages))
    rows: list[dict[str, Any]] = []
    for ordinal, piece in enumerate(pieces):
        section = [storable(heading) for heading in piece.section]
        words = passage_text(text, piece.sentences)
        rows.append(
            {
                "version_id": version.id,
                "ordinal": ordinal,
                "start": piece.start,
                "end": piece.end,
                "section": section,
                "sentences": [list(span) for span in piece.sentences],
                "places": [list(map(storable, place)) for place in piece.places],
                "definitions": [[place, storable(term)] for place, term in piece.definitions],
                "language": language,
                "text_hash": text_hash(embedded_text(version.document.title, section, words)),
            }
        )
    return rows
