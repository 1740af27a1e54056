"""E-mails: the subject as heading, who wrote to whom and when, the words; attachments by name."""

import io
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from typing import BinaryIO, cast

from indexer.parsers import statements
from indexer.parsers.canonical import PageBuilder
from indexer.parsers.copying import copy_blocks
from indexer.parsers.html import HtmlParser
from indexer.parsers.limits import Limits
from indexer.parsers.parsed import BlockKind, Page, ParsedDocument, UnreadableFile
from indexer.parsers.sniffing import EMAIL
from indexer.parsers.text import TextParser

_ROWS = ("From", "To", "Cc", "Date")
_DEEPEST = 50
_MOST_ATTACHMENTS = 200
_LOCKED = ("multipart/encrypted", "application/pkcs7-mime", "application/x-pkcs7-mime")


class EmailParser:
    """Reads messages with a plain or an HTML body; attached files are named and never opened."""

    media_types: tuple[str, ...] = (EMAIL,)

    def __init__(self, limits: Limits | None = None) -> None:
        self._limits = limits or Limits()

    def parse(self, stream: BinaryIO) -> ParsedDocument:
        content = self._limits.read(stream)
        try:
            message = message_from_bytes(content, policy=policy.default)
            if message.get_content_type() in _LOCKED:
                raise UnreadableFile("encrypted", "an encrypted message")
            page = self._page(message)
        except RecursionError as error:
            raise UnreadableFile("damaged", "parts within parts without end") from error
        return ParsedDocument(
            pages=(page,),
            has_pages=False,
            title=statements.title(_header(message, "Subject")),
            date=statements.date(_day(message)),
        )

    def _page(self, message: EmailMessage) -> Page:
        page = PageBuilder()
        page.add(BlockKind.HEADING, _header(message, "Subject"), 1)
        for name in _ROWS:
            if value := _header(message, name):
                page.add(BlockKind.ROW, f"{name} | {value}")
        parts = list(_parts(message))
        body = _body([part for part in parts if not _is_attached(part)])
        if body is not None:
            copy_blocks(self._read(body), page, deeper=1)
        for part in [part for part in parts if part is not body][:_MOST_ATTACHMENTS]:
            if name := _name(part):
                page.add(BlockKind.PARAGRAPH, f"Attachment: {name}")
        return page.page(1)

    def _read(self, body: EmailMessage) -> tuple[Page, ...]:
        """The blocks of the body; none where it holds no words."""
        is_html = body.get_content_type() == "text/html"
        parser = HtmlParser(self._limits) if is_html else TextParser(self._limits)
        text = _decoded(body)
        if not text.strip():
            return ()
        try:
            return tuple(parser.parse(io.BytesIO(text.encode("utf-8", "replace"))).pages)
        except UnreadableFile as error:
            if error.cause == "no_text":
                return ()
            raise


def _parts(message: EmailMessage, depth: int = 0) -> Iterator[EmailMessage]:
    """What is no container; a message within the message is not opened."""
    if not message.is_multipart() or message.get_content_maintype() != "multipart":
        yield message
        return
    if depth == _DEEPEST:
        raise UnreadableFile("damaged", "parts within parts without end")
    for part in message.iter_parts():
        yield from _parts(cast(EmailMessage, part), depth + 1)


def _is_attached(part: EmailMessage) -> bool:
    return part.is_attachment() or part.get_content_maintype() != "text"


def _body(parts: list[EmailMessage]) -> EmailMessage | None:
    """The plain text where there is one with words, else the page."""
    for kind in ("text/plain", "text/html"):
        for part in parts:
            if part.get_content_type() == kind and _decoded(part).strip():
                return part
    return next(iter(parts), None)


def _decoded(part: EmailMessage) -> str:
    payload = part.get_payload(decode=True)
    content = payload if isinstance(payload, bytes) else b""
    try:
        return content.decode(part.get_content_charset() or "utf-8")
    except (LookupError, UnicodeDecodeError):
        from indexer.parsers.encoding import decode

        return decode(content)


def _name(part: EmailMessage) -> str:
    """The attached file's name, or what kind of part it is; "" for another form of the body."""
    try:
        name = part.get_filename()
    except (ValueError, TypeError, LookupError):  # badly encoded
        name = None
    if name:
        return str(name)
    return part.get_content_type() if _is_attached(part) else ""


def _header(message: EmailMessage, name: str) -> str:
    try:
        return str(message.get(name, "")).strip()
    except (ValueError, TypeError, LookupError, IndexError):  # headers that the library chokes on
        return ""


def _day(message: EmailMessage) -> str | None:
    try:
        return parsedate_to_datetime(_header(message, "Date")).date().isoformat()
    except (ValueError, TypeError, IndexError):
        return None
