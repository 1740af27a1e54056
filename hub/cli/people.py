"""flask people …: accounts and roles, for the first administrator and for emergencies."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click
from flask.cli import AppGroup

from hub.cli.library import printable

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from hub.accounts.models import Person
    from hub.desk.operations import Deed

ACTOR = "command line"
ROLES = click.Choice(["curator", "moderator", "administrator"])
people = AppGroup("people", help="Add people, give and take roles, lock out.")

Command = Callable[..., Any]


def _why(command: Command) -> Command:
    return click.option("--reason", default="", help="Why; it is kept in the audit log.")(command)


def _force(command: Command) -> Command:
    help_ = "Also where it is the last administrator."
    return click.option("--force", is_flag=True, help=help_)(command)


@people.command("list")
@click.option("--role", type=ROLES, help="Only those who have this role.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def list_(role: str | None, as_json: bool) -> None:
    """List everybody who has an account."""
    from sqlalchemy import select

    from hub.accounts.models import Person
    from hub.extensions import db
    from knowledge.orm import reading

    present = select(Person).where(Person.erased_at.is_(None)).order_by(Person.id)
    with reading(db.engine) as session:
        rows = [_row(person) for person in session.scalars(present)]
    shown = [row for row in rows if role is None or role in row["roles"]]
    if as_json:
        click.echo(json.dumps({"people": shown}, indent=1, ensure_ascii=False))
        return
    for row in shown:
        roles = ", ".join(row["roles"]) or "-"
        state = "disabled" if row["disabled"] else "active"
        line = f"{row['id']:>5} {state:<8} {roles:<24} {row['email'] or '-'}  {row['pseudonym']}"
        click.echo(printable(line))
    click.echo(f"{len(shown)} people")


@people.command("add")
@click.argument("email")
@click.option("--pseudonym", required=True, help="The name on the hub.")
@click.option("--role", type=ROLES, help="To begin with.")
@click.option("--language", default="en", help="A code such as en.")
@_why
def add(email: str, pseudonym: str, role: str | None, language: str, reason: str) -> None:
    """Add a person and print a link, valid for 24 hours, under which they choose a password.

    So an empty hub gets its first administrator: --role administrator.
    """
    from hub.accounts import operations as accounts
    from hub.accounts.models import Role
    from hub.desk import operations

    address, name = _address(email), _name(pseudonym)
    with _acting(reason) as (session, deed):
        try:
            person = accounts.create_person(
                session,
                email=address,
                pseudonym=name,
                password_hash="",
                language=_language(language),
                now=deed.at,
            )
        except accounts.Taken as taken:
            raise click.ClickException("Somebody has this address or a name like this.") from taken
        # The desk's turn before that of the audit log, as in every act of the desk: two that took
        # them the other way round would wait for each other.
        operations.hold(session, person.id)
        deed.note(session, "person.added", person.id)
        if role:
            operations.grant(session, person.id, Role(role), deed)
        place = _link(session, person, deed)
        number = person.id
    click.echo(f"Added person {number}. To choose a password, within 24 hours:\n{place}")


@people.command("grant")
@click.argument("who")
@click.argument("role", type=ROLES)
@_why
def grant(who: str, role: str, reason: str) -> None:
    """Give WHO (an address, a number or a pseudonym) a role."""
    from hub.accounts.models import Role
    from hub.desk import operations

    with _acting(reason) as (session, deed):
        done = operations.grant(session, _person(session, who).id, Role(role), deed)
    _say(done)


@people.command("revoke")
@click.argument("who")
@click.argument("role", type=ROLES)
@_force
@_why
def revoke(who: str, role: str, force: bool, reason: str) -> None:
    """Take a role from WHO (an address, a number or a pseudonym)."""
    from hub.accounts.models import Role
    from hub.desk import operations

    with _acting(reason) as (session, deed):
        number = _person(session, who).id
        done = operations.revoke(session, number, Role(role), deed, force=force)
    _say(done)


@people.command("disable")
@click.argument("who")
@_force
@_why
def disable(who: str, force: bool, reason: str) -> None:
    """Lock WHO out at once, in every browser."""
    from hub.desk import operations

    with _acting(reason) as (session, deed):
        done = operations.disable(session, _person(session, who).id, deed, force=force)
    _say(done)


@people.command("enable")
@click.argument("who")
@_why
def enable(who: str, reason: str) -> None:
    """Let WHO in again."""
    _do("enable", who, reason)


@people.command("sign-out")
@click.argument("who")
@_why
def sign_out(who: str, reason: str) -> None:
    """End every sign-in of WHO."""
    _do("sign-out", who, reason)


@people.command("remove-second-factor")
@click.argument("who")
@_why
def remove_second_factor(who: str, reason: str) -> None:
    """Remove every second factor of WHO, who has lost the device; they are told by mail."""
    _do("remove-second-factor", who, reason)


def _do(act: str, who: str, reason: str) -> None:
    from hub.desk import acting
    from hub.desk.rules import Act

    with _acting(reason) as (session, deed):
        done = acting.do(session, Act(act), _person(session, who).id, deed)
    _say(done)


@contextmanager
def _acting(reason: str) -> Iterator[tuple["Session", "Deed"]]:
    """One transaction, which stands when nothing was raised."""
    from hub.audit.rules import is_reason
    from hub.cli.index import failing_in_words
    from hub.clock import now
    from hub.desk.operations import Deed, LastAdministrator
    from hub.extensions import db

    if not is_reason(reason):
        raise click.UsageError("--reason is readable text of 500 characters at most.")
    with failing_in_words():
        try:
            yield db.session(), Deed(None, now(), reason, ACTOR)
        except LastAdministrator as last:
            db.session.rollback()
            raise click.ClickException(
                "This is the last administrator. Give somebody else the role first, or use --force."
            ) from last
        db.session.commit()


def _say(done: bool) -> None:
    click.echo("Done." if done else "It was so already.")


def _person(session: "Session", who: str) -> "Person":
    from hub.desk.queries import person_named

    found = person_named(session, who)
    if found is None:
        raise click.ClickException(f"Nobody here is called “{printable(who)}”.")
    return found


def _address(email: str) -> str:
    from hub.accounts.addresses import normal_address

    address = normal_address(email.strip())
    if not address:
        raise click.UsageError("This is no e-mail address. It looks like name@example.org.")
    return address


def _name(pseudonym: str) -> str:
    from flask import current_app

    from hub.accounts import pseudonym_words, pseudonyms
    from hub.texts import tidied

    name = tidied(pseudonym)
    problem = pseudonyms.problem_with(name)
    if problem:
        with current_app.test_request_context():  # the sentences are those of the page
            raise click.UsageError(f"--pseudonym: {pseudonym_words.sentence(problem)}")
    return name


def _language(code: str) -> str:
    from hub.config import LANGUAGES

    if code not in LANGUAGES:
        raise click.UsageError(f"--language is one of {', '.join(LANGUAGES)}.")
    return code


def _link(session: "Session", person: "Person", deed: "Deed") -> str:
    from hub.accounts import links
    from hub.accounts.models import Purpose
    from hub.mail.rendering import link_url

    link = links.make(session, Purpose.RESET, person.email or "", deed.at, person_id=person.id)
    return link_url("accounts.choose_password", token=links.signed(link))


def _row(person: "Person") -> dict[str, Any]:
    return {
        "id": person.id,
        "pseudonym": person.pseudonym,
        "email": person.email,
        "roles": sorted(str(grant.role) for grant in person.grants),
        "disabled": person.disabled_at is not None,
        "created_at": person.created_at.isoformat(),
    }
