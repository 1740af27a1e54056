"""People of a test, and browsers in which they are signed in."""

from collections.abc import Iterable
from datetime import timedelta

from flask import Flask
from flask.testing import FlaskClient

from hub.accounts import cookie, sessions
from hub.accounts.models import Person, Role, RoleGrant, SignIn
from hub.accounts.pseudonyms import key_of
from hub.clock import now
from hub.extensions import db
from hub.groups.models import Group, GroupMember
from hub.membership.models import LeaMembership, MembershipState
from knowledge.access import Mark

PASSWORD = "walnut harbour lantern sixty"
# Hashed once: argon2 is slow on purpose.
PASSWORD_HASH: list[str] = []


class People:
    """Makes people, and clients in which they are signed in."""

    def __init__(self, app: Flask) -> None:
        self.app = app

    def add(
        self,
        pseudonym: str,
        *roles: Role,
        lea: bool = False,
        groups: Iterable[int] = (),
        keeps: Iterable[int] = (),
        password: bool = False,
        **fields: object,
    ) -> int:
        """A confirmed member with these roles; returns the id. The address is made of the name."""
        with self.app.app_context():
            person = Person(
                pseudonym=pseudonym,
                pseudonym_key=key_of(pseudonym),
                email=f"{pseudonym.casefold().replace(' ', '.')}@example.org",
                password_hash=password_hash() if password else "",
                created_at=now(),
                grants=[RoleGrant(role=role, granted_at=now()) for role in roles],
            )
            for name, value in fields.items():
                setattr(person, name, value)
            db.session.add(person)
            db.session.flush()
            for group in {*groups, *keeps}:
                db.session.add(
                    GroupMember(
                        group_id=group,
                        person_id=person.id,
                        is_keeper=group in set(keeps),
                        added_at=now(),
                    )
                )
            person_id = person.id
            db.session.commit()
        if lea:
            self.make_lea_member(person_id)
        return person_id

    def make_lea_member(self, person_id: int, days: int = 365) -> int:
        with self.app.app_context():
            membership = LeaMembership(
                person_id=person_id,
                state=MembershipState.GRANTED,
                organisation="Police of Ysel",
                official_address=f"officer{person_id}@police.example",
                real_name=f"Real Name {person_id}",
                requested_at=now(),
                decided_at=now(),
                expires_at=now() + timedelta(days=days),
            )
            db.session.add(membership)
            db.session.flush()
            membership_id = membership.id
            db.session.commit()
        return membership_id

    def end_lea_membership(self, person_id: int) -> None:
        with self.app.app_context():
            db.session.query(LeaMembership).filter_by(person_id=person_id).update(
                {"state": MembershipState.ENDED}
            )
            db.session.commit()

    def add_group(self, name: str, mark: Mark = Mark.AMBER) -> int:
        with self.app.app_context():
            group = Group(name=name, mark=mark, created_at=now())
            db.session.add(group)
            db.session.flush()
            group_id = group.id
            db.session.commit()
        return group_id

    def client(
        self, person_id: int, *, is_strong: bool = True, is_fresh: bool = True
    ) -> FlaskClient:
        """A browser in which this person is signed in; ``is_strong``: with a second factor."""
        client = self.app.test_client()
        with self.app.test_request_context():
            person = db.session.get_one(Person, person_id)
            key = sessions.start(db.session(), person, "password", "Firefox · Linux", now())
            begun = sessions.found(db.session(), key, now())
            assert begun
            if is_strong:
                sessions.confirm(begun, now(), is_strong=True)
            if not is_fresh:
                begun.confirmed_at = now() - timedelta(hours=1)
            db.session.commit()
            client.set_cookie(cookie.name(), key, domain="localhost")
        return client

    def signed_in(self, pseudonym: str, *roles: Role, **options: object) -> FlaskClient:
        """A new person and their browser at once."""
        return self.client(self.add(pseudonym, *roles, **options))  # type: ignore[arg-type]

    def sign_ins(self, person_id: int) -> int:
        with self.app.app_context():
            return db.session.query(SignIn).filter_by(person_id=person_id).count()


def password_hash() -> str:
    from hub.accounts.passwords import hash_password

    if not PASSWORD_HASH:
        PASSWORD_HASH.append(hash_password(PASSWORD))
    return PASSWORD_HASH[0]
