"""Quotes of documents as Markdown, for a post that a person then finishes and sends."""

import re
from collections.abc import Iterable, Sequence

from flask_babel import gettext

from hub.assistant import wording
from hub.assistant.presentation import recorded_citation
from hub.dates import spelled_date
from hub.library.links import citation_url
from knowledge.access import told
from knowledge.answers import Citation

_SIGNS = re.compile(r"([\\`*_\[\]<>#|~&!$@{}])")
_BEGINS_LIST = re.compile(r"^(\d{1,9})([.)])|^([-+=])")


def as_markdown(words: str) -> str:
    """Words in one line that Markdown shows as they are, letter for letter."""
    line = _SIGNS.sub(r"\\\1", " ".join(words.split()))
    return _BEGINS_LIST.sub(lambda m: f"{m[1]}\\{m[2]}" if m[1] else f"\\{m[3]}", line)


def answer_as_markdown(
    statements: Sequence[dict[str, object]], citations: Iterable[dict[str, object]]
) -> str:
    """The statements of a recorded answer, each with its source; below each the link alone, which
    unfolds into a card for who may read the document."""
    known = {citation.n: citation for citation in map(recorded_citation, citations)}
    quotes = [
        _quote(str(statement["text"]), known[int(str(statement["citation"]))])
        for statement in statements
    ]
    lead = gettext("The assistant found this in the library, word for word:")
    return "\n\n".join((lead, *quotes))


def links_as_markdown(citations: Iterable[Citation]) -> str:
    """Links to passages, each alone on its line."""
    return "\n\n".join(map(_link, citations))


def _quote(words: str, citation: Citation) -> str:
    return f"> {as_markdown(words)}\n>\n> — {as_markdown(_source(citation))}\n\n{_link(citation)}"


def _source(citation: Citation) -> str:
    facts = (
        citation.title,
        told(citation.mark),
        wording.status_name(citation.status),
        spelled_date(citation.date),
        wording.page_reference(citation.printed_page or "", str(citation.page or "")),
        " › ".join(citation.section),
    )
    return ", ".join(filter(None, facts))


def _link(citation: Citation) -> str:
    return f"[{as_markdown(citation.title)}]({citation_url(citation)})"
