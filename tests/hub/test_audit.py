"""The audit log: what it takes, how its entries hang together, and what is noticed."""

import hashlib
import threading
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from structlog.testing import capture_logs

from hub.accounts.models import Person
from hub.audit import triggers
from hub.audit.chain import START, Head, head_from, key_from
from hub.audit.log import note
from hub.audit.models import AuditEntry
from hub.audit.verifying import Fault, Finding, verify
from hub.extensions import db
from knowledge.orm import reading

NOON = datetime(2026, 11, 30, 12, 0, 0, 123456, tzinfo=UTC)
KEY = key_from("only for tests")


@pytest.fixture
def context(app: Flask):
    with app.app_context():
        for number, name in enumerate(("ada", "ben"), 1):
            person = Person(id=number, pseudonym=name, pseudonym_key=name, created_at=NOON)
            db.session.add(person)
        db.session.commit()
        yield


@pytest.fixture
def five(context) -> None:
    """Entries 1 to 5, which have something in every column."""
    for hour in range(5):
        note(
            db.session(),
            "role.granted",
            1,
            NOON + timedelta(hours=hour),
            subject=("person", 2),
            before={"role": None},
            after={"role": "curator", "is_first": hour == 0, "count": hour},
            reason="She asked for it.",
        )
    db.session.commit()


def check(head: Head | None = None, key: str = "only for tests"):
    db.session.rollback()
    with reading(db.engine) as session:
        return verify(session, [key_from(key)], head)


def findings(head: Head | None = None):
    return check(head).findings


def fault(kind: Fault, first: int, last: int | None = None) -> Finding:
    return Finding(kind, first, last or first)


@contextmanager
def tampering():
    """A connection of somebody who has the database and takes its triggers away."""
    names = {
        "sqlite": ("audit_entry_no_update", "audit_entry_no_delete", "audit_entry_next"),
        "postgresql": ("audit_entry_no_change", "audit_entry_no_truncate", "audit_entry_next"),
    }
    db.session.rollback()
    with db.engine.begin() as connection:
        is_sqlite = connection.dialect.name == "sqlite"
        for name in names[connection.dialect.name]:
            connection.exec_driver_sql(
                f"DROP TRIGGER IF EXISTS {name}" + ("" if is_sqlite else " ON audit_entry")
            )
        yield connection


def run(statement: str, **values: object) -> None:
    with tampering() as connection:
        connection.execute(sa.text(statement), values)


# Writing


def test_entries_are_numbered_and_name_the_one_before(five):
    entries = db.session.scalars(sa.select(AuditEntry).order_by(AuditEntry.id)).all()
    assert [entry.id for entry in entries] == [1, 2, 3, 4, 5]
    assert entries[0].previous_hash == START
    assert [e.previous_hash for e in entries[1:]] == [e.hash for e in entries[:-1]]
    assert len({entry.hash for entry in entries}) == 5
    assert entries[0].after == {"role": "curator", "is_first": True, "count": 0}
    assert entries[0].at == NOON


def test_an_entry_stands_if_and_only_if_the_act_does(five):
    note(db.session(), "person.disabled", 1, NOON, subject=("person", 2))
    db.session.rollback()
    assert check().head.number == 5
    note(db.session(), "person.enabled", 1, NOON, subject=("person", 2))
    db.session.commit()
    assert check().head.number == 6
    assert check().is_whole


def test_somebody_always_acted(context):
    assert note(db.session(), "person.added", None, NOON).actor == "hub"
    entry = note(db.session(), "person.added", None, NOON, actor="command line")
    assert (entry.actor, entry.actor_id) == ("command line", None)
    assert note(db.session(), "person.added", 1, NOON).actor == ""


@pytest.mark.parametrize(
    "wrong",
    [
        {"act": "Granted a role"},
        {"act": "role"},
        {"act": "role." + "x" * 60},
        {"actor": "Ada Lovelace"},
        {"subject": ("Somebody", 1)},
        {"subject": ("person", "1")},
        {"subject": ("person", -1)},
        {"subject": ("person", True)},
        {"subject": ("person", 2**63)},
        {"before": {"name": "Ada Lovelace"}},
        {"before": {"address": "ada@example.org"}},
        {"after": {"text": "x" * 61}},
        {"after": {"text": "one\ntwo"}},
        {"after": {"roles": ["curator"]}},
        {"after": {"inside": {"role": "curator"}}},
        {"after": {"share": 0.5}},
        {"after": {"number": 2**63}},
        {"after": {"Ada Lovelace": 1}},
        {"after": {1: 1}},
        {"after": ["curator"]},
        {"after": "curator"},
        {"reason": "x" * 501},
        {"reason": "a\0b"},
        {"reason": "a\rb"},
        {"reason": "a\x1b[31mb"},
        {"reason": "a\ud800b"},
        {"reason": "a\u202eb"},
    ],
    ids=repr,
)
def test_no_content_slips_in(context, wrong):
    sound = {"act": "role.granted", "actor_id": 1, "now": NOON}
    with pytest.raises(ValueError, match="cannot hold this as") as refused:
        note(db.session(), **{**sound, **wrong})
    assert "Ada" not in str(refused.value)
    assert db.session.scalar(sa.select(sa.func.count(AuditEntry.id))) == 0


def test_what_belongs_there_is_taken(context):
    state = {"role": "administrator", "audience": "group-17", "mark": "amber", "at": "2026-11-30"}
    note(
        db.session(),
        "membership.decided",
        1,
        NOON,
        subject=("membership", None),
        before={**state, "days": 365, "is_lea": True, "nothing": None, "empty": ""},
        after={},
        reason="Ο φάκελος είναι πλήρης; “so” – 100 % 🙂",
    )
    db.session.commit()
    assert check().is_whole


def test_each_entry_is_named_in_the_log_once_it_stands(five):
    with capture_logs() as logged:
        first = note(db.session(), "role.granted", 1, NOON, reason="not for the log")
        assert logged == []
        db.session.commit()
        db.session.commit()
    assert logged == [
        {
            "event": "audit entry",
            "log_level": "info",
            "number": 6,
            "act": "role.granted",
            "hash": first.hash,
        }
    ]


def test_what_was_rolled_back_is_not_in_the_log(five):
    with capture_logs() as logged:
        note(db.session(), "role.granted", 1, NOON)
        db.session.rollback()
        note(db.session(), "role.granted", 1, NOON)
        db.session().close()
        note(db.session(), "role.revoked", 1, NOON)
        inner = db.session.begin_nested()
        note(db.session(), "role.granted", 1, NOON)
        inner.rollback()
        with db.session.begin_nested():
            note(db.session(), "person.disabled", 1, NOON)
        assert logged == []
        db.session.commit()
    assert [(line["number"], line["act"]) for line in logged] == [
        (6, "role.revoked"),
        (7, "person.disabled"),
    ]
    assert check().is_whole


def test_two_at_once_make_one_chain(app, context):
    """Each reads the head before it writes; nobody may read it while another has it."""
    threads, each = 6, 8
    together = threading.Barrier(threads)
    failed: list[BaseException] = []

    def write() -> None:
        try:
            together.wait()
            with app.app_context(), Session(db.engine) as session:
                for _ in range(each):
                    note(session, "role.granted", 1, NOON, subject=("person", 2))
                    session.commit()
        except BaseException as error:
            failed.append(error)

    running = [threading.Thread(target=write) for _ in range(threads)]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()
    assert failed == []
    assert check().is_whole
    assert check().count == threads * each


# Only appending


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_entry SET reason = 'other' WHERE id = 3",
        "UPDATE audit_entry SET id = 9 WHERE id = 5",
        "DELETE FROM audit_entry WHERE id = 5",
        "DELETE FROM audit_entry",
        "INSERT INTO audit_entry SELECT 9, at, act, actor_id, actor, subject_kind, subject_id,"
        " before, after, reason, previous_hash, key_mark, hash FROM audit_entry WHERE id = 5",
        "INSERT INTO audit_entry SELECT 0, at, act, actor_id, actor, subject_kind, subject_id,"
        " before, after, reason, previous_hash, key_mark, hash FROM audit_entry WHERE id = 5",
    ],
)
def test_the_database_refuses_everything_but_the_next_entry(five, statement):
    with pytest.raises(IntegrityError, match="audit log"), db.engine.begin() as connection:
        connection.execute(sa.text(statement))
    assert check().is_whole
    assert check().count == 5


def test_the_database_refuses_its_own_ways_around(five):
    copy = (
        " INTO audit_entry SELECT 5, at, act, actor_id, actor, subject_kind, subject_id, before,"
        " after, 'other', previous_hash, key_mark, hash FROM audit_entry WHERE id = 5"
    )
    ways = {
        "sqlite": [f"INSERT OR REPLACE{copy}", f"REPLACE{copy}"],
        "postgresql": [
            "TRUNCATE audit_entry",
            "TRUNCATE person CASCADE",
            f"INSERT{copy} ON CONFLICT (id) DO UPDATE SET reason = 'other'",
        ],
    }
    for statement in ways[db.engine.dialect.name]:
        with pytest.raises(IntegrityError, match="audit log"), db.engine.begin() as connection:
            connection.execute(sa.text(statement))
    assert check().is_whole


def test_an_entry_cannot_be_changed_through_its_model_either(five):
    db.session.get(AuditEntry, 3).reason = "other"
    with pytest.raises(IntegrityError, match="append-only"):
        db.session.flush()
    db.session.rollback()
    db.session.delete(db.session.get(AuditEntry, 5))
    with pytest.raises(IntegrityError, match="append-only"):
        db.session.flush()


def test_the_tables_can_be_dropped_and_made_again(five):
    db.session.close()
    db.drop_all()
    db.create_all()
    assert check().count == 0


def test_the_statements_for_a_migration_protect_too(app, context):
    db.session.close()
    db.drop_all()
    db.create_all()
    with tampering():
        pass
    with db.engine.begin() as connection:
        for statement in getattr(triggers, connection.dialect.name.upper()):
            connection.execute(sa.text(statement))
    db.session.add(Person(id=1, pseudonym="ada", pseudonym_key="ada", created_at=NOON))
    note(db.session(), "role.granted", 1, NOON)
    db.session.commit()
    with pytest.raises(IntegrityError, match="append-only"), db.engine.begin() as connection:
        connection.execute(sa.text("DELETE FROM audit_entry"))


# Noticing


def test_a_whole_chain_has_no_findings(five):
    found = check()
    assert found.is_whole
    assert found.count == 5
    assert found.head.number == 5
    assert str(found.head) == f"5:{db.session.get(AuditEntry, 5).hash}"


def test_an_empty_log_is_whole(context):
    assert check().is_whole
    assert str(check().head) == f"0:{START}"


CHANGES = {
    "id": "300",
    "at": "'2026-11-30 14:00:00.123457+00:00'",
    "act": "'role.revoked'",
    "actor_id": "2",
    "actor": "'hub'",
    "subject_kind": "'group'",
    "subject_id": "1",
    "before": """'{"role": "curator"}'""",
    "after": """'{"role": "curator", "is_first": 0, "count": 2}'""",  # 0 for false
    "reason": "'She asked for it!'",
    "previous_hash": f"'{hashlib.sha256().hexdigest()}'",
    "key_mark": "'0123456789abcdef'",
    "hash": f"'{hashlib.sha256().hexdigest()}'",
}


def test_every_column_is_tried():
    assert set(CHANGES) == set(AuditEntry.__table__.columns.keys())


@pytest.mark.parametrize("column", CHANGES)
def test_a_changed_column_is_noticed(five, column):
    run(f"UPDATE audit_entry SET {column} = {CHANGES[column]} WHERE id = 3")
    found = findings()
    assert found
    assert {Fault.CHANGED, Fault.OTHER_KEY} & {finding.fault for finding in found}
    assert min(finding.first for finding in found) == 3


@pytest.mark.parametrize("column", ["actor_id", "subject_id", "before", "after"])
def test_an_emptied_column_is_noticed(five, column):
    run(f"UPDATE audit_entry SET {column} = NULL WHERE id = 3")
    assert findings() == [fault(Fault.CHANGED, 3)]


@pytest.mark.parametrize(
    "change", ["before = 'no JSON'", "at = 'no time'", "act = x'ff00'", "subject_id = 'nobody'"]
)
def test_what_was_never_written_by_the_hub_is_noticed(five, change):
    if db.engine.dialect.name != "sqlite":
        pytest.skip("only SQLite takes a value of another type")
    with tampering() as connection:
        connection.exec_driver_sql(f"UPDATE audit_entry SET {change} WHERE id = 3")
    assert fault(Fault.CHANGED, 3) in findings()


def test_a_removed_entry_is_noticed(five):
    run("DELETE FROM audit_entry WHERE id = 3")
    assert findings() == [fault(Fault.MISSING, 3)]


def test_a_removed_beginning_is_noticed(five):
    run("DELETE FROM audit_entry WHERE id < 3")
    assert findings() == [fault(Fault.MISSING, 1, 2)]


def test_a_removed_entry_whose_number_another_takes_is_noticed(five):
    run("DELETE FROM audit_entry WHERE id = 3")
    with db.engine.begin() as connection:
        connection.execute(sa.text("UPDATE audit_entry SET id = 3 WHERE id = 4"))
        connection.execute(sa.text("UPDATE audit_entry SET id = 4 WHERE id = 5"))
    found = findings()
    assert fault(Fault.BROKEN, 3) in found
    assert fault(Fault.CHANGED, 3, 4) in found


def test_two_entries_that_changed_places_are_noticed(five):
    run("UPDATE audit_entry SET id = 300 WHERE id = 3")
    with db.engine.begin() as connection:
        connection.execute(sa.text("UPDATE audit_entry SET id = 3 WHERE id = 4"))
        connection.execute(sa.text("UPDATE audit_entry SET id = 4 WHERE id = 300"))
    assert fault(Fault.BROKEN, 3, 5) in findings()


@pytest.mark.parametrize("number", [6, 0])
def test_an_inserted_entry_is_noticed(five, number):
    """By somebody who copies what there is, since they cannot compute a hash."""
    run(
        f"INSERT INTO audit_entry SELECT {number}, at, act, actor_id, actor, subject_kind,"
        " subject_id, before, after, reason, hash, key_mark, hash FROM audit_entry WHERE id = 5"
    )
    assert fault(Fault.CHANGED, number) in findings()


def test_a_forged_entry_is_noticed(five, app):
    """By somebody who knows how it is done but not the key."""
    app.config["SECRET_KEY"] = "guessed"
    note(db.session(), "role.granted", 2, NOON, subject=("person", 2))
    db.session.commit()
    assert findings() == [fault(Fault.OTHER_KEY, 6)]
    with tampering() as connection:
        connection.execute(sa.text("UPDATE audit_entry SET key_mark = :m"), {"m": KEY.mark})
    assert findings() == [fault(Fault.CHANGED, 6)]


def test_a_cut_off_end_is_noticed_by_who_noted_the_head(five):
    head = check().head
    assert findings(head) == []
    run("DELETE FROM audit_entry WHERE id > 3")
    assert findings() == []
    assert findings(head) == [fault(Fault.CUT_OFF, 4, 5)]


def test_a_cut_off_end_that_grew_again_is_noticed_by_who_noted_the_head(five):
    head = check().head
    run("DELETE FROM audit_entry WHERE id > 3")
    for _ in range(3):
        note(db.session(), "person.enabled", 1, NOON)
    db.session.commit()
    assert findings() == []
    assert findings(head) == [fault(Fault.OTHER_HEAD, 5)]


def test_a_changed_secret_is_told_from_a_changed_log(five):
    assert check(key="another").findings == [fault(Fault.OTHER_KEY, 1, 5)]


def test_entries_from_before_a_changed_secret_are_checked_with_the_former(five, app):
    app.config["SECRET_KEY"] = "another"
    note(db.session(), "role.granted", 1, NOON)
    db.session.commit()
    keys = [key_from("another"), KEY]
    assert verify(db.session(), keys).is_whole
    assert verify(db.session(), keys[:1]).findings == [fault(Fault.OTHER_KEY, 1, 5)]


def test_the_mark_of_a_key_does_not_give_it_away():
    assert KEY.mark not in KEY.secret.hex()
    assert key_from("a").mark != key_from("b").mark


@pytest.mark.parametrize("text", ["", "5", "5:", f"0:{START}", f"5:{START}0", f"x:{START}", "٥:1"])
def test_what_is_no_head(text):
    assert head_from(text) is None


def test_a_long_log_is_read_some_rows_at_a_time(context):
    with db.engine.begin() as connection:
        session = Session(connection)
        for _ in range(2_345):
            note(session, "role.granted", 1, NOON, subject=("person", 2))
            session.expunge_all()
        session.flush()
    assert check().is_whole
    assert check().count == 2_345
