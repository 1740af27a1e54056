import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from knowledge import deciding
from knowledge.access import ANYONE
from knowledge.answering import Assistant
from knowledge.answers import StatementReady
from knowledge.embedders import HashingEmbedder
from knowledge.evaluation.questions import evaluate_questions, stands_there
from knowledge.evaluation.ranking import evaluate_ranking, read_set
from knowledge.retrieval import Retriever
from tests.factories import add_document, make_tools, work

PASSAGES = {
    "p1": "Cameras in the station record for two days.",
    "p2": "The court decides about the appeal.",
    "p3": "Bread is baked without yeast.",
}
QUESTIONS = {"q1": "How long do cameras record?", "q2": "Who decides about an appeal?", "q3": "?"}


def write_set(folder: Path, relevant: dict[str, str], **filters: str) -> Path:
    folder.mkdir(exist_ok=True)
    rows = [{"id": k, "title": "", "text": v, "doc": f"doc-{k}"} for k, v in PASSAGES.items()]
    asked = [
        {"id": k, "text": v} | ({"doc_filter": filters[k]} if k in filters else {})
        for k, v in QUESTIONS.items()
    ]
    for name, lines in (("corpus", rows), ("queries", asked)):
        text = "".join(json.dumps(line) + "\n" for line in lines)
        (folder / f"{name}.jsonl").write_text(text)
    judged = "".join(f"{question}\t{passage}\t1\n" for question, passage in relevant.items())
    (folder / "qrels.tsv").write_text("query-id\tcorpus-id\tscore\n" + judged)
    return folder


def figures(folder: Path, limit: int | None = None) -> dict[str, dict[str, float]]:
    search_set = read_set(folder, limit=limit)
    return evaluate_ranking(search_set, HashingEmbedder(), folder, lambda *_: None)


def test_a_set_that_is_found_scores_one(tmp_path: Path) -> None:
    found = figures(write_set(tmp_path, {"q1": "p1", "q2": "p2"}))

    assert set(found) == {"hybrid", "dense", "lexical"}
    assert found["hybrid"] == {"ndcg@10": 1.0, "recall@10": 1.0, "recall@100": 1.0}


def test_what_is_not_found_costs(tmp_path: Path) -> None:
    found = figures(write_set(tmp_path, {"q1": "p3", "q2": "p2"}))

    assert found["lexical"]["recall@100"] == 0.5
    assert found["hybrid"]["ndcg@10"] < 1.0


def test_questions_without_a_judgement_are_left_out(tmp_path: Path) -> None:
    folder = write_set(tmp_path, {"q1": "p1", "q2": "p2"})

    assert [q["id"] for q in read_set(folder).questions] == ["q1", "q2"]
    assert [q["id"] for q in read_set(folder, limit=1).questions] == ["q1"]


def test_a_filtered_question_sees_only_its_document(tmp_path: Path) -> None:
    found = figures(write_set(tmp_path, {"q1": "p1"}, q1="doc-p2"))

    assert found["dense"]["recall@100"] == 0.0


def test_passages_may_come_from_another_set(tmp_path: Path) -> None:
    questions = write_set(tmp_path / "one", {"q1": "p1"})
    other = write_set(tmp_path / "two", {})
    (questions / "corpus.jsonl").unlink()

    assert len(read_set(questions, other).passages) == len(PASSAGES)


@pytest.fixture
def assistant(engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Assistant:
    monkeypatch.setattr(deciding, "THRESHOLD", 0.0)
    tools = make_tools(engine, tmp_path)
    add_document(tools)
    work(tools)
    return Assistant(engine, Retriever(engine, tools.index, tmp_path))


ANSWERABLE: dict[str, Any] = {
    "id": "q1",
    "question": "Which cameras that recognise faces are prohibited?",
    "answerable": True,
    "doc": "act.md",
    "locator": "Article 2(1)(a)",
    "evidence": "cameras that recog-nise faces in public",
}


def test_rates_tell_what_was_found_quoted_and_declined(assistant: Assistant) -> None:
    unanswerable = {"id": "u1", "question": "Who bakes bread?", "answerable": False}

    result = evaluate_questions(assistant, [ANSWERABLE, unanswerable], ANYONE)

    assert result["rates"] == {
        "evidence_in_passages": 1.0,
        "section_in_passages": 1.0,
        "evidence_in_statement": 1.0,
        "right_section": 1.0,
        "wrongly_declined": 0.0,
        "declined": 0.0,
        "quotes_verified": 1.0,
    }
    assert [row["id"] for row in result["questions"]] == ["q1", "u1"]


def test_evidence_in_another_document_or_section_does_not_count(assistant: Assistant) -> None:
    elsewhere = ANSWERABLE | {"doc": "other.md", "evidence": "words that stand nowhere at all"}
    wrong_article = ANSWERABLE | {"locator": "Article 7"}

    result = evaluate_questions(assistant, [elsewhere, wrong_article], ANYONE)

    assert result["rates"]["right_section"] == 0.0
    assert result["rates"]["evidence_in_passages"] == 0.5


def test_a_quote_that_the_page_does_not_say_is_not_verified(assistant: Assistant) -> None:
    events = assistant.answer(ANSWERABLE["question"], ANYONE)
    [citation, *_] = [e.statement.citation for e in events if isinstance(e, StatementReady)]

    assert stands_there(assistant.engine, citation)
    assert not stands_there(assistant.engine, replace(citation, quote=citation.quote + "."))
    assert not stands_there(assistant.engine, replace(citation, start=citation.start + 1))
    assert not stands_there(assistant.engine, replace(citation, version=7))


def test_a_question_without_locator_has_no_section_rate(assistant: Assistant) -> None:
    result = evaluate_questions(assistant, [ANSWERABLE | {"locator": ""}], ANYONE)

    assert result["rates"]["section_in_passages"] is None
