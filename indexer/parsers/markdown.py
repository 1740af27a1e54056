"""Markdown: blocks from the parsed tokens, so that no markup reaches the text."""

import re
from collections.abc import Sequence
from typing import BinaryIO

from markdown_it import MarkdownIt
from markdown_it.token import Token

from indexer.parsers import statements
from indexer.parsers.canonical import PageBuilder
from indexer.parsers.encoding import decode
from indexer.parsers.limits import Limits
from indexer.parsers.markdown_notes import part_footnotes, without_references
from indexer.parsers.markers import starts_item
from indexer.parsers.mending import Draft, mended
from indexer.parsers.openings import stated_date, stated_status
from indexer.parsers.parsed import BlockKind, Page, ParsedDocument
from indexer.parsers.sniffing import MARKDOWN

_FRONT_MATTER = re.compile(r"\A---[ \t]*\n(.{0,10000}?)\n(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_FIELD = re.compile(r"^(title|language|lang|date)\s*:\s*(.+?)\s*$", re.IGNORECASE | re.MULTILINE)
_TAG = re.compile(r"<[^<>]{0,2000}>")
CELL_BREAK = " | "


class MarkdownParser:
    """Reads CommonMark with tables; front matter may state title, language and date."""

    media_types: tuple[str, ...] = (MARKDOWN,)

    def __init__(self, limits: Limits | None = None) -> None:
        self._limits = limits or Limits()

    def parse(self, stream: BinaryIO) -> ParsedDocument:
        text = decode(self._limits.read(stream)).replace("\r\n", "\n").replace("\x00", " ")
        self._limits.check_characters(len(text))
        fields, body = _front_matter(text)
        page = _page(body)
        return ParsedDocument(
            pages=(page,),
            has_pages=False,
            title=statements.title(fields.get("title")),
            language=statements.language(fields.get("language") or fields.get("lang")),
            date=statements.date(fields.get("date")) or stated_date(page),
            status=stated_status(page),
        )


def _front_matter(text: str) -> tuple[dict[str, str], str]:
    match = _FRONT_MATTER.match(text.lstrip("\ufeff"))
    if not match:
        return {}, text
    fields = {key.lower(): value.strip("\"'") for key, value in _FIELD.findall(match.group(1))}
    return fields, text.lstrip("\ufeff")[match.end() :]


def plain(tokens: Sequence[Token] | None) -> str:
    """The words of inline ``tokens``: link texts and picture descriptions, no marks."""
    parts = []
    for token in tokens or ():
        if token.type in ("text", "code_inline"):
            parts.append(token.content)
        elif token.type in ("softbreak", "hardbreak"):
            parts.append(" ")
        elif token.type == "image":
            parts.append(plain(token.children))
    return "".join(parts)


def _page(source: str) -> Page:
    body, notes = part_footnotes(source)
    reader = MarkdownIt("commonmark", {"maxNesting": 30}).enable("table")
    drafts = mended(_Reader(notes).read(reader.parse(body)))
    builder = PageBuilder()
    for draft in drafts:
        builder.add(draft.kind, draft.text, draft.level, sign=draft.sign, notes=draft.notes)
    for label, words in notes.items():
        text = " ".join(plain(token.children) for token in reader.parseInline(words))
        builder.add(BlockKind.FOOTNOTE, f"{label} {text}", sign=label)
    return builder.page(1)


class _Reader:
    def __init__(self, notes: dict[str, str]) -> None:
        self._notes = notes
        self._drafts: list[Draft] = []
        self._marker: str | None = None
        self._cells: list[str] = []
        self._heading = 0
        self._in_table = self._in_head = False

    def read(self, tokens: Sequence[Token]) -> list[Draft]:
        for token in tokens:
            self._take(token)
        return self._drafts

    def _take(self, token: Token) -> None:
        match token.type:
            case "heading_open":
                self._heading = int(token.tag[1:])
            case "heading_close":
                self._heading = 0
            case "list_item_open":
                self._marker = f"{token.info}{token.markup} " if token.info else ""
            case "list_item_close":
                self._marker = None
            case "table_open" | "table_close":
                self._in_table = token.type == "table_open"
            case "thead_open" | "thead_close":
                self._in_head = token.type == "thead_open"
            case "tr_close":
                kind = BlockKind.HEADER if self._in_head else BlockKind.ROW
                self._add(kind, CELL_BREAK.join(self._cells))
                self._cells = []
            case "inline":
                self._words(plain(token.children))
            case "fence" | "code_block":
                self._drafts.append(Draft(BlockKind.PARAGRAPH, token.content))
            case "html_block":
                self._add(BlockKind.PARAGRAPH, _TAG.sub(" ", token.content))

    def _words(self, text: str) -> None:
        if self._in_table:
            self._cells.append(text)
        elif self._heading:
            self._add(BlockKind.HEADING, text, self._heading)
        elif self._marker is not None:
            self._add(BlockKind.ITEM, self._marker + text)
            # Further paragraphs of the same point are not points of their own.
            self._marker = None
        else:
            kind = BlockKind.ITEM if starts_item(text) else BlockKind.PARAGRAPH
            self._add(kind, text)

    def _add(self, kind: BlockKind, text: str, level: int = 0) -> None:
        words, notes = without_references(text, self._notes)
        if words.strip():
            self._drafts.append(Draft(kind, words.strip(), level, notes=notes))
