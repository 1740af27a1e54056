"""The assistant's own sentences, in every language that the hub speaks."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po
from flask import Flask
from flask_babel import force_locale, get_locale

from hub.assistant import wording
from hub.assistant.rules import QuestionProblem
from hub.cli.setup import compile_translations
from hub.config import CHECKOUT, LANGUAGES
from hub.dates import spelled_date
from hub.wiring import parts
from knowledge.answers import Answered, DeclineReason, SourcesFound
from tests.fakes import ScriptedAssistant, quoted
from tests.hub.shelf import Shelf

TRANSLATIONS = CHECKOUT / "hub" / "translations"
TRANSLATED = [code for code in LANGUAGES if code != "en"]
PLACEHOLDER = re.compile(r"%\((\w+)\)s")
# Where another language says it with the same letters.
SAME = {
    "p. %(page)s": {"es", "fr", "it", "nl"},
    "p. %(printed)s (PDF %(pdf)s)": {"es", "fr", "it", "nl"},
    "From “%(title)s”:": set(),
    "Sources": {"fr"},
}


@pytest.fixture(scope="module", autouse=True)
def compiled() -> None:
    compile_translations(TRANSLATIONS)


def catalogue(language: str) -> Catalog:
    with (TRANSLATIONS / language / "LC_MESSAGES" / "messages.po").open("rb") as file:
        return read_po(file, locale=language)


def sentences() -> Iterator[tuple[str, ...]]:
    """Every sentence of wording.py: (singular,) or (singular, plural)."""
    for _, message, _, _ in extract_from_file("python", Path(wording.__file__)):
        yield (message,) if isinstance(message, str) else tuple(message)


def forms(message: Message) -> tuple[str, ...]:
    string = message.string
    return (string,) if isinstance(string, str) else tuple(string)


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_sentence_is_translated_with_its_placeholders(language):
    translated = catalogue(language)
    for english in sentences():
        message = translated.get(english[0])
        assert message, f"not in the catalogue: {english[0]}"
        assert not message.fuzzy, english[0]
        for form in forms(message):
            assert form, f"not translated: {english[0]}"
            assert form not in english or language in SAME.get(form, ()), english[0]
            assert set(PLACEHOLDER.findall(form)) == set(PLACEHOLDER.findall(english[-1]))


@pytest.mark.parametrize("language", TRANSLATED)
def test_no_text_of_the_pages_lost_a_placeholder(language):
    for message in catalogue(language):
        if message.id and not message.fuzzy:
            english = (message.id,) if isinstance(message.id, str) else message.id
            allowed = [set(PLACEHOLDER.findall(form)) for form in english]
            for form in filter(None, forms(message)):
                assert set(PLACEHOLDER.findall(form)) in allowed, english


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_text_of_the_pages_is_translated(language):
    missing = [
        message.id
        for message in catalogue(language)
        if message.id and (message.fuzzy or not all(forms(message)))
    ]
    assert missing == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_can_be_said(app: Flask, language):
    with app.test_request_context(), wording.in_language(language):
        said = [
            wording.searching(),
            *(wording.found(number) for number in (1, 2, 5)),
            *(wording.answered(number) for number in (1, 2, 5)),
            wording.lead_in("T", "in force", "2024-06-13"),
            wording.lead_in("T", "draft", ""),
            wording.lead_in("T", "", "2024"),
            wording.lead_in("T", "", ""),
            *(wording.declined(reason) for reason in DeclineReason),
            *(wording.what_to_ask_instead(reason) for reason in DeclineReason),
            *(wording.question_problem(problem) for problem in QuestionProblem),
            *(wording.too_many_questions(seconds) for seconds in (1, 30, 60, 3600)),
            wording.page_reference("52", "55"),
            wording.page_reference("", "55"),
        ]
    assert all(said)
    assert not any("%(" in sentence for sentence in said)


def test_a_language_that_the_hub_does_not_speak_changes_nothing(app: Flask):
    with app.test_request_context(), force_locale("de"), wording.in_language("pl"):
        assert str(get_locale()) == "de"


@pytest.mark.parametrize(
    ("language", "text", "spelled"),
    [
        ("en", "2024-06-13", "13 June 2024"),
        ("de", "2024-06-13", "13. Juni 2024"),
        ("el", "2024-06", "Ιούνιος 2024"),
        ("es", "2026-06", "junio de 2026"),
        ("fr", "2024-06-13", "13 juin 2024"),
        ("sk", "2024-06-13", "13. júna 2024"),
        ("nl", "2024", "2024"),
        ("it", "", ""),
        ("it", "2024-13", "2024-13"),
        ("it", "soon", "soon"),
    ],
)
def test_a_date_is_spelled_as_far_as_it_goes(app: Flask, language, text, spelled):
    with app.test_request_context(), wording.in_language(language):
        assert spelled_date(text) == spelled


def test_the_hub_speaks_the_language_of_the_question(app: Flask, shelf: Shelf):
    shelf.add_rows()
    script = [SourcesFound("de", 1, ("x",)), quoted(1, "One."), Answered()]
    with app.app_context():
        app.extensions["parts"] = replace(parts(), assistant=ScriptedAssistant(script))
    client = app.test_client()
    asked = client.post("/assistant/ask", data={"question": "Darf die Polizei das?"})
    page = client.get(asked.location.split("#")[0]).text
    assert '<html lang="en"' in page
    assert 'id="answer-1" lang="de"' in page
    assert "1 Dokument der Bibliothek sagt wörtlich:" in page
    assert "Aus „The &lt;Act&gt;“ (in Kraft, 13. Juni 2024):" in page
    assert "Ask another question" in page
