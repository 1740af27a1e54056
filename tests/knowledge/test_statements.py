from knowledge.evidence import Evidence
from knowledge.models import Document, Passage, Version
from knowledge.protocols import Candidate
from knowledge.statements import LONGEST_LIST, quotable

OFFSET = 500  # where the passage begins in the canonical text


def evidence(text: str, *sentences: str) -> Evidence:
    spans = [[OFFSET + text.index(s), OFFSET + text.index(s) + len(s)] for s in sentences]
    passage = Passage(id=1, start=OFFSET, end=OFFSET + len(text), sentences=spans)
    found = Candidate(1, "public", "en", 0.0, 0.0, 0.0)
    return Evidence(found, 0.0, Document(), Version(), passage, text)


def texts(found: Evidence) -> list[str]:
    return [text for _, _, text in quotable(found)]


LEAD = "The objectives of the project are these three:"
POINTS = (
    "(a) to map the functions of AI;",
    "(b) to write guidelines for agencies;",
    "(c) to ask the citizens.",
)


def test_sentences_are_quotable_one_by_one() -> None:
    first, second = "The act bans certain uses of AI.", "It has applied since February 2025."

    assert texts(evidence(f"{first} {second}", first, second)) == [first, second]


def test_a_lead_in_is_quoted_with_its_points_and_they_not_again() -> None:
    text = "\n".join([LEAD, *POINTS])

    [(start, end, quoted)] = quotable(evidence(text, LEAD, *POINTS))

    assert quoted == text
    assert (start, end) == (OFFSET, OFFSET + len(text))


def test_a_lead_in_without_its_points_is_left_out() -> None:
    text = "\n".join([LEAD, *POINTS])

    assert texts(evidence(text, LEAD, POINTS[1])) == [POINTS[1]]


def test_a_long_list_is_cut_between_two_points() -> None:
    points = [f"({n}) " + "word " * 130 + f"end {n};" for n in range(5)]
    text = "\n".join([LEAD, *points])

    first, *others = texts(evidence(text, LEAD, *points))

    assert len(first) <= LONGEST_LIST
    assert first.endswith(points[1])
    assert others == points[2:]


def test_where_all_is_short_the_short_is_quotable() -> None:
    assert texts(evidence("Yes.", "Yes.")) == ["Yes."]
