"""flask benchmark: how fast the hub is, beside how fast it has to be."""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from flask import current_app
from flask.cli import with_appcontext

if TYPE_CHECKING:
    from hub.cli.measuring.figures import Figure

SECTIONS = ("indexing", "answers", "search", "start", "restart", "memory", "growth")
FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group("benchmark", invoke_without_command=True)
@click.option("--section", "sections", multiple=True, type=click.Choice(SECTIONS))
@click.option("--pdf", type=FOLDER, help="The PDF files that are indexed.")
@click.option("--questions", type=FILE, help="A .jsonl file; each row has a question.")
@click.option("--passages", type=click.IntRange(min=100), default=100_000, show_default=True)
@click.option("--rounds", type=click.IntRange(min=1), default=3, show_default=True)
@click.option("--growth-questions", type=click.IntRange(min=4), default=2_000, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@with_appcontext
def benchmark(sections: Sequence[str], as_json: bool, **given: Any) -> None:
    """Measures the sections asked for (all of them without --section) and prints each figure with
    the bar that it has to reach. "flask benchmark web" measures the pages of the forum.

    Answers, starts and memory are those of the library as it stands; indexing and search use
    temporary ones. Nothing that is asked is kept. The machine should have nothing else to do.
    """
    if click.get_current_context().invoked_subcommand:
        return
    from hub.cli.measuring.web import NoAnswer
    from knowledge.errors import IndexDamaged, ModelUnavailable

    wanted = sections or SECTIONS
    measured: list[Figure] = []
    try:
        for section in wanted:
            measured += _measures(given)[section]()
            if not as_json:
                show(figure for figure in measured if figure.section == section)
    except (IndexDamaged, ModelUnavailable, NoAnswer) as error:
        raise click.ClickException(str(error)) from error
    if as_json:
        print_figures(measured)


def _measures(given: dict[str, Any]) -> dict[str, Callable[[], "list[Figure]"]]:
    from hub.cli import indexing_speed
    from hub.cli.measuring import asking, processes, searching
    from hub.wiring import parts
    from knowledge.embedders import embedder_from

    data, rounds = current_app.config["DATA"], given["rounds"]

    def index_folder() -> "list[Figure]":
        if given["pdf"] is None:
            raise click.UsageError("The section indexing needs --pdf FOLDER.")
        embedder = embedder_from(parts().embedder, parts().model_folder)
        return indexing_speed.measure_indexing(embedder, given["pdf"])

    def asked() -> list[str]:
        return _questions(given["questions"])

    return {
        "indexing": index_folder,
        "answers": lambda: asking.measure_answers(parts().assistant, asked(), rounds),
        "search": lambda: searching.measure_search(given["passages"], rounds),
        "start": lambda: processes.measure_start(data, asked()[0], rounds),
        "restart": lambda: indexing_speed.measure_restart(parts().engine, parts().index),
        "memory": lambda: processes.measure_memory(data, asked()),
        "growth": lambda: processes.measure_growth(data, asked(), given["growth_questions"]),
    }


def _questions(file: Path | None) -> list[str]:
    if file is None:
        raise click.UsageError("This section needs --questions FILE.")
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
        found = [str(json.loads(line)["question"]) for line in lines if line.strip()]
    except (ValueError, KeyError, TypeError) as error:
        raise click.ClickException(f"This is no set of questions: {error!r}") from error
    if not found:
        raise click.ClickException("The set of questions is empty.")
    return found


def show(figures: "Iterable[Figure]") -> None:
    for figure in figures:
        sign = {None: "", True: "met", False: "NOT MET"}[figure.meets]
        bar = "" if figure.bar is None else f"{'≥' if figure.is_at_least else '≤'} {figure.bar:g}"
        digits = 2 if figure.unit.startswith("×") else 1
        value = f"{figure.value:,.{digits}f} {figure.unit}"
        click.echo(f"{figure.section:9} {figure.name:40} {value:>18}  {bar:8} {sign}".rstrip())


def print_figures(measured: "list[Figure]") -> None:
    click.echo(json.dumps({"figures": [_row(figure) for figure in measured]}, indent=1))


def _row(figure: "Figure") -> dict[str, Any]:
    return {**asdict(figure), "value": round(figure.value, 3), "meets": figure.meets}
