"""The words of a text, for mails, excerpts and the index."""

from collections.abc import Iterator, Sequence

from markdown_it.token import Token

from hub.marking.lines import words_of
from hub.marking.quotes import quoted_post


def plain_words(tokens: Sequence[Token]) -> str:
    """A line for each block. What a person said in another post is left out, if anything is left
    then."""
    own = "\n".join(_blocks(tokens, with_quotes=False))
    return own or "\n".join(_blocks(tokens, with_quotes=True))


def cut(words: str, longest: int) -> str:
    """At most so many characters, between words where there is a gap near."""
    if len(words) <= longest:
        return words
    short = words[: max(longest - 1, 0)]
    gap = max(short.rfind(" "), short.rfind("\n"))
    return (short[:gap] if gap > longest // 2 else short).rstrip() + "\u2026"[:longest]


def _blocks(tokens: Sequence[Token], with_quotes: bool) -> Iterator[str]:
    row: list[str] | None = None
    for token in tokens if with_quotes else _outside_quotes(tokens):
        if token.type == "tr_open":
            row = []
        elif token.type == "tr_close" and row is not None:
            yield " \u00b7 ".join(row)
            row = None
        elif words := _words_in(token):
            if row is None:
                yield words
            else:
                row.append(words)


def _words_in(token: Token) -> str:
    if token.type in ("fence", "code_block"):
        return token.content.strip()
    return words_of(token.children or []) if token.type == "inline" else ""


def _outside_quotes(tokens: Sequence[Token]) -> Iterator[Token]:
    depth, leaves_at = 0, -1
    for place, token in enumerate(tokens):
        if token.type == "blockquote_open":
            depth += 1
            line = tokens[place + 2] if place + 2 < len(tokens) else token
            if leaves_at < 0 and line.type == "inline" and quoted_post(line):
                leaves_at = depth
        if leaves_at < 0:
            yield token
        if token.type == "blockquote_close":
            leaves_at = -1 if depth == leaves_at else leaves_at
            depth -= 1
