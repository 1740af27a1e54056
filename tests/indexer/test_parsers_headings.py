"""Headings and points by their wording alone."""

import pytest

from indexer.parsers.headings import (
    ArticleStyle,
    heading_of_point,
    is_contents_line,
    legal_heading,
    numbered_heading,
)
from indexer.parsers.markers import is_marker, starts_item
from indexer.parsers.parsed import BlockKind


@pytest.mark.parametrize(
    ("line", "level"),
    [
        ("Article 5", 4),
        ("Artikel 5", 4),
        ("Article 5 \u2014 Prohibited AI practices", 4),
        ("CHAPTER III", 2),
        ("HOOFDSTUK II", 2),
        ("CHAPITRE Ier. - Disposition générale", 2),
        ("SECTION 2", 3),
        ("ANNEX III", 1),
        ("BIJLAGE III", 1),
        ("TITLE IV", 1),
        ("Amendment 225", 4),
        ("\u201cArtikel 4", 6),
        ("Whereas:", 2),
    ],
)
def test_labels_of_the_law_are_headings(line: str, level: int) -> None:
    heading = legal_heading(line)
    assert heading is not None
    assert heading.level == level


@pytest.mark.parametrize(
    "line",
    [
        "Article 16 of the Treaty on the Functioning of the European Union,",
        "Article 6(1), the supervisory authority shall be competent.",
        "article 5",
        "Article 16 TFEU shall apply to them;",
        "Section 2, of that Regulation shall be taken into account.",
        "Annex III lists the systems that are high-risk.",
        "1. Scope ........................................ 12",
        "The chapter on policing",
    ],
)
def test_sentences_are_no_headings(line: str) -> None:
    assert legal_heading(line) is None


def test_a_label_alone_waits_for_its_title() -> None:
    alone, titled = legal_heading("Article 5"), legal_heading("Article 5 Prohibited AI practices")
    assert alone is not None
    assert titled is not None
    assert (alone.wants_title, titled.wants_title) == (True, False)


@pytest.mark.parametrize(
    ("line", "level"),
    [("3.1. Scope", 2), ("3.1.2 Personal data", 3), ("2 DATA PROTECTION TERMINOLOGY", 1)],
)
def test_numbered_headings_are_as_deep_as_their_number(line: str, level: int) -> None:
    heading = numbered_heading(line)
    assert heading is not None
    assert heading.level == level


@pytest.mark.parametrize(
    "line",
    ["1. The provider shall keep the logs", "3.1 scope", "2.1. Scope .......... 7", "12 May 2020"],
)
def test_numbered_sentences_are_no_headings(line: str) -> None:
    assert numbered_heading(line) is None


def test_a_contents_line_is_recognised_by_its_dots() -> None:
    assert is_contents_line("1.1. Scope ........ 12")
    assert not is_contents_line("and so on ...")


def test_articles_head_sections_only_where_they_count_through_the_text() -> None:
    law = ArticleStyle(["Article 1", "Article 2", "Article 3", "Article 4"])
    report = ArticleStyle(["Article 8", "Article 29", "Article 5", "Article 11", "Article 90"])
    assert law.admits("Article 3")
    assert not report.admits("Article 8")


def test_a_point_that_changes_an_article_heads_its_change() -> None:
    change = "40) in artikel 113 wordt de derde alinea als volgt gewijzigd:"
    assert heading_of_point(BlockKind.ITEM, change, 0) == (BlockKind.HEADING, 5)
    plain = "1. The following AI practices shall be prohibited:"
    assert heading_of_point(BlockKind.ITEM, plain, 0) == (BlockKind.ITEM, 0)


@pytest.mark.parametrize(
    "text", ["(a)", "1.", "iv)", "\u2014", "\u2022", "(12)", "\u201ca)", "§ 2."]
)
def test_markers(text: str) -> None:
    assert is_marker(text)
    assert starts_item(text + " the words of the point")


@pytest.mark.parametrize("text", ["and", "2024", "Article 5", "(the Charter)", "EU)"])
def test_words_are_no_markers(text: str) -> None:
    assert not is_marker(text)
