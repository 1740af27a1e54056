"""flask work: the index worker and the mail worker in one process, which the two share frugally."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import click
from flask.cli import with_appcontext

from hub.cli.index import failing_in_words, index_until, stopping
from hub.cli.mail import this_app

SECONDS_TO_STOP = 5.0
SECONDS_WITHOUT_INDEX = 60.0


@click.command("work")
@with_appcontext
def work() -> None:
    """Index what is imported and send what is queued, until Ctrl-C or the signal to end."""
    with stopping() as stop, _sending(stop):
        try:
            with failing_in_words():
                index_until(stop)
        except click.ClickException as problem:
            problem.show()  # whoever supervises starts it again; until then mail goes out
            stop.wait(SECONDS_WITHOUT_INDEX)
            raise click.exceptions.Exit(problem.exit_code) from problem


@contextmanager
def _sending(stop: threading.Event) -> Iterator[None]:
    """Mail goes out meanwhile. What is being handed to a slow server when the time to stop is over
    is sent again later."""
    from hub.mail.worker import keep_running

    sender = threading.Thread(target=keep_running, args=(this_app(), stop), daemon=True)
    sender.start()
    try:
        yield
    finally:
        stop.set()
        sender.join(SECONDS_TO_STOP)
