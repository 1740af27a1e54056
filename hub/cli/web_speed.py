"""flask benchmark web: what pages and posts of the forum cost, beside the least that they can."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click
from flask import Flask
from flask.cli import with_appcontext

from hub.cli.benchmark import FOLDER, print_figures, show

if TYPE_CHECKING:
    from hub.cli.measuring.figures import Figure

SCALES = ("small", "large")
Measured = list[tuple[str, Flask]]


@click.command("web")
@click.option("--data", type=FOLDER, help="A data folder that is measured as it stands.")
@click.option("--scale", default="small,large", show_default=True, help="What is filled instead.")
@click.option("--rounds", type=click.IntRange(min=3), default=21, show_default=True)
@click.option("--posts", type=click.IntRange(min=1), default=40, show_default=True)
@click.option("--no-writes", is_flag=True, help="Only pages: nothing is written.")
@click.option("--no-bars", is_flag=True, help="Exit with 0 also where a bar is missed.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@with_appcontext
def web(
    data: Path | None,
    scale: str,
    rounds: int,
    posts: int,
    no_writes: bool,
    no_bars: bool,
    as_json: bool,
) -> None:
    """Measures topic, board, home and search, as a guest and signed in, in turn with a bare page of
    the same tools; and replies of eight writers beside bare inserts.

    Without --data, hubs of these scales are filled in a temporary folder first (large takes
    minutes), and compared. With DATABASE_URL they are filled in PostgreSQL. --posts is what each
    writer writes in a round; with --data they stay. The machine should have nothing else to do.
    """
    from hub.cli.measuring.pages import PageRefused
    from hub.cli.measuring.prepared import TooEmpty

    try:
        with _measured(data, _scales(scale)) as hubs:
            figures = _figures(hubs, rounds, 0 if no_writes else posts)
    except (PageRefused, TooEmpty) as error:
        raise click.ClickException(str(error)) from error
    print_figures(figures) if as_json else show(figures)
    if any(figure.meets is False for figure in figures) and not no_bars:
        raise click.exceptions.Exit(1)


def _scales(text: str) -> list[str]:
    names = [name.strip() for name in text.split(",") if name.strip()]
    if not names or not set(names) <= set(SCALES):
        raise click.UsageError("--scale is small, large or small,large.")
    return names


@contextmanager
def _measured(data: Path | None, scales: list[str]) -> Iterator[Measured]:
    from hub.cli.measuring.prepared import seeded_hub, standing_hub
    from hub.cli.progress import PostBar
    from hub.demo.scales import SCALES as SIZES

    with ExitStack() as stack:
        if data is not None:
            yield [(data.name, stack.enter_context(standing_hub(data)))]
            return
        hubs: Measured = []
        for scale in scales:
            with PostBar(SIZES[scale].posts) as bar:
                hubs.append((scale, stack.enter_context(seeded_hub(scale, bar))))
        yield hubs


def _figures(hubs: Measured, rounds: int, posts: int) -> "list[Figure]":
    from hub.cli.measuring.bare import PATH, serving_bare
    from hub.cli.measuring.forum import visits_of
    from hub.cli.measuring.pages import Visit, measure_pages
    from hub.cli.measuring.prepared import bare_database

    with bare_database() as (page_url, insert_url), serving_bare(page_url) as bare_page:
        bare = Visit(bare_page, "bare page", PATH)
        visits = [visit for scale, app in hubs for visit in visits_of(app, scale)]
        figures = measure_pages(bare, visits, rounds)
        if posts:
            with serving_bare(insert_url) as inserting:
                figures += _writes(inserting, hubs[0][1], posts)
    return figures


def _writes(bare: Flask, hub: Flask, posts: int) -> "list[Figure]":
    from hub.cli.measuring.forum import writers_of
    from hub.cli.measuring.prepared import signed_in
    from hub.cli.measuring.writes import WRITERS, measure_writes

    people, topics, named = writers_of(hub, WRITERS)
    cookies = signed_in(hub, people)
    return measure_writes(bare, hub, cookies, topics, named, posts, rounds=3)
