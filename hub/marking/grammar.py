"""What is read as markup: CommonMark with tables, struck words, footnotes and bare addresses."""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.ruler import RuleOptionsType
from markdown_it.rules_block import StateBlock
from markdown_it.rules_block.fence import fence
from markdown_it.rules_block.table import table
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from mdit_py_plugins.footnote import footnote_plugin
from mdit_py_plugins.footnote.index import footnote_def, footnote_ref

from hub.marking.addresses import is_kept

LONGEST = 32_000
# Measured: a text at these bounds takes less than 100 ms (tests/hub/test_markup.py).
MOST_LINES = 2_500
MOST_BLOCKS = 1_000
MOST_STEPS = 5_000
MOST_CELLS = 2_000
MOST_SIGNS = 3_000
DEEPEST = 20
LONGEST_LABEL = 60
_BLOCKS = re.compile(r"^[ \t>]*(?:[-+*>#=|]|[0-9]+[.)]|\[|\n)", re.M)
_SIGNS = re.compile(r"[]!#$%&*+\-:<=>@[\\^_`{}~]")
# Taking an address to pieces takes as long as many other signs.
_ADDRESSES = re.compile(r"\]\([^\s()]*|\]: *\S*|<\w+:[^\s<>]*|://")
SIGNS_OF_AN_ADDRESS = 8
SIGNS_OF_A_SEARCH = 300
_BARE = re.compile(r"://[^\s<>\"'`\\\[\]|]{1,2000}")
# The line under the head of a table.
_RULER = re.compile(r"[-:|][-:|\s]+")
_HOST = re.compile(r"://[\w.-]{1,253}(?::[0-9]{1,5})?(?=[/?#]|$)")
_SCHEME = re.compile(r"(?:^|[^A-Za-z0-9.+-])(https?)$", re.I)
# Nobody may turn the writing around or hide what cannot be seen; line separators are lines.
_UNREADABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_LINES = re.compile("\r\n?|[\u2028\u2029]")


class Tangled(Exception):
    """The text holds more markup than anybody reads; it is shown as it was typed."""


def without_unreadable(text: str) -> str:
    return _UNREADABLE.sub("", text)


@lru_cache(maxsize=16)
def parsed(text: str) -> Sequence[Token]:
    """The tokens, which nobody may change: they are kept for whoever asks next.

    Raises: Tangled.
    """
    readable = without_unreadable(_LINES.sub("\n", text))
    if len(readable) > LONGEST or readable.count("\n") > MOST_LINES:
        raise Tangled
    if len(_BLOCKS.findall(readable)) > MOST_BLOCKS:
        raise Tangled
    return _GRAMMAR.parse(readable)


class _Grammar(MarkdownIt):
    def validateLink(self, url: str) -> bool:
        return is_kept(url)


def _bounded(state: StateCore) -> None:
    """Before the time that is spent inside of lines."""
    signs = sum(_signs_in(token.content) for token in state.tokens if token.type == "inline")
    if signs > MOST_SIGNS or any(token.level >= DEEPEST - 2 for token in state.tokens):
        raise Tangled


def _counted_fence(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Asked of every line as often as it is looked at, which quotes in lists make very often."""
    state.env["steps"] = state.env.get("steps", 0) + 1
    if state.env["steps"] > MOST_STEPS:
        raise Tangled
    return fence(state, start, end, silent)


def _signs_in(line: str) -> int:
    """With what else takes time: the end of a bracket is looked for through all of the line."""
    signs, brackets = len(_SIGNS.findall(line)), line.count("[")
    addresses = SIGNS_OF_AN_ADDRESS * len(_ADDRESSES.findall(line))
    return signs + addresses + brackets * (1 + signs // SIGNS_OF_A_SEARCH)


def _table(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """A table as long as it can be read: rows that lack cells are filled up, so that a short text
    could make a very large one."""
    if start + 1 >= end or "|" not in state.src[state.bMarks[start] : state.eMarks[start]]:
        return False
    first, ruler_end = state.bMarks[start + 1], state.eMarks[start + 1]
    ruler = state.src[first + state.tShift[start + 1] : ruler_end]
    if not _RULER.fullmatch(ruler):
        return False
    rows = state.src.count("\n", first, state.src.find("\n\n", first) + 1 or None)
    if (ruler.strip("| \t").count("|") + 1) * rows > MOST_CELLS:
        return False
    return table(state, start, end, silent)


def _footnote(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Not inside a quote, a list or another footnote, where its words would be lost."""
    return state.level == 0 and footnote_def(state, start, end, silent)


def _footnote_mark(state: StateInline, silent: bool) -> bool:
    """Looks no further than a label is long."""
    start = state.pos
    if not state.src.startswith("[^", start):
        return False
    if state.src.find("]", start, min(start + LONGEST_LABEL, state.posMax)) < 0:
        return False
    return footnote_ref(state, silent)


def _bare_address(state: StateInline, silent: bool) -> bool:
    """https://example.org as people paste it, without the full stop after it."""
    if state.linkLevel or not state.src.startswith("://", state.pos):
        return False
    scheme = _SCHEME.search(state.pending[-10:])
    found = _BARE.match(state.src, state.pos, state.posMax)
    rest = _without_end(found[0]) if found else ""
    if not scheme or not _HOST.match(rest):
        return False
    address = state.md.normalizeLink(scheme[1].lower() + rest)
    if not is_kept(address):
        return False
    if not silent:
        state.pending = state.pending[: -len(scheme[1])]
        state.push("link_open", "a", 1).attrs = {"href": address}
        state.push("text", "", 0).content = scheme[1] + rest
        state.push("link_close", "a", -1)
    state.pos += len(rest)
    return True


def _without_end(address: str) -> str:
    """Without the signs of the sentence around it; a closing bracket only where one was opened."""
    while True:
        shorter = address.rstrip("?!.,:;*_~")
        if shorter.endswith(")") and shorter.count("(") < shorter.count(")"):
            shorter = shorter[:-1]
        if shorter == address:
            return address
        address = shorter


def _grammar() -> MarkdownIt:
    options: dict[str, Any] = {"html": False, "maxNesting": DEEPEST}
    grammar = _Grammar("commonmark", options).enable(["table", "strikethrough"])
    # Escaped signs stay apart, so that an escaped @ mentions nobody.
    grammar.disable(["html_block", "html_inline", "text_join"])
    everywhere: RuleOptionsType = {"alt": ["paragraph", "reference", "blockquote", "list"]}
    grammar.block.ruler.at("fence", _counted_fence, everywhere)
    footnote_plugin(grammar, inline=False)
    alternatives: RuleOptionsType = {"alt": ["paragraph", "reference"]}
    grammar.block.ruler.at("table", _table, alternatives)
    grammar.block.ruler.at("footnote_def", _footnote, alternatives)
    grammar.inline.ruler.at("footnote_ref", _footnote_mark)
    grammar.inline.ruler.before("escape", "bare_address", _bare_address)
    grammar.core.ruler.after("block", "bounds", _bounded)
    return grammar


_GRAMMAR = _grammar()
