"""flask moderation …: how moderation went, and how much the gate would hold back."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click
from flask.cli import AppGroup

from hub.cli.library import printable

if TYPE_CHECKING:
    from hub.moderation.evaluating import Measured

moderation = AppGroup("moderation", help="Numbers for the yearly report; what is held back.")
DAY = click.DateTime(["%Y-%m-%d"])


@moderation.command("report")
@click.option("--from", "since", type=DAY, required=True, help="The first day (UTC).")
@click.option("--to", "until", type=DAY, required=True, help="The last day (UTC).")
def report(since: datetime, until: datetime) -> None:
    """Print how many reports, decisions and objections there were, as one JSON object.

    It holds no personal data.
    """
    from hub.extensions import db
    from hub.moderation.figures import figures
    from knowledge.orm import reading

    if until < since:
        raise click.UsageError("--to is before --from.")
    end = until.replace(tzinfo=UTC) + timedelta(days=1)
    with reading(db.engine) as session:
        found = figures(session, since.replace(tzinfo=UTC), end)
    span = {"from": f"{since:%Y-%m-%d}", "to": f"{until:%Y-%m-%d}"}
    click.echo(json.dumps({**span, **found.as_json()}, indent=1))


@moderation.command("evaluate")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--level", type=click.IntRange(0, 3), default=0, help="The trust of the author.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def evaluate(folder: Path, level: int, as_json: bool) -> None:
    """Print how many of the labelled posts in FOLDER/posts.jsonl would be held back.

    Held back means that a moderator reads it first; nothing is deleted. Only what stands in the
    text itself counts here.
    """
    from hub.moderation.evaluating import measure, posts_in

    try:
        measured = measure(posts_in(folder), level)
    except (OSError, ValueError, KeyError) as error:
        raise click.ClickException(f"{printable(str(folder))} holds no such posts.") from error
    _show_as_json(measured) if as_json else _show(measured)


def _show(measured: "Measured") -> None:
    for label in measured.labels:
        click.echo(_line(label, *measured.rate(label)))
        for language in measured.languages(label):
            click.echo(_line(f"  {language}", *measured.rate(label, language)))
        for (found, sign), count in sorted(measured.signs.items()):
            if found == label:
                click.echo(f"    {sign}: {count}")


def _line(name: str, held: int, of: int) -> str:
    share = held / of if of else 0.0
    return printable(f"{name:<10} held back {held:>4} of {of:>4}  {share:6.1%}")


def _show_as_json(measured: "Measured") -> None:
    rates = {
        label: dict(zip(("held", "of"), measured.rate(label), strict=True))
        for label in measured.labels
    }
    click.echo(json.dumps(rates, indent=1))
