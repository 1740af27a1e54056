"""From the text that somebody typed to what is stored: who is mentioned, and the HTML."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.accounts.models import Person
from hub.accounts.pseudonyms import key_of
from hub.markup import found_in, rendered


def html_of(session: Session, text: str) -> str:
    """The HTML of a text, in which the names of people who exist are links."""
    names = found_in(text).mentions
    known = people_named(session, names)
    return str(rendered(text, {name: person.pseudonym for name, person in known.items()}))


def people_named(session: Session, names: Iterable[str]) -> dict[str, Person]:
    """Those of these names that somebody has, by the name as it was typed."""
    keys = {name: key_of(name) for name in names}
    if not keys:
        return {}
    named = select(Person).where(
        Person.pseudonym_key.in_(set(keys.values())),
        Person.erased_at.is_(None),
        Person.disabled_at.is_(None),
    )
    by_key = {person.pseudonym_key: person for person in session.scalars(named)}
    return {name: by_key[key] for name, key in keys.items() if key in by_key}
