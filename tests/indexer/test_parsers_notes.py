"""Footnotes of texts, web pages and Markdown: apart from the sentences, and linked with them."""

import io

import pytest

from indexer.parsers import Page, ParsedDocument, parse
from indexer.parsers.note_signs import sign_of, with_signs_at_their_words, without_signs


def read(content: str, name: str) -> ParsedDocument:
    return parse(io.BytesIO(content.encode()), name)[1]


def shown(page: Page) -> list[tuple[str, str]]:
    return [(block.kind.value, page.text[block.start : block.end]) for block in page.blocks]


def referred(page: Page) -> list[tuple[str, str]]:
    """(the words before the sign, the sign) of every reference to a footnote."""
    return [(page.text[: note.position].split()[-1], note.sign) for note in page.notes]


@pytest.mark.parametrize(
    ("text", "signs", "clean"),
    [
        ("of the Council ( 5 ) and", {("5", "spaced")}, "of the Council and"),
        ("of the Council ( 5 ), and", {("5", "spaced")}, "of the Council, and"),
        ("companies.2 Data", {("2", "bare")}, "companies. Data"),
        ("“the rights”.12", {("12", "bare")}, "“the rights”."),
        ("Article 5(1) and ( 1 )", {("1", "spaced")}, "Article 5(1) and"),
    ],
)
def test_a_sign_of_a_known_footnote_leaves_the_text(
    text: str, signs: set[tuple[str, str]], clean: str
) -> None:
    words, notes = without_signs(text, signs)
    assert words == clean
    assert [note.sign for note in notes] == [sign for sign, _ in signs]


@pytest.mark.parametrize(
    "text", ["paragraph 5 (1) of", "companies.3 Data", "of 2016. 2 May", "COVID19 and", "Art.2 of"]
)
def test_what_is_no_sign_stays(text: str) -> None:
    assert without_signs(text, {("1", "spaced"), ("2", "bare")})[0] in (text, "Art. of")


def test_a_footnote_begins_with_its_sign() -> None:
    found = [sign_of(note) for note in ("( 5 ) OJ", "12 Ibid.", "(3) See", "OJ L 1")]
    assert found == [("5", "spaced"), ("12", "bare"), ("3", "bracketed"), ("", "")]


def test_a_sign_that_slipped_to_the_next_line_goes_back_to_its_word() -> None:
    lines = ["the case of Watson.", "69 These concerned", "70 people", "", "69 CJEU, Watson"]
    mended = with_signs_at_their_words(lines)
    assert mended == [
        "the case of Watson.69",
        "These concerned",
        "70 people",
        "",
        "69 CJEU, Watson",
    ]


def test_a_web_page_links_its_footnotes() -> None:
    page = read(
        """<html><p>The Council <a href="#n1">(<span>1</span>)</a>, and the Court
        (<a href="#n2">*2</a>) agree. See <a href="#other">(3)</a> and <a href="#n9">4</a>.</p>
        <p id="other">(4) Text.</p>
        <p class="oj-note"><a id="n1" href="#back">(1)</a> First note.</p>
        <p class="footnote">(<a id="n2" href="#back">*2</a>) Second note.</p>""",
        "a.html",
    ).pages[0]
    assert shown(page) == [
        ("paragraph", "The Council, and the Court agree. See (3) and 4."),
        ("item", "(4) Text."),
        ("footnote", "(1) First note."),
        ("footnote", "(*2) Second note."),
    ]
    assert referred(page) == [("Council", "1"), ("Court", "*2")]
    assert [block.sign for block in page.blocks] == ["", "", "1", "*2"]


def test_no_text_of_a_web_page_can_pretend_to_be_a_sign() -> None:
    page = read("<html><p>One \ue0007\ue000 two.</p>", "a.html").pages[0]
    assert (shown(page), list(page.notes)) == ([("paragraph", "One 7 two.")], [])


def test_a_table_of_a_web_page_names_itself_and_its_columns() -> None:
    page = read(
        "<html><table><caption>Fines</caption><thead><tr><td>Act</td><td>EUR</td></tr></thead>"
        "<tr><td>AI</td><td>35</td></tr><tr><th>Sum</th><td>35</td></tr></table>",
        "a.html",
    ).pages[0]
    assert shown(page) == [
        ("caption", "Fines"),
        ("header", "Act | EUR"),
        ("row", "AI | 35"),
        ("row", "Sum | 35"),
    ]


def test_markdown_links_its_footnotes() -> None:
    source = (
        "The police[^1] may.[^note]\n\nNot[^2] this.\n\n```\n[^1]: code\n```\n\n"
        "[^1]: The *police*.\n[^note]: https://example.org\n  and more.\n"
    )
    page = read(source, "a.md").pages[0]
    assert shown(page) == [
        ("paragraph", "The police may."),
        ("paragraph", "Not[^2] this."),
        ("paragraph", "[^1]: code"),
        ("footnote", "1 The police."),
        ("footnote", "note https://example.org and more."),
    ]
    assert referred(page) == [("police", "1"), ("may.", "note")]
    assert [block.sign for block in page.blocks][-2:] == ["1", "note"]


def test_markdown_made_from_pages_is_mended() -> None:
    source = (
        "**(76)** Such functions remain exempt when they do not\n\n"
        "Para. 216 of the guidelines (OJ C 12, 3.1.2025, p. 4).\n\n"
        "influence the case. A table of (see Section\n\n"
        "#### 3.1.2. below). It can also cover\n\nother cases.\n\n"
        "#### a) Practical examples of systems that fall into the use case of critical\n\n"
        "digital infrastructure\n\n—\n\nTerrorism.\n\nTable 2: Cases\n\n|a|b|\n|-|-|\n|c|d|\n"
    )
    assert shown(read(source, "a.md").pages[0]) == [
        (
            "item",
            "(76) Such functions remain exempt when they do not influence the case. A table of "
            "(see Section 3.1.2. below). It can also cover other cases.",
        ),
        ("footnote", "Para. 216 of the guidelines (OJ C 12, 3.1.2025, p. 4)."),
        (
            "heading",
            "a) Practical examples of systems that fall into the use case of critical digital "
            "infrastructure",
        ),
        ("item", "— Terrorism."),
        ("caption", "Table 2: Cases"),
        ("header", "a | b"),
        ("row", "c | d"),
    ]


def test_whole_sentences_and_headings_are_left_alone() -> None:
    source = (
        "A sentence that is whole.\n\nAnother one: a list\n\nof what follows\n\n"
        "## A heading with enough words to fill the line of a page in point 5(a)\n\n"
        "Automated decisions\n\n- one\n"
    )
    texts = [text for _, text in shown(read(source, "a.md").pages[0])]
    assert texts[0] == "A sentence that is whole."
    assert texts[-2:] == ["Automated decisions", "one"]
