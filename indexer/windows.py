"""Groups the sentences of one section into windows that are searched as passages.

A window is a list of whole sentences, nearly always neighbours. The exception: a window that begins
inside a list starts with the lead-in of that list ("The following shall be prohibited:"), because a
point of a list says little without it.
"""

from collections.abc import Sequence

from indexer.lists import list_spans, outside_of_lists
from indexer.sentence import Sentence

LONGEST_WINDOW = 900
SHORTEST_CUT = 500
TAIL = 150
LONGEST_OVERLAP = 250
LONGEST_LEAD_IN = 450


def windows(sentences: Sequence[Sentence]) -> list[tuple[Sentence, ...]]:
    """The windows of one section; each sentence stands in one or more of them, in order."""
    found: list[tuple[Sentence, ...]] = []
    lists = list_spans(sentences)
    first = 0
    while first < len(sentences):
        carried = _carried(sentences, first)
        last = _last_that_fits(sentences, first, LONGEST_WINDOW - _length(carried))
        last = outside_of_lists(sentences, lists, first, last)
        found.append((*carried, *sentences[first:last]))
        first = last
    return found


def _carried(sentences: Sequence[Sentence], first: int) -> tuple[Sentence, ...]:
    """What a window repeats from before ``first``: lead-ins, else a sentence or two."""
    if first == 0:
        return ()
    if leads := sentences[first].leads:
        while leads and _length(leads) > LONGEST_LEAD_IN:
            leads = leads[1:]
        return leads
    repeated: tuple[Sentence, ...] = ()
    for sentence in reversed(sentences[max(first - 2, 0) : first]):
        if _length(repeated) + sentence.length > LONGEST_OVERLAP:
            break
        repeated = (sentence, *repeated)
    return repeated


def _last_that_fits(sentences: Sequence[Sentence], first: int, room: int) -> int:
    """Where the window that begins at ``first`` ends (exclusive); it holds at least one."""
    last, used = first + 1, sentences[first].length
    while last < len(sentences) and used + sentences[last].length < room:
        used += sentences[last].length + 1
        last += 1
    rest = sum(sentence.length for sentence in sentences[last:])
    return len(sentences) if rest < TAIL else _at_a_block(sentences, first, last)


def _at_a_block(sentences: Sequence[Sentence], first: int, last: int) -> int:
    """Moves the end back to the nearest beginning of a block, unless much would be lost."""
    for cut in range(last, first, -1):
        if _length(sentences[first:cut]) < SHORTEST_CUT:
            break
        if sentences[cut].opens_block:
            return cut
    return last


def _length(sentences: Sequence[Sentence]) -> int:
    return sum(sentence.length for sentence in sentences)
