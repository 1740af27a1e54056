"""From the text that somebody typed to what is stored: who is mentioned, and the HTML."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.accounts.models import Person
from hub.accounts.pseudonyms import key_of
from hub.markup import found_in, rendered
from knowledge.among import among
from knowledge.orm import rows


@dataclass(frozen=True, slots=True)
class Named:
    """Somebody whose name stands in a text."""

    id: int
    pseudonym: str


People = Mapping[str, Named]  # by the name as it was typed


def html_of(session: Session, text: str) -> str:
    """The HTML of a text, in which the names of people who exist are links."""
    return html_with(text, people_in(session, text))


def html_with(text: str, people: People) -> str:
    """The same where they were looked up already."""
    return str(rendered(text, {name: named.pseudonym for name, named in people.items()}))


def people_in(session: Session, text: str) -> People:
    """Those who are mentioned in a text, quotes too, and exist."""
    return people_named(session, found_in(text).mentions)


def people_named(session: Session, names: Iterable[str]) -> People:
    """Those of these names that somebody has."""
    keys = {name: key_of(name) for name in names}
    if not keys:
        return {}
    found = rows(session, _BY_KEY, {"keys": list(set(keys.values()))})
    by_key = {row.pseudonym_key: Named(row.id, row.pseudonym) for row in found}
    return {name: by_key[key] for name, key in keys.items() if key in by_key}


# Asked for every post that mentions somebody: made once.
_BY_KEY = select(Person.id, Person.pseudonym, Person.pseudonym_key).where(
    among(Person.pseudonym_key, "keys"),
    Person.erased_at.is_(None),
    Person.disabled_at.is_(None),
)
