"""The date and the status that documents state where they begin; nothing else is taken for them."""

import pytest

from indexer.parsers.canonical import PageBuilder
from indexer.parsers.openings import stated_date, stated_status
from indexer.parsers.parsed import BlockKind, Page


def page_of(*texts: str) -> Page:
    builder = PageBuilder()
    for text in texts:
        builder.add(BlockKind.PARAGRAPH, text)
    return builder.page(1)


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("of 27 April 2016", "2016-04-27"),
        ("van 13 juni 2024 tot vaststelling van regels", "2024-06-13"),
        ("vom 27. April 2016 zum Schutz natürlicher Personen", "2016-04-27"),
        ("του Συμβουλίου", None),
        ("της 27ης Απριλίου 2016", "2016-04-27"),
        ("Brussels, 6 April 2016 (OR. en)", "2016-04-06"),
        ("Brussel, 18 juni 2026", "2026-06-18"),
        ("Bruxelles, le 3 août 2021", "2021-08-03"),
        ("30 JUILLET 2018. - Loi relative à la protection", "2018-07-30"),
        ("02024R1689 — NL — 12.07.2024 — 000.004", "2024-07-12"),
        ("REGULATION (EU) 2016/679 OF THE PARLIAMENT of 27 April 2016 on", "2016-04-27"),
        ("European Parliament legislative resolution of 13 March 2024 on the", "2024-03-13"),
        ("Amendments adopted by the European Parliament on 14 June 2023 on", "2023-06-14"),
        ("Date: 2025-03-01", "2025-03-01"),
        ("of 31 February 2016", None),
        ("We met on 3 May 2020 and spoke of 4 June 2021.", None),
        ("The report looks at Regulation (EU) 2016/679 of 27 April 2016.", None),
        ("1 October 2021 to 30 September 2023", None),
        ("of 27 Wednesday 2016", None),
    ],
)
def test_only_a_date_stated_as_the_documents_own_counts(text: str, date: str | None) -> None:
    assert stated_date(page_of("Something before", text)) == date


def test_the_place_and_day_of_a_letter_go_before_the_date_of_what_it_is_about() -> None:
    page = page_of("REGULATION OF THE COUNCIL", "of 27 April 2016", "Brussels, 6 April 2017")
    assert stated_date(page) == "2017-04-06"


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("DRAFT", "draft"),
        ("Source: Draft Commission guidelines on the classification", "draft"),
        ("Proposal for a REGULATION OF THE EUROPEAN PARLIAMENT", "draft"),
        ("Vorschlag für eine VERORDNUNG", "draft"),
        ("No longer in force", "superseded"),
        ("The draft was discussed.", None),
        ("Repealed provisions are listed below.", None),
        ("In force", None),
    ],
)
def test_only_a_status_stated_as_such_counts(text: str, status: str | None) -> None:
    assert stated_status(page_of("Something before", text)) == status


def test_what_stands_far_below_is_not_the_beginning() -> None:
    page = page_of("words " * 400, "of 27 April 2016", "DRAFT")
    assert (stated_date(page), stated_status(page)) == (None, None)
