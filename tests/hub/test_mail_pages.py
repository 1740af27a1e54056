"""Administrators see what did not go out, never to whom; developers read what would have."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from lxml.html import document_fromstring

from hub import create_app
from hub.accounts.models import Role
from hub.extensions import db
from hub.mail import outbox
from hub.mail.models import Mail, MailState
from hub.mail.transports import transport_of
from hub.mail.worker import Worker
from hub.mail.written import WrittenMail
from tests.hub.conftest import Page
from tests.hub.people import People

START = datetime(2026, 11, 30, 12, 0, tzinfo=UTC)


def posted(app: Flask, to: str = "elena@example.org", **fields: object) -> int:
    with app.app_context():
        mail = outbox.post(db.session(), "erased", to, "en", START)
        for name, value in fields.items():
            setattr(mail, name, value)
        mail_id = mail.id
        db.session.commit()
    return mail_id


def failed(app: Flask, **fields: object) -> int:
    over = {"state": MailState.FAILED, "error": "SMTPRecipientsRefused 550", "attempts": 1}
    return posted(app, **{**over, "finished_at": START, **fields})


def state_of(app: Flask, mail_id: int) -> str:
    with app.app_context():
        return db.session.get_one(Mail, mail_id).state


def send(app: Flask) -> None:
    with app.app_context():
        Worker(db.engine, transport_of(app)).send_due()


def test_a_developer_reads_the_mails_that_were_written(app: Flask, page: Page) -> None:
    assert "No mail yet" in page("/mail").text_content()
    first, second = posted(app, "first@example.org"), posted(app, "second@example.org")
    send(app)
    listed = page("/mail").xpath("//tbody/tr")
    assert [row.xpath("./td")[0].text for row in listed] == [
        "second@example.org",
        "first@example.org",
    ]
    shown = page(f"/mail/{second}")
    assert "second@example.org" in shown.text_content()
    assert app.config["ADDRESS"] in shown.xpath("//main//a/@href")
    page(f"/mail/{second + first}", status=404)


def test_only_addresses_of_the_hub_are_links() -> None:
    text = (
        "http://hub/a?b=c <script>alert(1)</script> http://hub.evil/x javascript:http://hub/ "
        "http://hub@evil/ http://hub/<b>"
    )
    mail = WrittenMail(1, "", "", START, text)
    pieces = list(mail.pieces("http://hub"))
    assert "".join(piece.text for piece in pieces) == text
    links = [piece.url for piece in pieces if piece.url]
    assert links[0] == "http://hub/a?b=c"
    assert all(link.startswith("http://hub/") for link in links)


def test_what_a_mail_says_is_no_markup(app: Flask, page: Page) -> None:
    folder = app.config["DATA"] / "mail"
    folder.mkdir()
    (folder / "7.eml").write_bytes(
        b"To: a@b.org\r\nSubject: <b>x</b>\r\nDate: Mon, 30 Nov 2026 12:00:00 +0000\r\n\r\n"
        b"<script>alert(1)</script>\r\n"
    )
    shown = page("/mail/7")
    assert not shown.xpath("//main//script | //h1/b")
    assert "<script>alert(1)</script>" in shown.xpath("//main")[0].text_content()


@pytest.mark.parametrize(
    "setting", [{"HUB_ENV": "production"}, {"HUB_MAIL": "smtp://mail.example.org"}], ids=str
)
def test_no_page_shows_mails_where_they_are_really_sent(
    setting: dict[str, str], tmp_path: Path
) -> None:
    environ = {"HUB_DATA": str(tmp_path), "HUB_SECRET_KEY": "long", "HUB_ADDRESS": "https://h.org"}
    app = create_app({"TESTING": True}, {**environ, "HUB_MAIL": "files", **setting})
    assert "written_mail" not in app.blueprints


def test_the_outbox_is_for_administrators(app: Flask, people: People) -> None:
    mail = failed(app)
    assert app.test_client().get("/desk/mail").status_code in (302, 303)
    others = people.signed_in("Curator", Role.CURATOR)
    assert others.get("/desk/mail").status_code == 403
    assert others.post(f"/desk/mail/{mail}/retry").status_code == 403
    assert state_of(app, mail) == MailState.FAILED


def test_an_administrator_sees_what_did_not_go_out(app: Flask, people: People) -> None:
    failed(app)
    posted(app, "jo@example.org")
    posted(app, "sent@example.org", state=MailState.SENT)
    client = people.signed_in("Anna", Role.ADMINISTRATOR)
    markup = client.get("/desk/mail").text
    assert "elena@example.org" not in markup
    assert "e…@example.org" in markup
    assert "SMTPRecipientsRefused 550" in markup
    assert len(document_fromstring(markup).xpath("//tbody/tr")) == 2
    for state, shown in (("failed", "e…"), ("waiting", "j…")):
        rows = document_fromstring(client.get(f"/desk/mail?state={state}").text).xpath("//tbody/tr")
        assert len(rows) == 1
        assert shown in rows[0].text_content()


def test_an_administrator_has_a_mail_tried_again(app: Flask, people: People) -> None:
    client = people.signed_in("Anna", Role.ADMINISTRATOR)
    mail, forgotten = failed(app), failed(app, recipient="")
    assert client.get(f"/desk/mail/{mail}/retry").status_code == 405
    assert client.post(f"/desk/mail/{mail}/retry").status_code == 303
    assert client.post(f"/desk/mail/{forgotten}/retry").status_code == 303
    assert client.post("/desk/mail/99999/retry").status_code == 404
    assert state_of(app, mail) == MailState.WAITING
    assert state_of(app, forgotten) == MailState.FAILED


def test_the_commands_say_how_mail_stands_and_send_it(app: Flask) -> None:
    run = app.test_cli_runner().invoke
    mail = failed(app)
    waiting = posted(app, "jo@example.org")
    told = run(args=["mail", "status", "--json"])
    status = json.loads(told.output)
    assert status["possible"] is True
    assert status["mails"] == {"waiting": 1, "leased": 0, "sent": 0, "dropped": 0, "failed": 1}
    assert status["oldest_waiting"] == START.isoformat()
    assert status["failed"] == [
        {"id": mail, "kind": "erased", "attempts": 1, "error": "SMTPRecipientsRefused 550"}
    ]
    assert "example.org" not in told.output + run(args=["mail", "status"]).output
    assert run(args=["mail", "retry", "99999"]).exit_code == 1
    assert run(args=["mail", "retry", str(mail)]).output == "1 mail is queued again.\n"
    assert run(args=["mail", "retry"]).output == "0 mails are queued again.\n"
    assert run(args=["mail", "send"]).output.startswith("2 mails are tried")
    assert run(args=["mail", "send"]).output == "Nothing was due.\n"
    assert [state_of(app, sent) for sent in (mail, waiting)] == [MailState.SENT, MailState.SENT]


def test_a_hub_without_mail_says_so(app: Flask) -> None:
    app.config["MAIL"] = ""
    for command in ("send", "work"):
        told = app.test_cli_runner().invoke(args=["mail", command])
        assert told.exit_code == 1
        assert "HUB_MAIL is not set" in told.output
