"""The one way into the parsers: any file in, a parsed document or a stated cause out."""

from collections.abc import Callable
from typing import BinaryIO

from indexer.parsers import sniffing
from indexer.parsers.limits import Limits
from indexer.parsers.parsed import DocumentParser, ParsedDocument, UnreadableFile


def parse(stream: BinaryIO, name: str, limits: Limits | None = None) -> tuple[str, ParsedDocument]:
    """(media type, document) of ``stream``, whatever its name says.

    Raises UnreadableFile, and nothing else, for everything that cannot be read.
    """
    try:
        return _parse(stream, name, limits or Limits())
    except UnreadableFile:
        raise
    except MemoryError as error:
        raise UnreadableFile("too_much_memory") from error
    except Exception as error:  # libraries fail in every way on hostile files
        raise UnreadableFile("damaged", type(error).__name__) from error


def _parse(stream: BinaryIO, name: str, limits: Limits) -> tuple[str, ParsedDocument]:
    stream.seek(0)
    content = limits.read(stream)
    media_type = sniffing.sniff(sniffing.in_memory(content), name)
    if sniffing.is_encrypted_office(content):
        raise UnreadableFile("encrypted", "an Office file with a password")
    sniffing.check_claim(name, media_type)
    document = parser_for(media_type, limits).parse(sniffing.in_memory(content))
    limits.check_characters(sum(len(page.text) for page in document.pages))
    if not any(page.text.strip() for page in document.pages):
        raise UnreadableFile("no_text", "the file holds no text")
    return media_type, document


def parser_for(media_type: str, limits: Limits) -> DocumentParser:
    """The parser of ``media_type``. Raises UnreadableFile("unknown_type") where there is none."""
    try:
        load = _LOADERS[media_type]
    except KeyError:
        raise UnreadableFile("unknown_type", sniffing.NAMES.get(media_type, media_type)) from None
    return load(limits)


def _pdf(limits: Limits) -> DocumentParser:
    from indexer.parsers.pdf import PdfParser

    return PdfParser(limits)


def _html(limits: Limits) -> DocumentParser:
    from indexer.parsers.html import HtmlParser

    return HtmlParser(limits)


def _docx(limits: Limits) -> DocumentParser:
    from indexer.parsers.docx import DocxParser

    return DocxParser(limits)


def _odf(limits: Limits) -> DocumentParser:
    from indexer.parsers.odf import OdfParser

    return OdfParser(limits)


def _pptx(limits: Limits) -> DocumentParser:
    from indexer.parsers.pptx import PptxParser

    return PptxParser(limits)


def _xlsx(limits: Limits) -> DocumentParser:
    from indexer.parsers.xlsx import XlsxParser

    return XlsxParser(limits)


def _csv(limits: Limits) -> DocumentParser:
    from indexer.parsers.csv_table import CsvParser

    return CsvParser(limits)


def _xml(limits: Limits) -> DocumentParser:
    from indexer.parsers.xml_text import XmlParser

    return XmlParser(limits)


def _email(limits: Limits) -> DocumentParser:
    from indexer.parsers.email_message import EmailParser

    return EmailParser(limits)


def _epub(limits: Limits) -> DocumentParser:
    from indexer.parsers.epub import EpubParser

    return EpubParser(limits)


def _markdown(limits: Limits) -> DocumentParser:
    from indexer.parsers.markdown import MarkdownParser

    return MarkdownParser(limits)


def _text(limits: Limits) -> DocumentParser:
    from indexer.parsers.text import TextParser

    return TextParser(limits)


# Loaded when first wanted: a worker that meets only PDFs never pays for the others.
_LOADERS: dict[str, Callable[[Limits], DocumentParser]] = {
    sniffing.PDF: _pdf,
    sniffing.HTML: _html,
    sniffing.DOCX: _docx,
    sniffing.PPTX: _pptx,
    sniffing.XLSX: _xlsx,
    sniffing.ODT: _odf,
    sniffing.ODP: _odf,
    sniffing.ODS: _odf,
    sniffing.EPUB: _epub,
    sniffing.EMAIL: _email,
    sniffing.XML: _xml,
    sniffing.CSV: _csv,
    sniffing.MARKDOWN: _markdown,
    sniffing.TEXT: _text,
}
