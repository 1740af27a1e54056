"""``flask benchmark`` on a tiny library: every section runs, counts right and leaves nothing."""

import json
import os
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskCliRunner
from flask_migrate import stamp
from sqlalchemy import func, select

from hub.assistant.models import Conversation
from hub.cli.indexing_speed import measure_indexing, measure_restart
from hub.cli.measuring.figures import Figure
from hub.cli.measuring.processes import descendants, held_by
from hub.cli.measuring.searching import measure_search
from hub.extensions import db
from hub.wiring import parts
from knowledge.embedders import HashingEmbedder
from knowledge.models import Embedding
from tests.hub.paper import pdf
from tests.hub.shelf import Shelf

ACT = "# The Act\n\n## Article 5\n\nThe use of cameras that recognise faces is prohibited.\n"


@pytest.fixture
def runner(app: Flask, shelf: Shelf) -> FlaskCliRunner:
    shelf.add("act.md", ACT)
    return app.test_cli_runner()


@pytest.fixture
def questions(tmp_path: Path) -> Path:
    file = tmp_path / "questions.jsonl"
    rows = [
        {"question": "Is the use of cameras that recognise faces prohibited?"},
        {"question": "Who pays?"},
    ]
    file.write_text("\n".join(json.dumps(row) for row in rows))
    return file


def figures_of(output: str) -> dict[str, dict]:
    return {f"{f['section']}: {f['name']}": f for f in json.loads(output)["figures"]}


def test_answers_and_restart_are_measured_on_the_library_as_it_stands(runner, questions):
    sections = ("--section", "answers", "--section", "restart")
    done = runner.invoke(
        args=["benchmark", *sections, "--questions", str(questions), "--rounds", "1", "--json"]
    )
    assert done.exit_code == 0, done.output
    found = figures_of(done.output)
    assert found["answers: questions"]["value"] == 2
    assert found["answers: first event, p95"]["value"] > 0
    assert found["answers: complete, p50"]["bar"] == 150
    assert found["restart: texts embedded again"]["value"] == 0
    assert found["restart: texts embedded again"]["meets"] is True


def test_a_table_shows_the_bar_and_whether_it_is_met(runner):
    done = runner.invoke(args=["benchmark", "--section", "restart"])
    shown = " ".join(done.output.split())
    assert shown == "restart texts embedded again 0.0 texts ≤ 0 met"


def test_a_lost_vector_counts_as_embedded_again(app, runner):
    with app.app_context():
        db.session.execute(Embedding.__table__.delete())
        db.session.commit()
        [figure] = measure_restart(parts().engine, parts().index)
    assert figure.value == 1
    assert figure.meets is False


@pytest.mark.parametrize("section", ["answers", "start", "memory", "growth"])
def test_a_section_without_questions_says_what_it_needs(runner, section):
    done = runner.invoke(args=["benchmark", "--section", section])
    assert done.exit_code == 2
    assert "--questions" in done.output


@pytest.mark.parametrize("content", ["", "[1]", "{", '{"q": 1}', "1"])
def test_a_file_without_questions_is_refused_in_words(runner, tmp_path, content):
    file = tmp_path / "bad.jsonl"
    file.write_text(content)
    done = runner.invoke(args=["benchmark", "--section", "answers", "--questions", str(file)])
    assert done.exit_code == 1
    assert "set of questions" in done.output


def test_indexing_counts_the_pages_of_a_folder(tmp_path: Path):
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "one.pdf").write_bytes(
        pdf([[f"Cameras of kind {page} are prohibited in all public places."] for page in range(3)])
    )
    (tmp_path / "other.txt").write_text("Not a PDF file.")
    found = {figure.name: figure for figure in measure_indexing(HashingEmbedder(), tmp_path)}
    assert found["pages"].value == 3
    assert found["passages"].value >= 1
    rate = found["with vectors"]
    assert rate.value == pytest.approx(3 / found["time"].value)
    assert found["first searchable text"].value >= rate.value * 0.99


def test_search_finds_the_nearest_in_every_audience():
    found = {figure.name: figure for figure in measure_search(1_000, rounds=1)}
    for reader in ("100 %", "10 %", "1 %"):
        assert found[f"{reader}, recall"].value == 1.0
        assert found[f"{reader}, p95"].value >= found[f"{reader}, p50"].value > 0


def test_a_figure_knows_whether_it_meets_its_bar():
    assert Figure("s", "n", 5, "ms", 5).meets is True
    assert Figure("s", "n", 5.1, "ms", 5).meets is False
    assert Figure("s", "n", 9.9, "pages/s", 10, is_at_least=True).meets is False
    assert Figure("s", "n", 1, "pages").meets is None


def test_memory_counts_what_a_process_started():
    alone = held_by(os.getpid(), "Rss")
    assert 10 < alone < 5_000
    assert held_by(os.getpid(), "Pss") <= alone * 1.01
    assert os.getpid() not in descendants(os.getpid())


@pytest.mark.slow
def test_web_processes_are_started_asked_and_leave_nothing(app, shelf, questions, monkeypatch):
    with app.app_context():
        stamp()  # so that the web process finds its tables up to date
    shelf.add("act.md", ACT)
    monkeypatch.setenv("HUB_EMBEDDER", "hashing")
    monkeypatch.setenv("DATABASE_URL", os.environ.get("HUB_TEST_DATABASE_URL", ""))
    sections = ("--section", "start", "--section", "memory", "--section", "growth")
    counts = ("--rounds", "1", "--growth-questions", "4")
    done = app.test_cli_runner().invoke(
        args=["benchmark", *sections, *counts, "--questions", str(questions), "--json"]
    )
    assert done.exit_code == 0, done.output
    found = figures_of(done.output)
    assert found["start: cold start to first answer"]["value"] > 0
    assert found["memory: resident with the library"]["value"] > 30
    assert found["memory: a second process adds"]["value"] > 5
    assert found["growth: questions"]["value"] == 4
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Conversation)) == 0


@pytest.mark.slow
def test_an_answer_that_failed_is_no_figure(app, shelf, questions, monkeypatch):
    with app.app_context():
        stamp()
    shelf.add("act.md", ACT)
    for manifest in (app.config["DATA"] / "index").rglob("manifest.json"):
        manifest.write_text("{}")
    monkeypatch.setenv("HUB_EMBEDDER", "hashing")
    monkeypatch.setenv("DATABASE_URL", os.environ.get("HUB_TEST_DATABASE_URL", ""))
    done = app.test_cli_runner().invoke(
        args=["benchmark", "--section", "start", "--rounds", "1", "--questions", str(questions)]
    )
    assert done.exit_code == 1
    assert "could not answer" in done.output
