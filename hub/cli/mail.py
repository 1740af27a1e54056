"""flask mail …: sends what is in the outbox, and says how it stands."""

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING

import click
from flask import Flask, current_app
from flask.cli import AppGroup

from hub.cli.index import failing_in_words, stopping

if TYPE_CHECKING:
    from hub.mail.queries import Status

mail = AppGroup("mail", help="Send the mails of the hub.")


@mail.command("work")
def work() -> None:
    """Send what is queued, until Ctrl-C or the signal to end."""
    from hub.mail.worker import keep_running

    _require_a_way()
    with stopping() as stop:
        keep_running(this_app(), stop)


@mail.command("send")
def send() -> None:
    """Send everything that is due, once."""
    from hub.extensions import db
    from hub.mail.transports import transport_of
    from hub.mail.worker import Worker

    _require_a_way()
    with failing_in_words():
        worker = Worker(db.engine, transport_of(this_app()))
        tried = worker.send_due()
    click.echo(
        "Nothing was due." if not tried else f"{_mails(tried)} tried; see flask mail status."
    )


@mail.command("status")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def status(as_json: bool) -> None:
    """Show how many mails wait, and which could not be sent. Never says to whom."""
    from hub.extensions import db
    from hub.mail import queries
    from knowledge.orm import reading

    with failing_in_words(), reading(db.engine) as session:
        found = queries.status(session)
    click.echo(_as_json(found) if as_json else "\n".join(_table(found)))


@mail.command("retry")
@click.argument("mail_id", metavar="[ID]", type=int, required=False)
def retry(mail_id: int | None) -> None:
    """Queue again what failed: the mail ID, or all."""
    from hub.audit.log import note
    from hub.clock import now
    from hub.extensions import db
    from hub.mail import outbox, queries
    from hub.mail.models import Mail

    with failing_in_words():
        one = db.session.get(Mail, mail_id) if mail_id is not None else None
        if mail_id is not None and one is None:
            raise click.ClickException(f"There is no mail {mail_id}.")
        wanted = [one] if one else queries.failed(db.session())
        queued = [mail for mail in wanted if outbox.retry(db.session(), mail, now())]
        for mail in queued:
            about = ("mail", mail.id)
            note(db.session(), "mail.retried", None, now(), subject=about, actor="command line")
        db.session.commit()
    click.echo(f"{_mails(len(queued))} queued again.")


def this_app() -> Flask:
    return current_app._get_current_object()  # type: ignore[attr-defined]


def _require_a_way() -> None:
    if not current_app.config["MAIL"]:
        raise click.ClickException("This hub sends no mail: HUB_MAIL is not set.")


def _mails(count: int) -> str:
    return "1 mail is" if count == 1 else f"{count} mails are"


def _as_json(found: "Status") -> str:
    return json.dumps(
        {
            "possible": bool(current_app.config["MAIL"]),
            "mails": found.counts,
            "oldest_waiting": found.oldest_waiting and found.oldest_waiting.isoformat(),
            "failed": [
                {"id": mail.id, "kind": mail.kind, "attempts": mail.attempts, "error": mail.error}
                for mail in found.failed
            ],
        },
        indent=1,
    )


def _table(found: "Status") -> Iterator[str]:
    yield f"{'mails':<12}" + ", ".join(f"{count} {name}" for name, count in found.counts.items())
    if not current_app.config["MAIL"]:
        yield f"{'':<12}none is sent: HUB_MAIL is not set"
    if found.oldest_waiting:
        yield f"{'waiting':<12}since {found.oldest_waiting:%Y-%m-%d %H:%M} UTC"
    for mail in found.failed:
        yield f"{'failed':<12}{mail.id} ({mail.kind}): {mail.error}"
