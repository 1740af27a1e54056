"""A reader's search equals the search in a library that holds only what this reader may see,
scores included, whatever else there is."""

from random import Random

import pytest

from knowledge import fusion
from knowledge.protocols import Candidate
from tests.knowledge.random_libraries import (
    index_of,
    random_library,
    random_question,
    random_reader,
    visible_at_once,
    visible_steps,
)

BLOCKS, LIBRARIES = 10, 970  # 9,700 here, and 300 whole ones in test_invariant_answers.py


@pytest.mark.parametrize("block", range(BLOCKS))
def test_a_search_equals_one_in_an_index_of_what_the_reader_may_see(block: int) -> None:
    chance = Random(f"invariant {block}")
    answered = hidden = 0
    for number in range(LIBRARIES):
        library, reader = random_library(chance), random_reader(chance)
        vector, terms = random_question(chance)
        limit = chance.choice((1, 2, 3, 10, 100))
        whole = index_of(library.steps)
        found = whole.search(vector, terms, reader.audiences, limit)

        is_replayed = number % 2 == 0
        steps = (visible_steps if is_replayed else visible_at_once)(library, reader)
        visible = index_of(steps)
        # All of it may be read here: this search could not leave anything out by access.
        expected = visible.search(vector, terms, frozenset(visible.parts), limit)

        where = f"block {block}, library {number}"
        assert by_id(found) == by_id(expected), where
        for arm in fusion.Arm:
            ranked = fusion.rank(found, terms.language, arm)
            assert ranked == fusion.rank(expected, terms.language, arm), where
        if is_replayed:
            assert whole.number_for(reader.audiences) == visible.number_for(reader.audiences), where
        answered += bool(found)
        hidden += bool(whole.parts.keys() - reader.audiences)
    assert answered > LIBRARIES / 2
    assert hidden > LIBRARIES / 2


def by_id(found: list[Candidate]) -> dict[int, Candidate]:
    return {candidate.passage_id: candidate for candidate in found}
