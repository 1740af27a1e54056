"""flask demo …: a forum to look at and to measure."""

import secrets
from typing import TYPE_CHECKING

import click
from flask import current_app
from flask.cli import AppGroup

from hub.cli.progress import PostBar

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from hub.demo.scales import Scale

CACHE = "PRAGMA cache_size = -400000"  # kB: a table that is filled at random places stays at hand
demo = AppGroup("demo", help="Fill the hub with a forum that nobody wrote.")


@demo.command("seed")
@click.option("--scale", type=click.Choice(["small", "large"]), default="small", show_default=True)
@click.option("--seed", type=int, default=1, show_default=True, help="Another one, another forum.")
@click.option("--again", is_flag=True, help="Also into a hub that has topics.")
@click.option("--yes", is_flag=True, help="Also in production; without anybody to sign in as.")
@click.option("--password", default="", help="Of those to sign in as; else one is made up.")
def seed_(scale: str, seed: int, again: bool, yes: bool, password: str) -> None:
    """Add boards, topics and posts in eight languages, and people who wrote them.

    Small: 48 boards, 1,000 topics, 10,000 posts, 200 people. Large: 200, 50,000, 500,000, 5,000.
    Nobody can sign in as one of these; in a local hub somebody of each role is added whose password
    is printed. What is added cannot be told apart later: use an empty hub.
    """
    from hub.demo.scales import SCALES
    from hub.extensions import db

    is_local = not current_app.config["PRODUCTION"]
    if not is_local and not yes:
        raise click.ClickException("This hub is in production. --yes fills it all the same.")
    _refuse_topics(db.session(), again or yes)
    _fill(db.session(), SCALES[scale], seed)
    if is_local:
        _print_sign_ins(db.session(), password or secrets.token_urlsafe(9))


def _refuse_topics(session: "Session", is_wanted: bool) -> None:
    from hub.demo.seeding import has_topics

    if has_topics(session) and not is_wanted:
        raise click.ClickException("The forum of this hub has topics. --again adds to them.")


def _fill(session: "Session", scale: "Scale", seed: int) -> None:
    from hub.cli.index import failing_in_words
    from hub.clock import now
    from hub.demo.seeding import seeded

    with failing_in_words(), PostBar(scale.posts) as bar:
        if session.get_bind().dialect.name == "sqlite":
            session.connection().exec_driver_sql(CACHE)
        for count in seeded(session, scale, seed, now()):
            session.commit()
            bar(count)
    click.echo(
        f"Added {scale.topics:,} topics with {scale.posts:,} posts in {scale.boards} boards."
    )


def _print_sign_ins(session: "Session", password: str) -> None:
    from hub.clock import now
    from hub.demo.sign_ins import cast
    from hub.second_factor.totp import new_secret

    secret = new_secret()
    addresses = cast(session, password, secret, now())
    session.commit()
    click.echo("To sign in, locally:")
    for address in addresses:
        click.echo(f"  {address}")
    click.echo(f"  password {password}, secret of the app for codes {secret}")
    click.echo("  (with HUB_SECOND_FACTOR_FOR='' roles take effect without a code)")
