"""HTML: reading order of the markup, without scripts, styles, navigation and controls."""

import re
from typing import BinaryIO

from lxml import etree, html

from indexer.parsers import statements
from indexer.parsers.encoding import decode_markup
from indexer.parsers.eurlex import MAIN_TITLE
from indexer.parsers.html_blocks import BlockReader
from indexer.parsers.html_hidden import LEFT_OUT, remove_hidden
from indexer.parsers.html_notes import NoteLinks
from indexer.parsers.limits import Limits
from indexer.parsers.openings import stated_date, stated_status
from indexer.parsers.parsed import ParsedDocument, UnreadableFile
from indexer.parsers.sniffing import HTML

_DECLARATION = re.compile(r"^\s*<\?xml[^>]{0,200}\?>")
_DATE_NAMES = ("date", "dcterms.date", "dc.date", "dcterms.issued", "article:published_time")


class HtmlParser:
    """Reads web pages and the XHTML of EUR-Lex, in any encoding."""

    media_types: tuple[str, ...] = (HTML,)

    def __init__(self, limits: Limits | None = None) -> None:
        self._limits = limits or Limits()

    def parse(self, stream: BinaryIO) -> ParsedDocument:
        text = decode_markup(self._limits.read(stream)).replace("\x00", " ")
        self._limits.check_characters(len(text))
        root = _tree(text)
        has_hidden = remove_hidden(root)
        page = BlockReader(NoteLinks(root)).read(root).page(1)
        return ParsedDocument(
            pages=(page,),
            has_pages=False,
            title=_title(root),
            language=_language(root),
            date=_date(root) or stated_date(page),
            status=stated_status(page),
            warnings=(LEFT_OUT,) if has_hidden else (),
        )


def _tree(text: str) -> html.HtmlElement:
    """libxml2's forgiving reader: it fetches nothing and expands no entities of its own."""
    parser = html.HTMLParser(no_network=True, remove_comments=True, remove_pis=True)
    try:
        return html.document_fromstring(_DECLARATION.sub("", text.lstrip("\ufeff")), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError) as error:
        raise UnreadableFile("no_text", type(error).__name__) from error


def _title(root: html.HtmlElement) -> str | None:
    stated = statements.title(root.findtext(".//title"))
    if stated:
        return stated
    # The Official Journal states a file name there; its real title stands in the text.
    lines = [
        " ".join(element.text_content().split())
        for element in root.xpath("//p[contains(@class, 'doc-ti')]")[:3]
        if MAIN_TITLE.search(element.get("class", ""))
    ]
    return statements.title(" ".join(lines)) or statements.title(root.findtext(".//h1"))


def _language(root: html.HtmlElement) -> str | None:
    stated = root.get("lang") or root.get("{http://www.w3.org/XML/1998/namespace}lang")
    names = ("content-language", "dc.language", "dcterms.language", "WT.z_usr_lan")
    return statements.language(stated or _meta(root, names))


def _date(root: html.HtmlElement) -> str | None:
    return statements.date(_meta(root, _DATE_NAMES))


def _meta(root: html.HtmlElement, names: tuple[str, ...]) -> str | None:
    wanted = {name.lower() for name in names}
    for element in root.iter("meta"):
        keys = (element.get(key, "").lower() for key in ("name", "property", "http-equiv"))
        if wanted.intersection(keys):
            content: str | None = element.get("content")
            return content
    return None
