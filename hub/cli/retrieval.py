"""flask retrieval …: how good the search is."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
from flask.cli import AppGroup
from tqdm import tqdm

retrieval = AppGroup("retrieval", help="Measure the search.")
FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
COLUMNS = ("ndcg@10", "recall@10", "recall@100")


@retrieval.command("evaluate")
@click.argument("folder", type=FOLDER)
@click.option("--corpus", type=FOLDER, help="Take the passages from this set instead.")
@click.option("--limit", type=click.IntRange(min=1), help="Ask only the first N questions.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def evaluate(folder: Path, corpus: Path | None, limit: int | None, as_json: bool) -> None:
    """Runs a search set (corpus.jsonl, queries.jsonl, qrels.tsv) through the retriever, in a
    temporary index, and prints nDCG@10, Recall@10 and Recall@100 for each arm."""
    from flask import current_app

    from knowledge.embedders import embedder_from
    from knowledge.evaluation.ranking import evaluate_ranking, read_set

    try:
        search_set = read_set(folder, corpus, limit)
    except (OSError, ValueError, KeyError) as error:
        raise click.ClickException(f"This is no search set: {error}") from error
    if not search_set.questions:
        raise click.ClickException("No question of this set has a relevant passage.")
    models = current_app.config["MODEL_FOLDER"]
    embedder = embedder_from(current_app.config["EMBEDDER"], models)
    with _progress() as progress:
        figures = evaluate_ranking(search_set, embedder, models, progress)
    _print(figures, search_set, embedder.spec, as_json)


def _print(figures: dict[str, Any], search_set: Any, embedder: str, as_json: bool) -> None:
    questions, passages = len(search_set.questions), len(search_set.passages)
    if as_json:
        described = {"questions": questions, "passages": passages, "embedder": embedder}
        click.echo(json.dumps({**described, "arms": figures}, indent=1))
        return
    click.echo(f"{questions} questions, {passages} passages, embedder {embedder}")
    click.echo(f"{'':10}" + "".join(f"{column:>12}" for column in COLUMNS))
    for arm, values in figures.items():
        click.echo(f"{arm:10}" + "".join(f"{values[column]:12.4f}" for column in COLUMNS))


@contextmanager
def _progress() -> Iterator[Any]:
    """A bar a station, on a terminal only."""
    bars: dict[str, tqdm[Any]] = {}

    def show(station: str, done: int, total: int) -> None:
        bar = bars.setdefault(station, tqdm(desc=station, total=total, disable=None, leave=False))
        bar.update(done - bar.n)

    try:
        yield show
    finally:
        for bar in bars.values():
            bar.close()
