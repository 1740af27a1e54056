"""EPUB: the pages of a zipped website in the order of its spine."""

import io
import posixpath
from typing import BinaryIO
from urllib.parse import unquote

from indexer.parsers import statements
from indexer.parsers.canonical import PageBuilder
from indexer.parsers.copying import copy_blocks
from indexer.parsers.html import HtmlParser
from indexer.parsers.limits import Limits
from indexer.parsers.parsed import ParsedDocument, UnreadableFile
from indexer.parsers.sniffing import EPUB
from indexer.parsers.xml_source import Element, Package, attribute, child, children, name_of

_PAGES = ("application/xhtml+xml", "text/html")


class EpubParser:
    """Reads EPUB 2 and 3; the chapters one after the other, as one text."""

    media_types: tuple[str, ...] = (EPUB,)

    def __init__(self, limits: Limits | None = None) -> None:
        self._limits = limits or Limits()

    def parse(self, stream: BinaryIO) -> ParsedDocument:
        package = Package(stream, self._limits)
        part = _package_file(package)
        root = package.root(part)
        if root is None:
            raise UnreadableFile("damaged", "the book's list of contents is missing")
        chapters = _spine(root, posixpath.dirname(part))
        self._limits.check_pages(len(chapters))
        if _is_locked(package, chapters):
            raise UnreadableFile("encrypted", "a book with copy protection")
        page = PageBuilder()
        for chapter in chapters:
            self._add(page, package.content(chapter))
        facts = _facts(root)
        return ParsedDocument(
            pages=(page.page(1),),
            has_pages=False,
            title=statements.title(facts.get("title")),
            language=statements.language(facts.get("language")),
            date=statements.date(facts.get("date")),
        )

    def _add(self, page: PageBuilder, content: bytes | None) -> None:
        """A chapter of pictures alone has no text, and that is no fault of the book."""
        if not content:
            return
        try:
            copy_blocks(HtmlParser(self._limits).parse(io.BytesIO(content)).pages, page)
        except UnreadableFile as error:
            if error.cause != "no_text":
                raise


def _package_file(package: Package) -> str:
    root = package.root("META-INF/container.xml")
    for file in root.iter("{*}rootfile") if root is not None else ():
        return attribute(file, "full-path")
    raise UnreadableFile("damaged", "the book's container is missing")


def _spine(root: Element, folder: str) -> list[str]:
    """The members that hold the chapters, in reading order."""
    manifest, spine = child(root, "manifest"), child(root, "spine")
    if manifest is None or spine is None:
        raise UnreadableFile("damaged", "the book's spine is missing")
    items = {
        item.get("id", ""): posixpath.normpath(
            posixpath.join(folder, unquote(item.get("href", "")))
        )
        for item in children(manifest, "item")
        if item.get("media-type") in _PAGES
    }
    wanted = [item.get("idref", "") for item in children(spine, "itemref")]
    return [items[name] for name in wanted if name in items]


def _is_locked(package: Package, chapters: list[str]) -> bool:
    root = package.root("META-INF/encryption.xml")
    locked = {
        unquote(attribute(each, "URI"))
        for each in (root.iter("{*}CipherReference") if root is not None else ())
    }
    return bool(locked.intersection(chapters))


def _facts(root: Element) -> dict[str, str]:
    stated = child(root, "metadata")
    found: dict[str, str] = {}
    for each in stated if stated is not None else ():
        if name_of(each) in ("title", "language", "date") and each.text:
            found.setdefault(name_of(each), each.text)
    return found
