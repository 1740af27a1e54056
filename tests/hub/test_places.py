"""How the place of a quote below its heading is called, and where it is shown."""

import json
from dataclasses import asdict, replace

import pytest
from flask import Flask
from flask.testing import FlaskClient

from hub.assistant.places import place_words
from hub.assistant.presentation import recorded_citation
from hub.wiring import parts
from knowledge.answers import Answered, SourcesFound
from tests.fakes import CITATION, ScriptedAssistant, quoted
from tests.hub.shelf import Shelf

PLACED = [
    SourcesFound("en", 8, ("The Act",)),
    quoted(1, "The search is allowed.", section=("Article 5 Use",), place=("1", "(h)", "(ii)")),
    Answered({}, 7),
]
IN_WORDS = "Article 5 Use › paragraph 1 › point (h) › point (ii)"


@pytest.mark.parametrize(
    ("section", "place", "words"),
    [
        ("Article 5 Use", ("1", "(h)"), ("paragraph 1", "point (h)")),
        ("Article 3 Definitions", ("(4)",), ("point (4)",)),
        ("ANNEX III Areas", ("6", "(a)"), ("point 6", "point (a)")),
        ("Whereas:", ("(33)",), ("recital 33",)),
        ("Art. 5.", ("1", "1°"), ("paragraph 1", "1°")),
        ("3.6. Law enforcement", ("337",), ("paragraph 337",)),
        ("7) artikel 5 wordt gewijzigd:", ("(b)", "\u201c1 bis", "(a)"),
         ("point (b)", "new paragraph 1 bis", "point (a)")),
        ("7) artikel 5 wordt gewijzigd:", ("\u201c(c)",), ("new point (c)",)),
        ("Article 5 Use", (), ()),
    ],
)  # fmt: skip
def test_markers_in_words(
    app: Flask, section: str, place: tuple[str, ...], words: tuple[str, ...]
) -> None:
    with app.test_request_context():
        assert place_words((section,), place) == words


def test_a_page_shows_the_whole_path(app: Flask, client: FlaskClient, shelf: Shelf) -> None:
    shelf.add_rows()
    with app.app_context():
        app.extensions["parts"] = replace(parts(), assistant=ScriptedAssistant(PLACED))

    asked = client.post("/assistant/ask", data={"question": "Is the search allowed?"})

    assert IN_WORDS in client.get(asked.location).text


def test_the_terminal_shows_it_in_words_and_as_data(app: Flask, shelf: Shelf) -> None:
    shelf.add_rows()
    with app.app_context():
        app.extensions["parts"] = replace(parts(), assistant=ScriptedAssistant(PLACED))
    run = app.test_cli_runner().invoke

    assert IN_WORDS in run(args=["assistant", "ask", "Is it?"]).output
    [citation] = json.loads(run(args=["assistant", "ask", "Is it?", "--json"]).output)["citations"]
    assert citation["place"] == ["1", "(h)", "(ii)"]


def test_an_answer_kept_before_there_were_places_stays_readable() -> None:
    fields = asdict(CITATION)
    del fields["place"]

    assert recorded_citation(fields) == CITATION
