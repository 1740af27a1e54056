"""flask index …: the worker behind the search, and how the index stands."""

import json
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import TYPE_CHECKING

import click
from flask import current_app
from flask.cli import AppGroup

if TYPE_CHECKING:
    from indexer.gathered import CommunityStatus
    from indexer.pipeline import Tools
    from indexer.status import IndexStatus, Status

index = AppGroup("index", help="Work on the index behind the search.")


@index.command("work")
@click.option("--once", is_flag=True, help="End when nothing is left to do.")
def work(once: bool) -> None:
    """Index what is imported, until Ctrl-C or the signal to end."""
    with failing_in_words(), stopping() as stop:
        index_until(stop, once)


def index_until(stop: threading.Event, once: bool = False) -> None:
    """The index worker, until ``stop`` is set; with ``once``, until nothing is left to do."""
    from hub.wiring import parts
    from indexer.worker import run
    from knowledge.page_images import PageImages

    PageImages(parts().page_images).sweep()
    run(tools(), stop, once)


@index.command("status")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def status(as_json: bool) -> None:
    """Show documents, versions, jobs, and what the indexes of documents and posts hold."""
    from hub.wiring import parts
    from indexer.gathered import community_status
    from indexer.status import status_of

    with failing_in_words():
        found = status_of(parts().engine, parts().index)
        posts = community_status(parts().engine, parts().posts_index)
    configured = current_app.config["EMBEDDER"]
    if as_json:
        said = {**asdict(found), "community": asdict(posts), "embedder": configured}
        click.echo(json.dumps(said, indent=1))
        return
    for line in (*_table(found, configured), *_posts_table(posts)):
        click.echo(line)


@index.command("verify")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def verify(as_json: bool) -> None:
    """Compare both indexes and the stored files with the database, and say what differs.

    Changes nothing. Exit status 1 if anything differs; what the worker puts right by itself is
    said to be so.
    """
    from hub.cli.library import printable
    from hub.wiring import parts
    from indexer.gathered import community_differences
    from indexer.verifying import differences

    with failing_in_words():
        found = differences(parts().engine, parts().files, parts().index)
        found += community_differences(parts().engine, parts().posts_index)
    if as_json:
        click.echo(json.dumps({"differences": [asdict(d) for d in found]}, indent=1))
    else:
        for difference in found:
            click.echo(f"{difference.what:<10} {printable(difference.problem)}")
        click.echo(f"{len(found)} differences" if found else "Everything agrees.")
    if found:
        sys.exit(1)


@index.command("rebuild")
@click.option("--parse", is_flag=True, help="Also read every file again, as a new version.")
def rebuild(parse: bool) -> None:
    """Write both indexes anew; the old ones serve until the new ones are complete."""
    from hub.cli.progress import PassageBar
    from indexer.community import write_anew
    from indexer.publishing import publish
    from indexer.rebuild import forget_unused_vectors, renew_all
    from indexer.worker import drive

    with failing_in_words(), stopping() as stop:
        indexer = tools()
        if parse:
            jobs = renew_all(indexer.engine, indexer.now())
            click.echo(f"{len(jobs)} documents are read again.")
            drive(indexer, stop, jobs, lambda: None)
        with PassageBar(stop) as bar:
            changed = publish(
                indexer.engine,
                indexer.index,
                indexer.embedder,
                indexer.now(),
                progress=bar,
                anew=True,
            )
            changed = changed and write_anew(indexer, bar)
        if not changed and not stop.is_set():
            raise click.ClickException("Another process is publishing; try again in a minute.")
        forgotten = forget_unused_vectors(indexer.engine, indexer.embedder.fingerprint)
        generation = indexer.index.generation()
    click.echo(f"Generation {generation.number} serves, built with {generation.fingerprint}.")
    click.echo(f"{forgotten} vectors that nothing needs were deleted.")


@index.command("retry")
def retry() -> None:
    """Queue again what failed, for example after a missing file was put back."""
    from hub.clock import now
    from hub.wiring import parts
    from indexer.rebuild import retry_all

    with failing_in_words():
        count = retry_all(parts().engine, now())
    click.echo(f"{count} jobs are queued again.")


def tools() -> "Tools":
    """What the indexer works with in this app. Raises: click.ClickException."""
    from hub.clock import now
    from hub.wiring import parts
    from indexer.pipeline import Tools
    from knowledge.embedders import embedder_from
    from knowledge.errors import ModelUnavailable

    built = parts()
    try:
        embedder = embedder_from(built.embedder, built.model_folder)
    except (ModelUnavailable, ValueError) as error:
        raise click.ClickException(str(error)) from error
    return Tools(built.engine, built.files, built.index, embedder, now, community=built.posts_index)


@contextmanager
def stopping() -> Iterator[threading.Event]:
    """An event that Ctrl-C and the signal to end set: work is given back, not torn off."""
    stop = threading.Event()
    before = {
        number: signal.signal(number, lambda *_: stop.set())
        for number in (signal.SIGINT, signal.SIGTERM)
        if threading.current_thread() is threading.main_thread()
    }
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def failing_in_words() -> Iterator[None]:
    """Ends a command with a sentence where the disk, the database or the model fails it."""
    from sqlalchemy.exc import SQLAlchemyError

    from indexer.worker import Stopped
    from knowledge.disk import DiskFull
    from knowledge.errors import IndexDamaged, ModelUnavailable

    try:
        yield
    except Stopped:
        raise click.ClickException("Stopped; the work goes on where it was next time.") from None
    except (IndexDamaged, ModelUnavailable, DiskFull) as error:
        raise click.ClickException(str(error)) from error
    except (SQLAlchemyError, OSError) as error:
        raise click.ClickException(_cause(error)) from error


def _cause(error: Exception) -> str:
    from sqlalchemy.exc import SQLAlchemyError

    from knowledge.disk import DiskFull, is_disk_full

    if is_disk_full(error):
        return str(DiskFull())
    if isinstance(error, SQLAlchemyError):
        cause = str(getattr(error, "orig", None) or error).split("\n")[0]
        return f"The database refused: {cause}"
    return f"A file could not be used: {error}"


def _table(found: "Status", configured: str) -> Iterator[str]:
    yield f"{'documents':<12}{found.documents} ({found.withdrawn} withdrawn)"
    yield f"{'versions':<12}{_named(found.versions)}"
    yield f"{'jobs':<12}{_named(found.jobs)}"
    yield f"{'embedder':<12}{configured}"
    yield from _index_lines("index", found.index)
    for failed in found.failed:
        yield f"{'failed':<12}{failed.path} (version {failed.version}): {failed.problem}"


def _posts_table(found: "CommunityStatus") -> Iterator[str]:
    yield f"{'posts':<12}{_named(found.contributions)}"
    yield from _index_lines("their index", found.index)


def _index_lines(name: str, held: "IndexStatus") -> Iterator[str]:
    if held.problem:
        yield f"{name:<12}damaged; the worker builds it again. {held.problem}"
        serves = f"generation {held.generation} serves" if held.generation else "nothing serves"
        yield f"{'':<12}{serves} until then"
    elif not held.generation:
        yield f"{name:<12}nothing yet"
    else:
        yield f"{name:<12}generation {held.generation}, built with {held.fingerprint}"
    for audience, count in held.passages.items():
        yield f"{'':<12}{count} passages for {audience}"


def _named(counts: dict[str, int]) -> str:
    return ", ".join(f"{count} {name}" for name, count in counts.items())
