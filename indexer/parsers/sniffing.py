"""The media type of a file, told by its content."""

import io
import re
import zipfile
from typing import BinaryIO

from indexer.parsers.encoding import decode
from indexer.parsers.parsed import UnreadableFile

_OFFICE = "application/vnd.openxmlformats-officedocument."
_ODF = "application/vnd.oasis.opendocument."
PDF = "application/pdf"
HTML = "text/html"
DOCX = _OFFICE + "wordprocessingml.document"
PPTX = _OFFICE + "presentationml.presentation"
XLSX = _OFFICE + "spreadsheetml.sheet"
ODT = _ODF + "text"
ODP = _ODF + "presentation"
ODS = _ODF + "spreadsheet"
EPUB = "application/epub+zip"
EMAIL = "message/rfc822"
XML = "application/xml"
CSV = "text/csv"
MARKDOWN = "text/markdown"
TEXT = "text/plain"

SUFFIXES: dict[str, str] = {
    ".pdf": PDF,
    ".html": HTML,
    ".htm": HTML,
    ".xhtml": HTML,
    ".docx": DOCX,
    ".pptx": PPTX,
    ".xlsx": XLSX,
    ".odt": ODT,
    ".odp": ODP,
    ".ods": ODS,
    ".epub": EPUB,
    ".eml": EMAIL,
    ".xml": XML,
    ".csv": CSV,
    ".tsv": CSV,
    ".md": MARKDOWN,
    ".markdown": MARKDOWN,
    ".txt": TEXT,
    ".text": TEXT,
}
NAMES = {
    PDF: "PDF",
    HTML: "HTML",
    DOCX: "DOCX",
    PPTX: "PPTX",
    XLSX: "XLSX",
    ODT: "ODT",
    ODP: "ODP",
    ODS: "ODS",
    EPUB: "EPUB",
    EMAIL: "an e-mail",
    XML: "XML",
    CSV: "CSV",
    MARKDOWN: "Markdown",
    TEXT: "plain text",
    "application/rtf": "RTF",
    "application/x-ole-storage": "an Office format from before 2007",
    "application/zip": "a ZIP archive",
    "application/gzip": "a compressed archive",
    "application/x-7z-compressed": "a 7z archive",
    "application/x-executable": "a program",
    "application/postscript": "PostScript",
    "application/octet-stream": "an unknown binary format",
    "image/png": "a PNG picture",
    "image/jpeg": "a JPEG picture",
    "image/gif": "a GIF picture",
    "image/tiff": "a TIFF picture",
    "image/svg+xml": "an SVG picture",
}
_CLAIMING = (PDF, DOCX, PPTX, XLSX, ODT, ODP, ODS, EPUB)

_HEAD = 8192
_SIGNATURES = (
    (b"{\\rtf", "application/rtf"),
    (b"\x89PNG", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF8", "image/gif"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
    (b"\x1f\x8b", "application/gzip"),
    (b"7z\xbc\xaf", "application/x-7z-compressed"),
    (b"\xd0\xcf\x11\xe0", "application/x-ole-storage"),
    (b"\x7fELF", "application/x-executable"),
    (b"%!PS", "application/postscript"),
)
_ZIPPED = {
    "word/document.xml": DOCX,
    "ppt/presentation.xml": PPTX,
    "xl/workbook.xml": XLSX,
    "META-INF/container.xml": EPUB,
}
_IN_MIMETYPE = (ODT, ODP, ODS, EPUB)
# Where the directory of a broken archive is gone, its first bytes still tell what it was.
_TRACES = (
    (b"word/", DOCX), (b"ppt/", PPTX), (b"xl/", XLSX), (b"[Content_Types].xml", DOCX),
    *((kind.encode(), kind) for kind in _IN_MIMETYPE),
)  # fmt: skip
_FIRST_ELEMENT = re.compile(r"<([A-Za-z_][\w.-]*:)?([A-Za-z_][\w.-]*)[\s/>]")
_BESIDE_ELEMENTS = re.compile(r"<!--.*?-->|<\?.*?\?>", re.DOTALL)
_HEADER_LINE = re.compile(r"(?:From |[A-Za-z][A-Za-z0-9-]{1,60}:)")
_MARKUP = re.compile(r"<!doctype\s+html|<html[\s>]|<body[\s>]|<head[\s>]", re.IGNORECASE)
_CONTROL = re.compile(r"[\x01-\x08\x0e-\x1a\x1c-\x1f\x7f]")


def sniff(stream: BinaryIO, name: str) -> str:
    """The media type of ``stream``, which is left at its beginning.

    ``name`` decides only between kinds of text that look alike: plain, Markdown, CSV, an e-mail.
    """
    stream.seek(0)
    head = stream.read(_HEAD)
    kind = _binary_type(head, stream) or _text_type(head, name)
    stream.seek(0)
    return kind


def check_claim(name: str, media_type: str) -> None:
    """Raise UnreadableFile where ``name`` promises a format that the content is not."""
    suffix = suffix_of(name)
    claimed = SUFFIXES.get(suffix)
    if claimed in _CLAIMING and media_type != claimed:
        found = NAMES.get(media_type, media_type)
        raise UnreadableFile("damaged", f"named {suffix} but holds {found}")


def suffix_of(name: str) -> str:
    return "." + name.rsplit(".", 1)[-1].lower() if "." in name else ""


def _binary_type(head: bytes, stream: BinaryIO) -> str | None:
    if b"%PDF-" in head[:1024]:
        return PDF
    if head.startswith(b"PK\x03\x04"):
        return _zip_type(head, stream)
    for signature, kind in _SIGNATURES:
        if head.startswith(signature):
            return kind
    return "application/x-empty" if not head else None


def _zip_type(head: bytes, stream: BinaryIO) -> str:
    """A broken archive that begins like a Word file is one: its parser says it is damaged."""
    stream.seek(0)
    try:
        with zipfile.ZipFile(stream) as archive:
            members = set(archive.namelist())
            stated = _stated_type(archive) if "mimetype" in members else ""
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, RuntimeError):
        return next((kind for trace, kind in _TRACES if trace in head), "application/zip")
    if stated:
        return stated
    return next((kind for member, kind in _ZIPPED.items() if member in members), "application/zip")


def _stated_type(archive: zipfile.ZipFile) -> str:
    """What the member "mimetype" says, where it is a kind that is known; templates are texts."""
    with archive.open("mimetype") as member:
        stated = member.read(200).decode("ascii", "replace").strip().removesuffix("-template")
    return stated if stated in _IN_MIMETYPE else ""


def _text_type(head: bytes, name: str) -> str:
    text, named = decode(head), SUFFIXES.get(suffix_of(name))
    if (markup := _markup_type(text, named)) is not None:
        return markup
    if len(_CONTROL.findall(text)) > 0.02 * len(text) or text.count("\x00") > 0.3 * len(text):
        return "application/octet-stream"
    if named == EMAIL:
        return EMAIL if _HEADER_LINE.match(text.lstrip()) else TEXT
    return named if named in (MARKDOWN, CSV) else TEXT


def _markup_type(text: str, named: str | None) -> str | None:
    """HTML or XML by the first element; None for what is neither, such as Markdown with tags."""
    start = text.lstrip("\ufeff \r\n\t")
    is_xml = start.startswith("<?xml") or (named == XML and start.startswith("<"))
    if is_xml:
        first = _FIRST_ELEMENT.search(_BESIDE_ELEMENTS.sub("", start))
        kind = first.group(2).lower() if first else ""
        return {"html": HTML, "svg": "image/svg+xml"}.get(kind, XML)
    if named in (EMAIL, CSV):
        return None
    return HTML if _MARKUP.search(text[:4096]) else None


def is_encrypted_office(content: bytes) -> bool:
    """Office wraps a file with a password into an OLE container with this stream."""
    return (
        content.startswith(b"\xd0\xcf\x11\xe0")
        and "EncryptedPackage".encode("utf-16-le") in content
    )


def in_memory(content: bytes) -> BinaryIO:
    return io.BytesIO(content)
