"""The audit log on its page, as a file, and on the command line."""

import csv
import io
import json
import os
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import pytest
import sqlalchemy as sa

from hub.accounts.models import Role
from hub.audit.log import note
from hub.audit.models import AuditEntry
from hub.extensions import db
from tests.hub.conftest import checked

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture
def ada(people) -> int:
    return people.add("Ada", Role.ADMINISTRATOR)


@pytest.fixture
def browser(people, ada):
    """Where Ada is signed in."""
    return people.client(ada)


@pytest.fixture
def ben(people) -> int:
    return people.add("Ben")


@pytest.fixture
def noted(app, ada, ben):
    """Three entries on three days: by Ada on Ben, by the command line on Ada, on a document."""
    with app.app_context():
        add = db.session()
        day = timedelta(days=1)
        note(add, "role.granted", ada, NOON, ("person", ben), None, {"role": "curator"}, "Helps")
        note(add, "person.disabled", None, NOON + day, ("person", ada), actor="command line")
        changed = {"audience": "members"}, {"audience": "group-3"}
        note(add, "document.audience", ada, NOON + 2 * day, ("document", 12), *changed, "=1+1")
        db.session.commit()


def rows(page) -> list[list[str]]:
    return [
        [" ".join(cell.text_content().split()) for cell in row.xpath("th | td")]
        for row in page.xpath("//table/tbody/tr")
    ]


def numbers(browser, **query) -> list[str]:
    answer = browser.get("/desk/audit", query_string=query)
    assert answer.status_code == 200
    return [row[0] for row in rows(checked(answer.text))]


def entries(app):
    with app.app_context():
        return db.session.scalars(sa.select(AuditEntry).order_by(AuditEntry.id)).all()


ADDRESSES = [("GET", ""), ("POST", "/verify"), ("POST", "/export")]


@pytest.mark.parametrize(("method", "place"), ADDRESSES)
@pytest.mark.parametrize("role", [None, Role.CURATOR, Role.MODERATOR])
def test_only_administrators_may(people, method, place, role):
    browser = people.signed_in("Somebody", *([role] if role else []))
    assert browser.open(f"/desk/audit{place}", method=method).status_code == 403


@pytest.mark.parametrize(("method", "place"), ADDRESSES)
def test_citizens_are_led_to_sign_in(client, method, place):
    answer = client.open(f"/desk/audit{place}", method=method)
    assert answer.status_code == 303
    assert "/sign-in" in answer.location


def test_an_administrator_without_a_second_factor_is_led_to_set_it_up(people, ada):
    answer = people.client(ada, is_strong=False).get("/desk/audit")
    assert answer.status_code == 303


def test_an_empty_log_says_what_it_is_for(browser):
    assert "Nothing has been noted yet" in checked(browser.get("/desk/audit").text).text_content()


def test_the_newest_stands_first_and_in_words(browser, noted, ada, ben):
    page = checked(browser.get("/desk/audit").text)
    document, disabled, granted = rows(page)
    assert granted[2:] == ["Ada", "Role given", "Ben", "–", "role curator", "Helps"]
    assert disabled[2:5] == ["the command line", "Account disabled", "Ada"]
    assert document[4:7] == ["document 12", "audience members", "audience group-3"]
    assert "20 November 2026" in granted[1]
    links = page.xpath("//table//a/@href")
    assert f"/desk/people/{ben}" in links
    assert "3 entries" in page.text_content()


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"act": "role.granted"}, ["1"]),
        ({"act": "no.such"}, []),
        ({"act": "'; DROP TABLE"}, ["3", "2", "1"]),
        ({"person": "ben"}, ["1"]),
        ({"person": "ADA"}, ["3", "2", "1"]),
        ({"person": "nobody"}, []),
        ({"subject": "document"}, ["3"]),
        ({"subject": "Document 12"}, ["3"]),
        ({"subject": "document 13"}, []),
        ({"subject": "document 99999999999"}, []),
        ({"subject": "%"}, []),
        ({"since": "2026-11-21"}, ["3", "2"]),
        ({"until": "2026-11-21"}, ["2", "1"]),
        ({"since": "2026-11-21", "until": "2026-11-21"}, ["2"]),
        ({"since": "0001-01-01", "until": "9999-12-31"}, ["3", "2", "1"]),
        ({"since": "tomorrow"}, ["3", "2", "1"]),
        ({"before": "3"}, ["2", "1"]),
        ({"before": "1"}, []),
        ({"act": "x" * 10_000, "person": "x" * 10_000}, []),
    ],
)
def test_the_list_is_narrowed(browser, noted, query, expected):
    assert numbers(browser, **query) == expected


def test_days_are_those_of_the_hub(app, browser, ada):
    """23:30 UTC on the 20th is the 21st in Brussels."""
    with app.app_context():
        note(db.session(), "role.granted", ada, NOON.replace(hour=23, minute=30))
        db.session.commit()
    assert numbers(browser, until="2026-11-20") == []
    assert numbers(browser, since="2026-11-21", until="2026-11-21") == ["1"]


@pytest.mark.parametrize("before", ["x", "-1", "1" * 30, "١"])
def test_what_is_no_number_is_not_found(browser, before):
    assert browser.get("/desk/audit", query_string={"before": before}).status_code == 404


def test_many_are_paged_by_number(app, browser, ada):
    with app.app_context():
        for _ in range(120):
            note(db.session(), "role.granted", ada, NOON)
        db.session.commit()
    place, seen = "/desk/audit?act=role.granted", []
    while place:
        page = checked(browser.get(place).text)
        assert "120 entries" in page.text_content()
        seen += [int(row[0]) for row in rows(page)]
        place = next(iter(page.xpath("//a[@rel='next']/@href")), "")
    assert seen == list(range(120, 0, -1))


def test_the_chain_is_verified_from_the_page(app, browser, noted):
    answer = browser.post("/desk/audit/verify")
    assert answer.status_code == 303
    assert "3 entries, chain whole, head 3:" in browser.get("/desk/audit").text
    tamper(app)
    browser.post("/desk/audit/verify")
    assert "Changed after it was written: entry 2." in browser.get("/desk/audit").text


def others_could_write(app) -> list[bool]:
    """Notes, whenever the log is read from its first entry on, whether the write lock is free."""
    free: list[bool] = []

    def look(_connection, _cursor, statement, *_others) -> None:
        reads_all = statement.startswith("SELECT") and "previous_hash" in statement
        if reads_all and "ORDER BY audit_entry.id" in statement:
            free.append(can_write(app))

    with app.app_context():
        sa.event.listen(db.engine, "before_cursor_execute", look)
    return free


def can_write(app) -> bool:
    file = sqlite3.connect(app.config["SQLALCHEMY_DATABASE_URI"].removeprefix("sqlite:///"), 0.1)
    with closing(file):
        try:
            file.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError:
            return False
        file.rollback()
    return True


@pytest.mark.skipif("HUB_TEST_DATABASE_URL" in os.environ, reason="PostgreSQL has many writers")
@pytest.mark.parametrize(
    ("place", "data"),
    [("verify", {}), ("export", {"format": "csv", "reason": "x"})],
)
def test_while_the_log_is_read_others_can_write(app, browser, noted, place, data):
    free = others_could_write(app)
    answer = browser.post(f"/desk/audit/{place}", data=data)
    assert answer.status_code < 400
    assert answer.text
    assert free == [True]


def tamper(app) -> None:
    with app.app_context(), db.engine.begin() as connection:
        sqlite = connection.dialect.name == "sqlite"
        names = "audit_entry_no_update" if sqlite else "audit_entry_no_change ON audit_entry"
        connection.exec_driver_sql(f"DROP TRIGGER {names}")
        connection.exec_driver_sql("UPDATE audit_entry SET reason = 'other' WHERE id = 2")


def export(browser, place="/desk/audit/export", **changes):
    return browser.post(place, data={"format": "csv", "reason": "For the auditor", **changes})


def test_an_export_holds_everything_until_now_and_is_noted(app, browser, noted, ada):
    answer = export(browser)
    assert answer.status_code == 200
    assert answer.mimetype == "text/csv"
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="audit-')
    lines = list(csv.DictReader(io.StringIO(answer.text)))
    assert [line["id"] for line in lines] == ["1", "2", "3"]
    assert (lines[0]["actor"], lines[0]["subject"]) == ("Ada", "Ben")
    entry = entries(app)[-1]
    assert (entry.act, entry.actor_id, entry.reason) == ("audit.exported", ada, "For the auditor")
    assert entry.after == {"format": "csv"}


def test_an_export_holds_what_the_filter_leaves(browser, noted):
    answer = export(browser, "/desk/audit/export?act=role.granted", format="jsonl")
    lines = [json.loads(line) for line in answer.text.splitlines()]
    assert [line["id"] for line in lines] == [1]
    assert lines[0]["after"] == {"role": "curator"}
    assert len(lines[0]["hash"]) == 64


@pytest.mark.parametrize(
    ("query", "kept"),
    [
        ({"act": "role.granted"}, {"act": "role.granted"}),
        ({"person": "ben"}, {"person": "$ben"}),
        ({"person": "nobody"}, {"person": 0}),
        ({"subject": "Person 12"}, {"subject": "person 12"}),
        ({"subject": "document"}, {"subject": "document"}),
        ({"subject": "ann@example.org"}, {"subject": "-"}),
        (
            {"since": "2026-11-20", "until": "2026-11-21"},
            {"since": "2026-11-20", "until": "2026-11-21"},
        ),
        ({"since": "tomorrow", "act": "'; DROP TABLE"}, {}),
    ],
)
def test_it_is_noted_what_an_export_was_narrowed_to(app, browser, noted, ben, query, kept):
    place = "/desk/audit/export?" + urlencode(query)
    assert export(browser, place).status_code == 200
    known = {name: ben if value == "$ben" else value for name, value in kept.items()}
    assert entries(app)[-1].after == {"format": "csv", **known}
    assert "ann@example.org" not in browser.get("/desk/audit").text


def test_an_export_needs_a_fresh_proof(app, people, ada, noted):
    answer = export(people.client(ada, is_fresh=False))
    assert answer.location.startswith("/account/confirm")
    assert len(entries(app)) == 3


@pytest.mark.parametrize(
    "reason", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", " =1", "  +1", "|calc", "＝1"]
)
def test_no_cell_is_a_formula(app, browser, ada, reason):
    with app.app_context():
        note(db.session(), "role.granted", ada, NOON, reason=reason)
        db.session.commit()
    (line,) = csv.DictReader(io.StringIO(export(browser).text))
    assert line["reason"] == f"'{reason}"


@pytest.mark.parametrize(
    "changes",
    [
        {"reason": ""},
        {"reason": "   "},
        {"reason": "x" * 501},
        {"reason": "a\0b"},
        {"reason": "a\u202eb"},
        {"format": "xlsx"},
        {"format": ""},
    ],
)
def test_an_export_needs_a_reason_and_a_format(app, browser, noted, changes):
    answer = export(browser, **changes)
    assert answer.status_code == 422
    checked(answer.text)
    assert len(entries(app)) == 3


def test_reading_is_no_export(app, browser, noted):
    assert browser.get("/desk/audit/export").status_code == 405
    assert browser.get("/desk/audit/verify").status_code == 405
    assert len(entries(app)) == 3


# The command line


def run(app, *arguments: str):
    return app.test_cli_runner().invoke(args=["audit", *arguments])


def test_the_command_says_that_the_chain_is_whole(app, noted):
    result = run(app, "verify")
    assert result.exit_code == 0
    head = f"3:{entries(app)[-1].hash}"
    assert result.output == f"3 entries, chain whole, head {head}.\n"
    assert run(app, "verify", "--head", head).exit_code == 0
    as_json = json.loads(run(app, "verify", "--json").output)
    assert as_json == {"entries": 3, "head": head, "is_whole": True, "findings": []}


def test_the_command_fails_with_what_it_found(app, noted):
    tamper(app)
    result = run(app, "verify")
    assert result.exit_code == 1
    assert "Changed after it was written: entry 2." in result.output
    found = json.loads(run(app, "verify", "--json").output)["findings"]
    assert found == [{"fault": "changed", "first": 2, "last": 2}]


def test_the_command_sees_an_end_that_was_cut_off(app, noted):
    result = run(app, "verify", "--head", f"5:{'a' * 64}")
    assert result.exit_code == 1
    assert "Cut off at the end, as far as the noted head shows: entries 4 to 5." in result.output


def test_the_command_says_when_the_secret_has_changed(app, noted, tmp_path):
    app.config["SECRET_KEY"] = "another"
    result = run(app, "verify")
    assert result.exit_code == 1
    assert "Made with another SECRET_KEY" in result.output
    former = tmp_path / "former"
    former.write_text("older\nonly for tests\n")
    assert run(app, "verify", "--former-keys", str(former)).exit_code == 0


@pytest.mark.parametrize("head", ["3", "x", f"3:{'g' * 64}"])
def test_the_command_refuses_what_is_no_head(app, noted, head):
    assert run(app, "verify", "--head", head).exit_code == 2


def test_the_command_lists(app, noted):
    result = run(app, "list")
    assert result.exit_code == 0
    assert len(result.output.splitlines()) == 4
    assert "role.granted" in result.output
    assert run(app, "list", "--since", "2026-11-22").output.endswith("1 entries\n")
    only = run(app, "list", "--act", "role.granted", "--json").output.splitlines()
    assert [json.loads(line)["id"] for line in only] == [1]
    assert run(app, "list", "--act", "Role").exit_code == 2
