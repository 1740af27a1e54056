"""Words in quotation marks are asked for as they stand."""

import pytest

from knowledge.phrases import phrases_asked_for, share_held


@pytest.mark.parametrize(
    ("question", "phrases"),
    [
        ('Where does "without undue delay" stand?', ("without undue delay",)),
        ("Wo steht „ohne unangemessene Verzögerung“?", ("ohne unangemessene verzögerung",)),
        ("Où est « sans retard injustifié » ?", ("sans retard injustifié",)),
        ("Who says ‘real-time remote’ and 'no later than 48 hours'?",
         ("real-time remote", "no later than 48 hours")),
        ("What is a “deployer”?", ()),
        ("It's the controller's task, isn't it?", ()),
        ('An open "quotation mark', ()),
        ('"" and "  "', ()),
    ],
)  # fmt: skip
def test_phrases_are_what_is_quoted(question: str, phrases: tuple[str, ...]) -> None:
    assert phrases_asked_for(question) == phrases


@pytest.mark.parametrize(
    ("text", "share"),
    [
        ("It is done Without  undue\ndelay, and at once.", 1.0),
        ("It is done without much delay.", 0.0),
        ("without undue delays", 0.0),
        ("", 0.0),
    ],
)
def test_a_phrase_is_held_word_for_word(text: str, share: float) -> None:
    assert share_held(text, ("without undue delay",)) == share


def test_half_of_two_phrases_is_half() -> None:
    assert share_held("one two three", ("one two", "two one")) == 0.5
    assert share_held("anything", ()) == 0.0
