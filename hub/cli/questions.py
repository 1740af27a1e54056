"""flask assistant evaluate: how good the answers are."""

import json
from pathlib import Path
from typing import Any

import click


@click.command("evaluate")
@click.argument("questions", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def evaluate(questions: Path, as_json: bool) -> None:
    """Asks every question of QUESTIONS (a .jsonl file with the known evidence) of the library as it
    stands, and prints how often the evidence is found, quoted, or rightly declined."""
    from hub.wiring import parts
    from knowledge.access import ANYONE
    from knowledge.errors import IndexDamaged, ModelUnavailable
    from knowledge.evaluation.questions import evaluate_questions

    try:
        rows = [json.loads(line) for line in questions.open(encoding="utf-8") if line.strip()]
        figures = evaluate_questions(parts().assistant, rows, ANYONE)
    except (ValueError, KeyError, TypeError) as error:
        raise click.ClickException(f"This is no set of questions: {error!r}") from error
    except (IndexDamaged, ModelUnavailable) as error:
        raise click.ClickException(str(error)) from error
    click.echo(json.dumps(figures, indent=1, ensure_ascii=False) if as_json else _table(figures))


def _table(figures: dict[str, Any]) -> str:
    lines = [_row(row) for row in figures["questions"]]
    rates = [
        f"{name:22} {'-' if rate is None else format(rate, '.3f')}"
        for name, rate in figures["rates"].items()
    ]
    times = [f"{name + ' ms':22} {value:.0f}" for name, value in figures["times_ms"].items()]
    legend = "p evidence in passages, s in its section, q quoted, r right section, d declined"
    return "\n".join([legend, *lines, "", *rates, *times])


def _row(row: dict[str, Any]) -> str:
    flags = (
        ("p", "evidence_in_passages"),
        ("s", "section_in_passages"),
        ("q", "evidence_in_statement"),
        ("r", "right_section"),
        ("d", "declined"),
    )
    marks = "".join(letter if row[name] else "." for letter, name in flags)
    kind = " " if row["answerable"] else "-"
    return f"{row['id']:6}{kind} {marks}  {row['likelihood']:.2f}  {row['question'][:80]}"
