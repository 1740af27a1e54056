"""An answer as plain text that keeps its sources: for the terminal, the clipboard and a file."""

from collections.abc import Iterator
from textwrap import fill

from hub.assistant import wording
from hub.assistant.presentation import ShownAnswer, ShownCitation, ShownQuote
from hub.dates import spelled_date
from knowledge.access import told

WIDTH = 100


def answer_text(question: str, shown: ShownAnswer) -> str:
    """The question, the quotes with [n], then line n of the sources. Markdown reads it as well."""
    paragraphs = [question, shown.lead, *map(_quote, shown.quotes)]
    if shown.message:
        paragraphs.append(_wrapped(shown.message))
        paragraphs.extend(f"- {label}" for label, _ in shown.steps)
    paragraphs.append(shown.closed)
    if shown.nearest:
        paragraphs += [f"{wording.nearest_heading()}:", *map(_nearest, shown.nearest)]
    if shown.citations:
        sources = (f"[{citation.number}] {_source(citation)}" for citation in shown.citations)
        paragraphs += [f"{wording.sources()}:", "\n".join(sources)]
    return "\n\n".join(filter(None, paragraphs)) + "\n"


def _quote(quote: ShownQuote) -> str:
    text = _wrapped(f"“{quote.text}” [{quote.citation.number}]", "> ")
    return f"{quote.lead_in}\n\n{text}" if quote.lead_in else text


def _nearest(quote: ShownQuote) -> str:
    return f"{_wrapped(f'“{quote.text}”', '> ')}\n\n  {_source(quote.citation)}"


def _source(citation: ShownCitation) -> str:
    return ", ".join(filter(None, _source_facts(citation))) + f"\n    {citation.url}"


def _source_facts(citation: ShownCitation) -> Iterator[str]:
    yield citation.title
    yield told(citation.mark)
    yield wording.status_name(citation.status)
    yield spelled_date(citation.date)
    yield wording.page_reference(citation.printed_page, citation.pdf_page)
    yield " › ".join(citation.section)
    if citation.is_older:
        yield wording.older()
    if citation.is_recognised:
        yield wording.recognised()


def _wrapped(text: str, indent: str = "") -> str:
    return fill(
        text,
        WIDTH,
        initial_indent=indent,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )
