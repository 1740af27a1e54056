"""The people of the demonstration: a crowd that nobody can sign in as, and one of each role."""

import tomllib
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from hub.accounts.models import Person
from hub.accounts.pseudonyms import key_of
from hub.config import LANGUAGES
from hub.groups.models import Group, GroupMember
from hub.membership.models import LeaMembership, MembershipState
from knowledge.access import LEA, STAFF, Mark, group_audience

NAMES = Path(__file__).parent / "names.toml"
GROUPS = ("Joint team on payment fraud", "Harbour cameras", "Test laboratory")
YEARS = 3


@dataclass(slots=True)
class Crowd:
    """``names`` by person; ``of``: who may write where, by audience ("" for everybody)."""

    names: dict[int, str]
    of: dict[str, list[int]] = field(default_factory=dict)

    def who_may_write(self, audience: str) -> list[int]:
        return self.of.get(audience) or self.of[""]


def gathered(session: Session, size: int, random: Random, now: datetime) -> Crowd:
    """Adds the people with their memberships, and three groups."""
    taken = set(session.scalars(select(Person.pseudonym_key)))
    rows = [_person(name, random, now) for name in _free_names(size, random, taken)]
    added = insert(Person).returning(Person.id, sort_by_parameter_order=True)
    ids = list(session.scalars(added, rows))
    crowd = Crowd({person_id: row["pseudonym"] for person_id, row in zip(ids, rows, strict=True)})
    crowd.of[""] = ids
    crowd.of[LEA] = ids[: max(5, size * 3 // 10)]
    crowd.of[STAFF] = ids[: max(3, size // 100)]
    session.execute(insert(LeaMembership), [membership(who, now) for who in crowd.of[LEA]])
    for name in GROUPS:
        audience, members = _group(session, name, crowd.of[LEA], random, now)
        crowd.of[audience] = members
    return crowd


def _free_names(size: int, random: Random, taken: Collection[str]) -> Iterator[str]:
    """So many names of which none is read like another."""
    words = tomllib.loads(NAMES.read_text(encoding="utf-8"))
    pairs = [(first, second) for first in words["first"] for second in words["second"]]
    random.shuffle(pairs)
    seen, most = set(taken), len(taken) + size
    for place, (first, second) in enumerate(pairs * 3):
        if len(seen) == most:
            return
        again = place // len(pairs)
        name = _spelled(first, second, random) + (f" {again + 1}" if again else "")
        if (key := key_of(name)) not in seen:
            seen.add(key)
            yield name


def _spelled(first: str, second: str, random: Random) -> str:
    return random.choice((f"{first} {second}", f"{first}.{second}".lower(), f"{first}{second}"))


def _person(name: str, random: Random, now: datetime) -> dict[str, Any]:
    return {
        "pseudonym": name,
        "pseudonym_key": key_of(name),
        "language": random.choice(list(LANGUAGES)),
        "created_at": now - timedelta(days=random.randrange(YEARS * 365, YEARS * 365 + 90)),
    }


def membership(person_id: int, now: datetime) -> dict[str, Any]:
    return {
        "person_id": person_id,
        "state": MembershipState.GRANTED,
        "organisation": "Police of Ysel",
        "official_address": f"officer{person_id}@police.example",
        "real_name": f"Demonstration {person_id}",
        "requested_at": now - timedelta(days=40),
        "decided_at": now - timedelta(days=39),
        "expires_at": now + timedelta(days=300),
    }


def _group(
    session: Session, name: str, people: list[int], random: Random, now: datetime
) -> tuple[str, list[int]]:
    """The group of this name, which may be there from an earlier time, with new members."""
    group = session.scalar(select(Group).where(Group.name == name))
    if group is None:
        mark = random.choice((Mark.AMBER, Mark.RED))
        group = Group(
            id=random.randrange(1, 2**31), name=name, mark=mark, members=[], created_at=now
        )
        session.add(group)
        session.flush()
    members = random.sample(people, min(20, len(people)))
    rows = [{"group_id": group.id, "person_id": who, "added_at": now} for who in members]
    session.execute(insert(GroupMember), rows)
    return group_audience(group.id), members
