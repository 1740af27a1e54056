"""The media type of a file, told by its content."""

import io
import re
import zipfile
from typing import BinaryIO

from indexer.parsers.encoding import decode
from indexer.parsers.parsed import UnreadableFile

PDF = "application/pdf"
HTML = "text/html"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
MARKDOWN = "text/markdown"
TEXT = "text/plain"

SUFFIXES: dict[str, str] = {
    ".pdf": PDF,
    ".html": HTML,
    ".htm": HTML,
    ".xhtml": HTML,
    ".docx": DOCX,
    ".md": MARKDOWN,
    ".markdown": MARKDOWN,
    ".txt": TEXT,
    ".text": TEXT,
}
NAMES = {PDF: "PDF", HTML: "HTML", DOCX: "DOCX", MARKDOWN: "Markdown", TEXT: "plain text"}
_CLAIMING = (PDF, DOCX)

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
    "ppt/presentation.xml": "application/vnd.openxmlformats-officedocument.presentationml"
    ".presentation",
    "xl/workbook.xml": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "META-INF/container.xml": "application/epub+zip",
}
_MARKUP = re.compile(r"<!doctype\s+html|<html[\s>]|<body[\s>]|<head[\s>]", re.IGNORECASE)
_CONTROL = re.compile(r"[\x01-\x08\x0e-\x1a\x1c-\x1f\x7f]")


def sniff(stream: BinaryIO, name: str) -> str:
    """The media type of ``stream``, which is left at its beginning.

    ``name`` decides only between plain text and Markdown, which look alike.
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
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return DOCX if b"[Content_Types].xml" in head or b"word/" in head else "application/zip"
    for member, kind in _ZIPPED.items():
        if member in members:
            return kind
    return "application/vnd.oasis.opendocument" if "mimetype" in members else "application/zip"


def _text_type(head: bytes, name: str) -> str:
    text = decode(head)
    if _MARKUP.search(text[:4096]):
        return HTML
    if text.lstrip("\ufeff \r\n\t").startswith("<?xml"):
        return "application/xml"
    if len(_CONTROL.findall(text)) > 0.02 * len(text) or text.count("\x00") > 0.3 * len(text):
        return "application/octet-stream"
    return MARKDOWN if SUFFIXES.get(suffix_of(name)) == MARKDOWN else TEXT


def is_encrypted_office(content: bytes) -> bool:
    """Word wraps a file with a password into an OLE container with this stream."""
    return "EncryptedPackage".encode("utf-16-le") in content


def in_memory(content: bytes) -> BinaryIO:
    return io.BytesIO(content)
