"""The starter library is complete, dated, sourced, and the same in every language."""

import csv
import re
from collections import Counter
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[2] / "hub" / "library" / "starter"
FILES = sorted(path.name for path in FOLDER.glob("*.md"))
COLUMNS = ["path", "title", "type", "language", "date", "status", "publisher", "replaced_by"]
TRANSLATED = ("popai-and-its-objectives", "the-hub-and-how-it-works")
ENGLISH_ONLY = ("ai-act-and-the-police", "the-assistant-and-its-limits", "glossary")
LANGUAGES = ("de", "el", "en", "es", "fr", "it", "nl", "sk")
TRANSLATIONS = [
    f"{name}.{language}.md" for name in TRANSLATED for language in LANGUAGES if language != "en"
]
SOURCES = {
    "de": "Quellen",
    "el": "Πηγές",
    "en": "Sources",
    "es": "Fuentes",
    "fr": "Sources",
    "it": "Fonti",
    "nl": "Bronnen",
    "sk": "Zdroje",
}
STATE = re.compile(r"^\w+ ?: 23\.? (de )?\w+ (de )?2026\.$")
ARTICLES = re.compile(r"\bArticles? (\d+)(?:\(\w+\))*(?:(?:, | and | to )(\d+)\b)*")
LAST_ARTICLE = {"AI Act": 113, "Directive (EU) 2016/680": 65}
LONGEST_LINE = 270
TRANSLATED_NUMBER = re.compile(r"\b\d{3,}(?:/\d+)?\b")


def lines(name: str) -> list[str]:
    return (FOLDER / name).read_text(encoding="utf-8").splitlines()


def language(name: str) -> str:
    return name.split(".")[1]


def headings(name: str) -> list[str]:
    return [line for line in lines(name) if line.startswith("#")]


def opening(name: str) -> list[str]:
    """The lines of the first paragraph under the title."""
    body = lines(name)[2:]
    return body[: body.index("")]


def shape(name: str) -> list[str]:
    """What each line is: a heading of a level, a list item, a sentence or nothing."""
    return [re.sub(r"^(#+ |- |\d\. )?.*$", r"\1" if line else "", line) for line in lines(name)]


def entries() -> list[dict[str, str]]:
    with (FOLDER / "metadata.csv").open(encoding="utf-8", newline="") as stream:
        reader = csv.DictReader(stream)
        rows = list(reader)
        assert reader.fieldnames == COLUMNS
    return rows


def article_numbers(line: str) -> list[int]:
    return [
        int(number)
        for match in ARTICLES.finditer(line)
        for number in re.findall(r"(?<![\w(])\d+", match.group())
    ]


def test_the_list_names_every_document_once_and_no_other() -> None:
    assert sorted(entry["path"] for entry in entries()) == FILES


def test_every_planned_document_is_there() -> None:
    english = [f"{name}.en.md" for name in (*TRANSLATED, *ENGLISH_ONLY)]
    assert sorted(english + TRANSLATIONS) == FILES


@pytest.mark.parametrize("entry", entries(), ids=lambda entry: entry["path"])
def test_the_list_describes_the_document(entry: dict[str, str]) -> None:
    assert entry["title"] == headings(entry["path"])[0].removeprefix("# ")
    assert entry["language"] == language(entry["path"])
    assert entry["type"] in {"guide", "fact sheet", "glossary"}
    assert (entry["date"], entry["status"]) == ("2026-11-23", "in force")
    assert (entry["publisher"], entry["replaced_by"]) == ("popAI community hub", "")


@pytest.mark.parametrize("name", FILES)
def test_a_document_has_one_title_and_a_dated_state(name: str) -> None:
    assert [line for line in lines(name) if line.startswith("# ")] == lines(name)[:1]
    assert any(STATE.match(line) for line in opening(name))


@pytest.mark.parametrize("name", FILES)
def test_a_document_ends_with_its_sources(name: str) -> None:
    last = [line for line in headings(name) if line.startswith("## ")][-1]
    assert last == f"## {SOURCES[language(name)]}"
    after = lines(name)[lines(name).index(last) + 1 :]
    assert after[0] == ""
    assert len(after) > 2
    assert all(line.startswith("- ") for line in after[1:])


@pytest.mark.parametrize("name", FILES)
def test_lines_are_short_and_clean(name: str) -> None:
    for line in lines(name):
        assert len(line) <= LONGEST_LINE, line
        assert line == line.rstrip(), line


@pytest.mark.parametrize("name", FILES)
def test_no_line_or_heading_stands_twice(name: str) -> None:
    counts = Counter(line for line in lines(name) if line)
    assert [line for line, count in counts.items() if count > 1] == []


@pytest.mark.parametrize("name", FILES)
def test_a_list_follows_its_lead_in(name: str) -> None:
    body = lines(name)
    starts = [
        index
        for index, line in enumerate(body)
        if line.startswith(("- ", "1. ")) and body[index - 1] == ""
    ]
    for index in starts:
        assert body[index - 2].endswith(":") or body[index - 2].startswith("## "), body[index]


@pytest.mark.parametrize("name", FILES)
def test_a_document_names_no_local_path(name: str) -> None:
    assert not re.search(r"(^|\s)/\w|[A-Za-z]:\\|file:|localhost", "\n".join(lines(name)))


@pytest.mark.parametrize("name", TRANSLATIONS)
def test_a_translation_has_the_shape_of_the_english_document(name: str) -> None:
    assert shape(name) == shape(name.replace(f".{language(name)}.", ".en."))


@pytest.mark.parametrize("name", TRANSLATIONS)
def test_a_translation_keeps_years_and_numbers_line_by_line(name: str) -> None:
    original = lines(name.replace(f".{language(name)}.", ".en."))
    for translated, english in zip(lines(name), original, strict=True):
        assert TRANSLATED_NUMBER.findall(translated) == TRANSLATED_NUMBER.findall(english)


@pytest.mark.parametrize("name", [file for file in FILES if file.endswith(".en.md")])
def test_cited_articles_exist(name: str) -> None:
    for line in lines(name):
        act = "Directive (EU) 2016/680" if "Directive (EU) 2016/680" in line else "AI Act"
        for number in article_numbers(line):
            assert 1 <= number <= LAST_ARTICLE[act], line


def test_an_article_number_out_of_range_is_found() -> None:
    assert article_numbers("See Article 5(1)(h) and Articles 57 to 131.") == [5, 57, 131]


def test_the_amended_dates_of_the_ai_act_stand_in_the_guide() -> None:
    text = "\n".join(lines("ai-act-and-the-police.en.md"))
    for milestone in (
        "2 December 2027: Sections 1, 2 and 3 of Chapter III apply to Annex III systems",
        "2 August 2028: Sections 1, 2 and 3 of Chapter III apply to high-risk systems of Article 6",
        "2 December 2026: the two new prohibitions",
        "2 February 2025: Chapters I and II",
    ):
        assert f"- {milestone}" in text


def test_legal_advice_is_refused_once_in_the_guide_to_the_law() -> None:
    assert "\n".join(lines("ai-act-and-the-police.en.md")).count("legal advice") == 1
