"""Reading files: any supported format becomes pages of canonical text cut into blocks."""

from indexer.parsers.limits import Limits
from indexer.parsers.parsed import (
    Block,
    BlockKind,
    DocumentParser,
    Page,
    ParsedDocument,
    UnreadableFile,
)
from indexer.parsers.registry import parse, parser_for
from indexer.parsers.sniffing import SUFFIXES, sniff

__all__ = [
    "SUFFIXES",
    "Block",
    "BlockKind",
    "DocumentParser",
    "Limits",
    "Page",
    "ParsedDocument",
    "UnreadableFile",
    "parse",
    "parser_for",
    "sniff",
]
