"""flask benchmark live: how soon open pages hear of new posts."""

import click
from flask.cli import with_appcontext

from hub.cli.benchmark import print_figures, show


@click.command("live")
@click.option("--sockets", type=click.IntRange(min=1, max=320), default=300, show_default=True)
@click.option("--topics", type=click.IntRange(min=1), default=20, show_default=True)
@click.option("--seconds", type=click.IntRange(min=2), default=20, show_default=True)
@click.option("--no-bars", is_flag=True, help="Exit with 0 also where a bar is missed.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@with_appcontext
def live(sockets: int, topics: int, seconds: int, no_bars: bool, as_json: bool) -> None:
    """Opens sockets in topics of a hub in a temporary folder and has one post a second written in
    each topic: how many of those that listen hear of each post, how soon after its form was sent,
    and how long pages take meanwhile. Needs Linux: each socket comes from an address of its own.
    The machine should have nothing else to do.
    """
    from hub.cli.measuring.live import measure_live

    figures = measure_live(sockets, topics, seconds)
    print_figures(figures) if as_json else show(figures)
    if any(figure.meets is False for figure in figures) and not no_bars:
        raise click.exceptions.Exit(1)
