"""flask assistant guard: how often the right questions are declined, and orders recognised."""

import json
from pathlib import Path
from typing import Any

import click
from flask.cli import AppGroup

commands = AppGroup("guard", help="Measure what is declined, and orders in documents.")


@commands.command("evaluate")
@click.argument("questions", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def evaluate(questions: Path, as_json: bool) -> None:
    """Says of every question of QUESTIONS whether it would be declined before the search, and
    prints the error rates. Each line is {"text", "lang", "reason"}; the reason is
    person_or_evidence, offence, instruction, or empty for a question that may be looked up."""
    from knowledge.evaluation.guard import evaluate_guard

    try:
        lines = questions.read_text(encoding="utf-8").splitlines()
        figures = evaluate_guard([json.loads(line) for line in lines if line.strip()])
    except (ValueError, KeyError, TypeError) as error:
        raise click.ClickException(f"This is no set of such questions: {error!r}") from error
    click.echo(json.dumps(figures, indent=1, ensure_ascii=False) if as_json else _table(figures))


def _table(figures: dict[str, Any]) -> str:
    rows = [
        f"{wrong['lang']:3} {wrong['reason'] or '-':18} -> {wrong['found'] or '-':18} "
        f"{wrong['text'][:90]}"
        for wrong in figures["wrong"]
    ]
    rates = [_rate(reason, counts) for reason, counts in figures["reasons"].items()]
    others = figures["others"]
    share = others["false_alarms"] / max(1, others["asked"])
    alarms = f"{'false alarms':20} {others['false_alarms']} of {others['asked']} ({share:.1%})"
    return "\n".join([*rows, "", *rates, alarms])


def _rate(reason: str, counts: dict[str, int]) -> str:
    share = counts["declined"] / max(1, counts["asked"])
    other = f", {counts['as_another']} for another reason" if counts["as_another"] else ""
    return f"{reason:20} {counts['declined']} of {counts['asked']} declined ({share:.1%}){other}"


@commands.command("documents")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def documents(as_json: bool) -> None:
    """Counts the sentences of the library that address an assistant: never quoted. In a library
    without attacks each is a mistake."""
    from hub.cli.library import printable
    from hub.wiring import parts
    from knowledge.evaluation.guard import orders_in_library

    found = list(orders_in_library(parts().engine))
    if as_json:
        click.echo(json.dumps({"documents": found}, indent=1, ensure_ascii=False))
        return
    for row in found:
        if row["found"]:
            places = ", ".join(f"{start}-{end}" for start, end in row["found"])
            click.echo(printable(f"{row['path']}: characters {places}"))
    sentences, orders = sum(r["sentences"] for r in found), sum(len(r["found"]) for r in found)
    click.echo(f"{orders} of {sentences} sentences in {len(found)} documents")
