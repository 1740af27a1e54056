"""flask assistant calibrate: when the assistant should decline."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from knowledge.evaluation.calibration import Example


@click.command("calibrate")
@click.argument("questions", nargs=-1, required=True)
@click.option("--answerable", multiple=True, metavar="SET", help="All of its questions are.")
@click.option("--unanswerable", multiple=True, metavar="SET", help="None of its questions is.")
@click.option("--weight", default=5.0, help="How much more a question of QUESTIONS counts.")
@click.option("--most", default=90, help="Questions taken of each SET.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def calibrate(
    questions: tuple[str, ...],
    answerable: tuple[str, ...],
    unanswerable: tuple[str, ...],
    weight: float,
    most: int,
    as_json: bool,
) -> None:
    """Fit the decision to decline on questions over the library as it stands.

    QUESTIONS are .jsonl files whose rows say whether they are answerable; a SET is a folder with
    queries.jsonl, or folder@DOC or folder@!DOC for its questions about one document or all others.
    Prints the error rates at each threshold, on questions that the model was not fitted on, and the
    numbers for knowledge/deciding.py.
    """
    from hub.wiring import parts
    from knowledge.access import ANYONE
    from knowledge.evaluation.calibration import examples

    own = [row for file in questions for row in _rows(file)]
    asked = [
        *((_text(row), bool(row.get("answerable", True)), weight) for row in own),
        *((_text(row), True, 1.0) for name in answerable for row in _set(name, most)),
        *((_text(row), False, 1.0) for name in unanswerable for row in _set(name, most)),
    ]
    if {known for _, known, _ in asked} != {True, False}:
        raise click.ClickException("Both answerable and other questions are needed.")
    found = list(examples(parts().assistant, asked, ANYONE))
    figures = _figures(found)
    click.echo(json.dumps(figures, indent=1) if as_json else _table(figures))


def _figures(found: "list[Example]") -> dict[str, Any]:
    from knowledge.evaluation.calibration import auroc, curve, fit, held_out

    likelihoods = held_out(found)
    model = fit(found)
    return {
        "questions": {
            "answerable": sum(example.answerable for example in found),
            "others": sum(not example.answerable for example in found),
        },
        "auroc": round(auroc(likelihoods, found), 3),
        "curve": [
            [rates.threshold, rates.declined, rates.wrongly_declined]
            for rates in curve(likelihoods, found)
        ],
        "intercept": round(model.intercept, 2),
        "weights": [round(weight, 2) for weight in model.weights],
    }


def _table(figures: dict[str, Any]) -> str:
    counts = figures["questions"]
    return "\n".join(
        [
            f"{counts['answerable']} answerable questions, {counts['others']} others",
            f"AUROC {figures['auroc']:.3f}",
            "threshold  declined  wrongly declined",
            *(f"{t:9.2f}  {right:8.3f}  {wrong:16.3f}" for t, right, wrong in figures["curve"]),
            f"INTERCEPT = {figures['intercept']}",
            f"WEIGHTS = {tuple(figures['weights'])}",
        ]
    )


def _text(row: dict[str, Any]) -> str:
    return str(row.get("question") or row["text"])


def _set(name: str, most: int) -> list[dict[str, Any]]:
    folder, _, document = name.partition("@")
    rows = [row for row in _rows(str(Path(folder) / "queries.jsonl")) if _is_about(row, document)]
    step = max(1, len(rows) // most)  # spread over the whole set
    return rows[::step][:most]


def _is_about(row: dict[str, Any], document: str) -> bool:
    if document.startswith("!"):
        return row.get("doc_filter") != document[1:]
    return not document or row.get("doc_filter") == document


def _rows(file: str) -> Iterator[dict[str, Any]]:
    try:
        with Path(file).open(encoding="utf-8") as lines:
            yield from (json.loads(line) for line in lines if line.strip())
    except (OSError, ValueError) as error:
        raise click.ClickException(f"{file} is no set of questions: {error}") from error
