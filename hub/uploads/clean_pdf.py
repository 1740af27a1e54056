"""Writes the pages of a PDF anew, without what is not on the page: python clean_pdf.py IN OUT

A program of its own, like clean_picture.py, with the same answers. PDFium imports the pages into a
new document; so scripts, attached files, actions, outlines, the properties of the document (/Info)
and its XMP stay behind. Fields and comments that show on the page are drawn into it, links become
plain text. What hangs on pages and pictures (actions, XMP, thumbnails, private data of programs) is
cut out of what PDFium wrote, and EXIF in JPEG pictures is set to zeros.

What stays is what the page shows, also where something lies on top of it, and the names of fonts.
"""

import json
import re
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import NoReturn

import pypdfium2
import pypdfium2.raw as pdfium

MOST_PAGES = 2_000
DEEPEST = 60
# What a page keeps. Everything else that may hang on it does not show.
OF_A_PAGE = frozenset(
    (b"Type", b"Parent", b"Resources", b"Contents", b"Group", b"Rotate", b"UserUnit")
) | frozenset((b"MediaBox", b"CropBox", b"BleedBox", b"TrimBox", b"ArtBox"))
# What goes wherever it hangs.
CUT_OUT = frozenset((b"AF", b"LastModified", b"Measure", b"Metadata", b"OPI", b"PieceInfo"))
ACTIVE = frozenset(
    (b"JS", b"JavaScript", b"Launch", b"OpenAction", b"EmbeddedFile", b"EmbeddedFiles", b"XFA")
) | frozenset((b"RichMedia", b"SubmitForm", b"ImportData", b"GoToR", b"GoToE", b"Rendition"))
IN_PICTURES = (
    (b"\xff\xe1", b"Exif\x00\x00"),
    (b"\xff\xe1", b"http://ns.adobe.com/"),
    (b"\xff\xed", b"Photoshop 3.0\x00"),
)
TOKEN = re.compile(
    rb"[\x00\t\n\f\r ]+|%[^\r\n]*|<<|>>|[\[\]]|/[^\x00\t\n\f\r ()<>\[\]{}/%]*"
    rb"|<[^>]*>|\(|[^\x00\t\n\f\r ()<>\[\]{}/%]+|.",
    re.DOTALL,
)
IN_STRING = re.compile(rb"\\.|[()]", re.DOTALL)
LENGTH = re.compile(rb"/Length (\d+)(?! \d+ R)")
STREAM = re.compile(rb"stream\r?\n")


def main(source: Path, target: Path) -> None:
    try:
        content, notes = _cleaned(source.read_bytes())
    except MemoryError:
        _refuse("too costly")
    except pypdfium2.PdfiumError as error:
        _refuse("locked" if "password" in str(error).casefold() else "damaged")
    except (ValueError, RecursionError):
        _refuse("damaged")
    if any(name in ACTIVE for name in _names(content)):
        _refuse("active")
    target.write_bytes(content)
    print(json.dumps({"media_type": "application/pdf", "width": 0, "height": 0, "notes": notes}))


def _cleaned(content: bytes) -> tuple[bytes, list[str]]:
    document = pypdfium2.PdfDocument(content)
    if not 1 <= len(document) <= MOST_PAGES:
        _refuse("too many pages" if len(document) else "damaged")
    has_more = pdfium.FPDFDoc_GetAttachmentCount(document.raw) > 0
    has_scripts = pdfium.FPDFDoc_GetJavaScriptActionCount(document.raw) > 0
    notes = (["attachments"] if has_more else []) + (["scripts"] if has_scripts else [])
    pages = pypdfium2.PdfDocument(_imported(document))
    for number in range(len(pages)):
        _draw_in(pages, number)
    bare = bytearray(_written(pages))
    for start, end in _cuts(bare):
        bare[start:end] = b" " * (end - start)
    return _without_exif(_imported(pypdfium2.PdfDocument(bytes(bare)))), notes


def _imported(document: pypdfium2.PdfDocument) -> bytes:
    """The pages alone, in a new document."""
    new = pypdfium2.PdfDocument.new()
    new.import_pages(document)
    return _written(new)


def _written(document: pypdfium2.PdfDocument) -> bytes:
    out = BytesIO()
    document.save(out)
    return out.getvalue()


def _draw_in(document: pypdfium2.PdfDocument, number: int) -> None:
    """Fields and comments into the page; what does not show goes."""
    page = document[number]
    pdfium.FPDFPage_Flatten(page.raw, pdfium.FLAT_NORMALDISPLAY)
    page.close()
    page = document[number]
    for index in reversed(range(pdfium.FPDFPage_GetAnnotCount(page.raw))):
        pdfium.FPDFPage_RemoveAnnot(page.raw, index)
    page.close()


def _without_exif(content: bytes) -> bytes:
    """Segments of JPEG pictures that hold nothing of the picture, as zeros of the same length."""
    cleaned = bytearray(content)
    for marker, name in IN_PICTURES:
        for found in re.finditer(re.escape(marker) + b"(..)" + re.escape(name), content, re.DOTALL):
            end = found.start() + 2 + int.from_bytes(found[1], "big")
            first = found.start() + 4
            cleaned[first:end] = bytes(len(cleaned[first:end]))
    return bytes(cleaned)


class _Walk:
    """Goes through what PDFium wrote; it writes no object streams, so everything is met."""

    def __init__(self, content: bytes | bytearray) -> None:
        self.content, self.at = bytes(content), 0
        self.cuts: list[tuple[int, int]] = []
        self.names: list[bytes] = []

    def run(self) -> None:
        while (token := self.next()) is not None:
            if token == b"<<":
                start = self.at
                self.dictionary(0)
                self.skip_stream(self.content[start : self.at])

    def next(self) -> bytes | None:
        """The next token that is not space, a string as ``(``; None at the end."""
        while found := TOKEN.match(self.content, self.at):
            self.at = found.end()
            token = found[0]
            if token == b"(":
                self.end_string()
            if not token[:1].isspace() and token[:1] not in (b"\x00", b"%"):
                return token
        return None

    def end_string(self) -> None:
        depth = 1
        while depth:
            found = IN_STRING.search(self.content, self.at)
            if found is None:
                raise ValueError("a string without an end")
            self.at = found.end()
            depth += {b"(": 1, b")": -1}.get(found[0], 0)

    def dictionary(self, depth: int) -> None:
        entries: list[tuple[bytes, int, int]] = []
        is_page = False
        while (key := self.next()) != b">>":
            if key is None or not key.startswith(b"/") or depth > DEEPEST:
                raise ValueError("no dictionary")
            start = self.at - len(key)
            value = self.value(depth)
            is_page = is_page or (key == b"/Type" and value == b"/Page")
            entries.append((_spelled(key), start, self.at))
        for name, start, end in entries:
            if name in CUT_OUT or (is_page and name not in OF_A_PAGE):
                self.cuts.append((start, end))
            else:
                self.names.append(name)

    def value(self, depth: int) -> bytes:
        """Says with what it begins."""
        token = self.next()
        if token == b"<<":
            self.dictionary(depth + 1)
        elif token == b"[":
            self.array(depth + 1)
        elif token is not None and token.startswith(b"/"):
            self.names.append(_spelled(token))
        elif token is not None and token.isdigit():
            self.reference()
        elif token is None:
            raise ValueError("no value")
        return token

    def reference(self) -> None:
        """Of ``12 0 R`` the rest, where it is one."""
        before = self.at
        if not ((generation := self.next()) and generation.isdigit() and self.next() == b"R"):
            self.at = before

    def array(self, depth: int) -> None:
        while True:
            before = self.at
            if self.next() == b"]":
                return
            if depth > DEEPEST or self.at >= len(self.content):
                raise ValueError("no array")
            self.at = before
            self.value(depth)

    def skip_stream(self, dictionary: bytes) -> None:
        found = STREAM.match(self.content, self._past_space())
        if found is None:
            return
        length = LENGTH.search(dictionary)
        self.at = found.end() + (int(length[1]) if length else 0)
        end = self.content.find(b"endstream", self.at)
        if end < 0:
            raise ValueError("a stream without an end")
        self.at = end + len(b"endstream")

    def _past_space(self) -> int:
        at = self.at
        while self.content[at : at + 1].isspace():
            at += 1
        return at


def _spelled(name: bytes) -> bytes:
    """A name without its slash and its escapes."""
    return re.sub(rb"#([0-9A-Fa-f]{2})", lambda found: bytes([int(found[1], 16)]), name[1:])


def _walked(content: bytes | bytearray) -> _Walk:
    walk = _Walk(content)
    walk.run()
    return walk


def _cuts(content: bytearray) -> list[tuple[int, int]]:
    return _walked(content).cuts


def _names(content: bytes) -> Iterator[bytes]:
    yield from _walked(content).names


def _refuse(problem: str) -> NoReturn:
    print(problem)
    sys.exit(3)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
