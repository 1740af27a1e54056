"""A first start answers real questions: the starter library under the default model."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from hub import create_app
from hub.config import CHECKOUT, settings
from hub.extensions import db
from hub.wiring import parts
from knowledge.access import ANYONE
from knowledge.evaluation.questions import evaluate_questions

QUESTIONS = Path(__file__).parent / "data" / "starter-questions.jsonl"


@pytest.fixture(scope="module")
def figures(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    models = settings({"HUB_SECRET_KEY": "x"})["MODEL_FOLDER"]
    if not (models / "manifest.json").exists():
        missing = "the embedding model is not built here; make setup builds it"
        pytest.fail(missing) if os.environ.get("CI") == "true" else pytest.skip(missing)
    environ = {
        "HUB_DATA": str(tmp_path_factory.mktemp("starter")),
        "HUB_SECRET_KEY": "only for tests",
    }
    app = create_app({"TESTING": True, "MODEL_FOLDER": models}, environ)
    with app.app_context():
        db.create_all()
        imported = app.test_cli_runner().invoke(
            args=["library", "import", str(CHECKOUT / "hub/library/starter"), "--wait"]
        )
        assert imported.exit_code == 0, imported.output
        rows = [json.loads(line) for line in QUESTIONS.read_text().splitlines()]
        result = evaluate_questions(parts().assistant, rows, ANYONE)
        db.engine.dispose()
    return result


@pytest.mark.models
def test_every_quote_stands_where_it_is_said_to(figures: dict[str, Any]) -> None:
    assert figures["rates"]["quotes_verified"] == 1.0


@pytest.mark.models
def test_most_questions_are_answered_with_the_right_sentence(figures: dict[str, Any]) -> None:
    assert figures["rates"]["evidence_in_statement"] >= 0.75
    assert figures["rates"]["wrongly_declined"] <= 0.1


@pytest.mark.models
def test_most_questions_about_something_else_are_declined(figures: dict[str, Any]) -> None:
    assert figures["rates"]["declined"] >= 0.85
