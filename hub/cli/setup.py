"""flask setup: what serving needs beside the packages. Each step does nothing where it is done."""

import hashlib
import os
from collections.abc import Callable
from pathlib import Path

import click
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy import select

from hub.config import CHECKOUT
from hub.extensions import db
from knowledge.models import Document
from knowledge.orm import reading

STARTER = CHECKOUT / "hub" / "library" / "starter"
TRANSLATIONS = CHECKOUT / "hub" / "translations"


@click.command("setup")
@click.option("--without-library", is_flag=True, help="Leave the library as it is.")
@with_appcontext
def setup(without_library: bool) -> None:
    """Prepare what serving needs: scripts, model, translations, tables, first documents."""
    steps: list[Callable[[], object]] = [
        fetch_browser_packages,
        build_model,
        lambda: compile_translations(TRANSLATIONS),
        migrate,
    ]
    if not without_library:
        steps.append(import_starter)
    for step in steps:
        step()


def fetch_browser_packages() -> None:
    from hub import browser_packages

    if status := browser_packages.main():
        raise click.exceptions.Exit(status)


def build_model() -> None:
    """The default model; another one (HUB_EMBEDDER) is fetched when it is first used."""
    from indexer.models import build_default_model
    from indexer.models.build import is_intact
    from knowledge.errors import ModelUnavailable

    folder = current_app.config["MODEL_FOLDER"]
    if is_intact(folder):
        return
    try:
        build_default_model(folder, click.echo)
    except ModelUnavailable as problem:
        raise click.ClickException(str(problem)) from problem


def compile_translations(folder: Path) -> None:
    """Compiles every catalogue that is newer than what was compiled from it."""
    for catalogue in sorted(folder.glob("*/LC_MESSAGES/*.po")):
        compiled = catalogue.with_suffix(".mo")
        if compiled.exists() and compiled.stat().st_mtime > catalogue.stat().st_mtime:
            continue
        beside = compiled.with_suffix(".new")
        with catalogue.open("rb") as source, beside.open("wb") as target:
            write_mo(target, read_po(source))
        os.replace(beside, compiled)


def migrate() -> None:
    from flask_migrate import upgrade

    upgrade()


def import_starter() -> None:
    """The documents that explain the hub, so that the first question has an answer.

    Imported once and again when they change, so that what a curator withdraws stays withdrawn.
    """
    state = _starter_state()
    note = current_app.config["DATA"] / "starter.imported"
    if note.exists() and note.read_text() == state and not _library_is_empty():
        return
    command = current_app.cli.commands["library"]
    command.main(["import", str(STARTER), "--wait"], standalone_mode=False)
    note.write_text(state)


def _starter_state() -> str:
    """Names the documents as they are and the database that holds them."""
    digest = hashlib.sha256(str(db.engine.url).encode())
    for file in sorted(STARTER.iterdir()):
        digest.update(file.name.encode())
        digest.update(file.read_bytes())
    return digest.hexdigest()


def _library_is_empty() -> bool:
    with reading(db.engine) as session:
        return session.scalar(select(Document.id).limit(1)) is None
