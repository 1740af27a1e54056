"""What of a passage can be quoted by itself: a sentence, or a lead-in together with its list."""

from collections.abc import Iterator, Sequence

from knowledge.evidence import Evidence

SHORTEST = 30
# A list of so many characters, with its lead-in, is not cut: readers want it in one piece.
LONGEST_LIST = 1_500

Stretch = tuple[int, int, str]  # start, end, text: offsets into the canonical text


def quotable(evidence: Evidence) -> list[Stretch]:
    """In order, with the verbatim text. A lead-in ("The three objectives are:") says nothing alone
    and its points little: they are one stretch. A lead-in whose points do not follow is left out.
    """
    sentences = evidence.sentences()
    found: list[Stretch] = []
    for place, sentence in enumerate(sentences):
        if found and sentence[1] <= found[-1][1]:  # a point of the list before
            continue
        found.append(_with_list(evidence, sentences, place))
    whole = [stretch for stretch in found if not _is_lead_in(stretch)]
    return [stretch for stretch in whole if len(stretch[2]) >= SHORTEST] or whole or sentences


def _is_lead_in(stretch: Stretch) -> bool:
    return stretch[2].rstrip().endswith(":")


def _with_list(evidence: Evidence, sentences: Sequence[Stretch], place: int) -> Stretch:
    start, end, text = sentences[place]
    if not _is_lead_in(sentences[place]):
        return start, end, text
    for _, next_end, _ in _following(evidence, sentences, place):
        if next_end - start <= LONGEST_LIST:
            end = next_end
    return start, end, _between(evidence, start, end)


def _following(evidence: Evidence, sentences: Sequence[Stretch], place: int) -> Iterator[Stretch]:
    """The sentences right behind one another after this one, with nothing left out between."""
    end = sentences[place][1]
    for sentence in sentences[place + 1 :]:
        if _between(evidence, end, sentence[0]).strip():
            return
        end = sentence[1]
        yield sentence


def _between(evidence: Evidence, start: int, end: int) -> str:
    base = evidence.passage.start
    return evidence.stretch[start - base : end - base]
