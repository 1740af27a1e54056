"""``flask assistant ask``: the library from the terminal."""

import json
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.assistant.models import Question
from hub.extensions import db
from hub.wiring import parts
from knowledge.answers import DeclineReason, SourcesFound
from knowledge.errors import ModelUnavailable
from tests.fakes import ScriptedAssistant, a_refusal, an_answer, quoted
from tests.hub.shelf import Shelf

KEYS = [
    "question",
    "language",
    "answered",
    "reason",
    "statements",
    "citations",
    "nearest",
    "timings_ms",
    "generation",
]
CITATION_KEYS = [
    *("n", "document", "title", "status", "version", "page", "printed_page", "section"),
    *("place", "start", "end", "quote", "is_recognised", "is_older", "url"),
]


@pytest.fixture
def run(app: Flask, shelf: Shelf):
    shelf.add_rows()

    def run(script, *arguments: str):
        with app.app_context():
            app.extensions["parts"] = replace(parts(), assistant=ScriptedAssistant(script))
        return app.test_cli_runner().invoke(args=["assistant", "ask", *arguments])

    return run


def test_an_answer_is_printed_with_numbered_sources(run):
    done = run(an_answer(), "What is it?")
    assert done.exit_code == 0
    assert "> “Sentence 2 of the act.” [2]" in done.output
    assert "[2] The <Act>, in force, 13 June 2024, p. 52 (PDF 55)" in done.output
    assert "    /library/1/" in done.output


def test_json_has_exactly_these_keys(run):
    answer = json.loads(run(an_answer(), "What is it?", "--json").output)
    assert list(answer) == KEYS
    assert [list(citation) for citation in answer["citations"]] == [CITATION_KEYS] * 2
    assert answer["statements"][1] == {"text": "Sentence 2 of the act.", "citation": 2}
    assert answer["citations"][1]["document"] == "law/act.md"
    assert answer["citations"][1]["url"].startswith("/library/1/")
    assert (answer["answered"], answer["generation"], answer["reason"]) == (True, 7, "")
    assert answer["timings_ms"] == {"search": 3.5}


@pytest.mark.parametrize("reason", list(DeclineReason))
def test_a_declined_question_ends_well(run, reason):
    done = run(a_refusal(reason), "What is it?")
    assert done.exit_code == 0
    assert "Nearest passages, not an answer:" in done.output
    answer = json.loads(run(a_refusal(reason), "What is it?", "--json").output)
    assert (answer["answered"], answer["reason"]) == (False, reason)
    assert list(answer["nearest"][0]) == CITATION_KEYS
    assert answer["statements"] == answer["citations"] == []


@pytest.mark.parametrize("question", ["", "?!", "x" * 1001, "a\x07b"])
def test_what_is_no_question_is_refused_in_words(run, question):
    done = run(an_answer(), question)
    assert done.exit_code == 1
    assert done.output.startswith("Error: ")
    assert "Traceback" not in done.output


def test_a_missing_model_is_told_in_words(run):
    def fails() -> None:
        raise ModelUnavailable("The model is not there; run the set-up.")

    done = run([fails], "What is it?")
    assert done.exit_code == 1
    assert done.output == "Error: The model is not there; run the set-up.\n"


def test_the_sentences_are_in_the_language_of_the_question(run):
    said = [SourcesFound("de", 1, ("x",)), *an_answer()[1:]]
    assert json.loads(run(said, "Was?", "--json").output)["language"] == "de"


def test_nothing_that_is_asked_is_kept(app: Flask, run):
    run([SourcesFound("en", 1, ("x",)), quoted(1, "One."), *an_answer()[-1:]], "What is it?")
    with app.app_context(), Session(db.engine) as session:
        assert session.scalar(select(func.count()).select_from(Question)) == 0
