"""Footnotes of Markdown: "[^1]" in the text, "[^1]: …" at the beginning of a line."""

import re

from indexer.parsers.parsed import NoteSign

_LABEL = r"\[\^(?P<label>[^\]\s]{1,20})\]"
_DEFINITION = re.compile(rf" {{0,3}}{_LABEL}:[ \t]*(?P<text>.*)")
_REFERENCE = re.compile(rf"\s?{_LABEL}")
_FENCE = re.compile(r" {0,3}(?:```|~~~)")


def part_footnotes(source: str) -> tuple[str, dict[str, str]]:
    """(the source without its footnotes, the Markdown of each under its label)."""
    body: list[str] = []
    notes: dict[str, str] = {}
    label, is_code = "", False
    for line in source.split("\n"):
        is_code = is_code != bool(_FENCE.match(line))
        match = None if is_code else _DEFINITION.match(line)
        if match:
            label = match.group("label")
            notes.setdefault(label, match.group("text"))
            body.append("")
        elif label and line.startswith(("  ", "\t")) and line.strip():
            notes[label] += " " + line.strip()
        else:
            label = label if not line.strip() else ""
            body.append(line)
    return "\n".join(body), notes


def without_references(text: str, notes: dict[str, str]) -> tuple[str, list[NoteSign]]:
    """The text without its references to these footnotes, and where they stood."""
    kept: list[str] = []
    signs: list[NoteSign] = []
    start = 0
    for match in _REFERENCE.finditer(text):
        if match.group("label") in notes:
            kept.append(text[start : match.start()])
            start = match.end()
            signs.append(NoteSign(sum(map(len, kept)), match.group("label")))
    return "".join([*kept, text[start:]]), signs
