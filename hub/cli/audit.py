"""flask audit …: is the log of privileged acts whole, and what stands in it."""

import json
import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from flask import current_app
from flask.cli import AppGroup

from hub.cli.library import printable

if TYPE_CHECKING:
    from hub.audit.chain import Head, Key
    from hub.audit.queries import Line
    from hub.audit.verifying import Check

audit = AppGroup("audit", help="Check and list what only some may do.")


@audit.command("verify")
@click.option("--head", "head_text", metavar="NUMBER:HASH", help="As an earlier check printed it.")
@click.option(
    "--former-keys",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A file with the former values of HUB_SECRET_KEY, one a line.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def verify(head_text: str | None, former_keys: Path | None, as_json: bool) -> None:
    """Check the chain from the first entry to the last; exit status 1 if it is not whole.

    Only with a head that was noted earlier does it show that the end was cut off.
    """
    from hub.audit import verifying
    from hub.extensions import db
    from knowledge.orm import reading

    noted = _head(head_text)
    with reading(db.engine) as session:
        check = verifying.verify(session, _keys(former_keys), noted)
    _show_as_json(check) if as_json else _show(check)
    sys.exit(0 if check.is_whole else 1)


@audit.command("list")
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="From this day on.")
@click.option("--act", help="Only this act, such as role.granted.")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON object a line.")
def list_(since: datetime | None, act: str | None, as_json: bool) -> None:
    """List the entries, the oldest first."""
    from hub.audit import exporting, queries
    from hub.audit.filters import filters_from
    from hub.extensions import db
    from knowledge.orm import reading

    day = f"{since:%Y-%m-%d}" if since else ""
    filters = filters_from({"since": day, "act": act or ""})
    if act and not filters.act:
        raise click.UsageError(f"“{printable(act)}” is no act; one looks like role.granted.")
    count = 0
    with reading(db.engine) as session:
        for line in queries.all_entries(session, filters, _zone(), 2**31 - 1):
            text = next(exporting.as_jsonl(iter([line]))).rstrip() if as_json else _line(line)
            click.echo(text)
            count += 1
    if not as_json:
        click.echo(f"{count} entries")


def _zone() -> Any:
    from zoneinfo import ZoneInfo

    return ZoneInfo(current_app.config["BABEL_DEFAULT_TIMEZONE"])


def _head(text: str | None) -> "Head | None":
    from hub.audit.chain import head_from

    if text is None:
        return None
    head = head_from(text)
    if head is None:
        raise click.UsageError("--head is NUMBER:HASH, as flask audit verify prints it.")
    return head


def _keys(former: Path | None) -> "list[Key]":
    from hub.audit.chain import key_from

    lines = former.read_text(encoding="utf-8").splitlines() if former else []
    kept = [line.strip() for line in lines if line.strip()]
    return [key_from(secret) for secret in [current_app.config["SECRET_KEY"], *kept]]


def _show(check: "Check") -> None:
    from hub.audit import words

    with current_app.test_request_context():  # the sentences are those of the page
        if check.is_whole:
            click.echo(words.outcome(check))
            return
        for found in check.findings:
            click.echo(words.finding(found))
    click.echo(f"{check.count} entries, chain not whole", err=True)


def _show_as_json(check: "Check") -> None:
    findings = [
        {"fault": str(found.fault), "first": found.first, "last": found.last}
        for found in check.findings
    ]
    whole = {"entries": check.count, "head": str(check.head), "is_whole": check.is_whole}
    click.echo(json.dumps({**whole, "findings": findings}, indent=1))


def _line(line: "Line") -> str:
    entry = line.entry
    who = line.actor or entry.actor
    about = f"{entry.subject_kind} {entry.subject_id or ''}".strip()
    change = f"{_state(entry.before)} -> {_state(entry.after)}"
    at = f"{entry.at:%Y-%m-%dT%H:%M:%SZ}"
    return printable(f"{entry.id:>6} {at} {who}  {entry.act}  {about}  {change}  {entry.reason}")


def _state(values: dict[str, Any] | None) -> str:
    return json.dumps(values, sort_keys=True) if values else "-"
