"""The markers and lead-ins above a block, told from the style of what precedes it."""

import pytest

from indexer.outline import Outline
from indexer.sentence import Sentence

ARTICLE = ("Article 5 Prohibited practices",)


def places(blocks: list[str], path: tuple[str, ...] = ARTICLE) -> list[str]:
    """The places of blocks; one that begins with "| " is a plain paragraph."""
    outline, found = Outline(), []
    outline.open_section(path)
    for n, block in enumerate(blocks):
        text = block.removeprefix("| ")
        standing = outline.enter(text, is_item=text == block)
        outline.leave(text, Sentence(n, n + 1, place=standing.place))
        found.append("/".join(standing.place))
    return found


def leads(blocks: list[str], path: tuple[str, ...] = ARTICLE) -> list[list[int]]:
    """The numbers of the blocks that lead in to each block."""
    outline, found = Outline(), []
    outline.open_section(path)
    for n, block in enumerate(blocks):
        text = block.removeprefix("| ")
        standing = outline.enter(text, is_item=text == block)
        outline.leave(text, Sentence(n, n + 1, place=standing.place))
        found.append([lead.start for lead in standing.leads])
    return found


def test_points_nest_in_points_and_a_seen_style_closes_them() -> None:
    act = ["1. Prohibited are:", "(a) one", "(h) the use for:", "(i) a search", "(ii) a threat",
           "(iii) a suspect", "| Point (h) stays.", "2. The use", "(a) the nature"]  # fmt: skip

    assert places(act) == ["1", "1/(a)", "1/(h)", "1/(h)/(i)", "1/(h)/(ii)", "1/(h)/(iii)", "1",
                           "2", "2/(a)"]  # fmt: skip
    assert leads(act)[3:8] == [[0, 2], [0, 2], [0, 2], [], []]


@pytest.mark.parametrize(
    ("blocks", "expected"),
    [
        (["(g) x", "(h) x", "(i) x", "(j) x"], ["(g)", "(h)", "(i)", "(j)"]),
        (["(b) x:", "(i) x", "(ii) x", "(c) x"], ["(b)", "(b)/(i)", "(b)/(ii)", "(c)"]),
        (["(g) x:", "(i) x", "(h) x", "(i) x"], ["(g)", "(g)/(i)", "(h)", "(i)"]),
        (["(h) x:", "(i) x", "(ii) x", "(i) x"], ["(h)", "(h)/(i)", "(h)/(ii)", "(i)"]),
        (["(a) x", "(aa) x", "(ba) x"], ["(a)", "(aa)", "(ba)"]),
        (["a) x", "b bis) x", "b ter) x"], ["(a)", "(b bis)", "(b ter)"]),
        (["α) x", "στ) x"], ["(α)", "(στ)"]),
        (["1. x", "1a. x", "1 bis. x", "2. x"], ["1", "1a", "1 bis", "2"]),
        (["§ 1er. x:", "1° x:", "- x", "- x", "2° x", "§ 2. x"], ["1", "1/1°", "1/1°", "1/1°",
                                                                "1/2°", "2"]),
        (["1. x:", "– x", "• x", "– x", "(a) x"], ["1", "1", "1", "1", "1/(a)"]),
        (["| 1. x", "| A. Person", "| – x"], ["1", "1", "1"]),
        (["| However:", "(a) x", "(b) (c) x", "| This is binding."], ["", "(a)", "(c)", ""]),
        (["1. x", "| Done at Brussels, 1 May 2024.", "(1) A note."], ["1", "", ""]),
    ],
)  # fmt: skip
def test_styles_of_markers(blocks: list[str], expected: list[str]) -> None:
    assert places(blocks) == expected


def test_numbers_in_brackets_are_points_below_a_lead_in_and_paragraphs_elsewhere() -> None:
    assert places(["| Definitions:", "(1) risk", "(2) harm"]) == ["", "(1)", "(2)"]
    assert places(["(1) Absatz", "a) Punkt", "(2) Absatz"], ("Artikel 33",)) == [
        *("1", "1/(a)", "2"),
    ]
    assert places(["(33) A recital", "| which goes on."], ("Whereas:",)) == ["(33)", "(33)"]
    assert places(["(337) A paragraph", "| goes on."], ("3.6. Law",)) == ["337", "337"]


def test_the_points_of_an_annex_are_numbers() -> None:
    annex = ["| Any of these:", "1. Biometrics:", "(a) remote", "| This excludes it.", "(b) other"]

    assert places(annex, ("ANNEX III High-risk",)) == ["", "1", "1/(a)", "1", "1/(b)"]
    assert leads(annex, ("ANNEX III High-risk",))[4] == [0, 1]


def test_a_sentence_left_open_leads_in_to_the_list_right_behind_it() -> None:
    act = ["| bezeichnet der Ausdruck:", "16. „Hauptniederlassung“", "a) im Falle", "b) sonst;",
           "17. „Vertreter“ eine Person.", "a) kein Teil davon"]  # fmt: skip

    assert leads(act, ("Artikel 4",)) == [[], [0], [0, 1], [0, 1], [0], [0]]


def test_a_numbered_list_of_a_report_ends_where_text_follows() -> None:
    report = ["| There are three pillars:", "1. One", "2. Two", "| The mission is another."]

    assert places(report, ("The project",)) == ["", "1", "2", ""]


def test_quoted_new_text_is_numbered_below_the_point_that_quotes_it() -> None:
    act = ["a) lid 1 wordt vervangen door:", "\u201c1. Nieuw:", "a) een", "| Nog een alinea.",
           "2. Meer.\u201d;", "b) de volgende leden worden ingevoegd:", "| \u201c1 bis. Nog\u201d;",
           "c) lid 5 wordt geschrapt"]  # fmt: skip

    assert places(act, ("Artikel 1", "7) artikel 5 wordt gewijzigd:")) == [
        *("(a)", "(a)/\u201c1", "(a)/\u201c1/(a)", "(a)/\u201c1", "(a)/\u201c2"),
        *("(b)", "(b)/\u201c1 bis", "(c)"),
    ]


def test_no_list_goes_on_behind_a_heading() -> None:
    outline = Outline()
    outline.open_section(ARTICLE)
    outline.enter("1. A paragraph", is_item=True)
    outline.open_section(("Article 6",))

    assert outline.enter("Plain text.", is_item=False).place == ()
