"""Sentences of a document that give orders to a machine: never searched, never quoted, reported."""

from collections.abc import Iterator, Sequence

from indexer.parsers.parsed import ParsedDocument
from indexer.sentence import Span
from indexer.stretches import stretches
from knowledge.guard.instructions import addresses_an_assistant
from knowledge.metadata import NO_TITLE, readable_name
from knowledge.sentences import split_sentences


def without_orders(text: str, spans: Sequence[Span]) -> list[Span]:
    """The spans that address people. What stands beside an order keeps its place in the search."""
    return [span for span in spans if not addresses_an_assistant(text[slice(*span)])]


def order_warnings(document: ParsedDocument, language: str, path: str = "") -> Iterator[str]:
    """What the people who look after the library should know of the document."""
    count = sum(_orders_in(document, language))
    if count:
        yield f"{count} sentence{'s' * (count > 1)} for an AI assistant, not for people: left out"
    if document.title and addresses_an_assistant(document.title):
        yield "a stated title that addresses an AI assistant: not used"
    if readable_name(path) == NO_TITLE:
        yield "a file name that addresses an AI assistant: not used as title"


def _orders_in(document: ParsedDocument, language: str) -> Iterator[bool]:
    text = "".join(page.text for page in document.pages)
    for stretch in stretches(document):
        words = text[stretch.start : stretch.end]
        for start, end in split_sentences(words, language):
            yield addresses_an_assistant(words[start:end])
