"""Where lists begin and end among the sentences of a section, so that windows keep them whole."""

from collections.abc import Sequence

from indexer.sentence import Sentence
from knowledge.statements import LONGEST_LIST

# What stands before a list becomes a window of its own from this length on.
SHORTEST_BEFORE = 250


def list_spans(sentences: Sequence[Sentence]) -> list[tuple[int, int]]:
    """(index of the lead-in, index behind its last point) of each list, outer before inner."""
    at = {sentence.start: place for place, sentence in enumerate(sentences)}
    ends: dict[int, int] = {}
    for place, sentence in enumerate(sentences):
        for lead in sentence.leads:
            begin = at.get(lead.start)
            if begin is not None and begin < place == ends.get(begin, begin + 1):
                ends[begin] = place + 1
    return sorted(ends.items(), key=lambda span: (span[0], -span[1]))


def outside_of_lists(
    sentences: Sequence[Sentence], spans: Sequence[tuple[int, int]], first: int, cut: int
) -> int:
    """``cut`` moved before or behind the outermost list that it would cut and that may stay whole.
    The window that ends there begins at ``first``."""
    for begin, end in spans:
        if not first <= begin < cut < end or _length(sentences[begin:end]) > LONGEST_LIST:
            continue
        before = _block_of(sentences, begin, first)
        if before > first and _length(sentences[first:before]) >= SHORTEST_BEFORE:
            return before
        if _length(sentences[first:end]) <= LONGEST_LIST + SHORTEST_BEFORE:
            return end
    return cut


def _block_of(sentences: Sequence[Sentence], place: int, first: int) -> int:
    """Where the block of the sentence at ``place`` begins."""
    while place > first and not sentences[place].opens_block:
        place -= 1
    return place


def _length(sentences: Sequence[Sentence]) -> int:
    return sum(sentence.length for sentence in sentences)
