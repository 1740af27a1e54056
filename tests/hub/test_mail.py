"""Mail leaves through a real server, once, whatever happens on the way; or it is said why not."""

import os
import signal
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session
from structlog.testing import capture_logs

from hub.extensions import db
from hub.mail import outbox
from hub.mail.models import Mail, MailState
from hub.mail.outbox import LEASE, MAX_ATTEMPTS, PAUSES
from hub.mail.transports import transport_of
from hub.mail.worker import Worker, keep_running
from tests.hub.mail_server import MailServer, mail_server

CHECKOUT = Path(__file__).resolve().parents[2]
START = datetime(2026, 11, 30, 12, 0, tzinfo=UTC)
ELENA = "elena@example.org"


@dataclass
class Clock:
    now: datetime = START

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def server(app: Flask) -> Iterator[MailServer]:
    with mail_server() as server:
        app.config["MAIL"] = server.url
        yield server


def posted(app: Flask, to: str = ELENA, language: str = "en", kind: str = "erased") -> int:
    with app.app_context():
        mail = outbox.post(db.session(), kind, to, language, START)
        db.session.commit()
        return mail.id


def send(app: Flask, now: Callable[[], datetime]) -> int:
    with app.app_context():
        return Worker(db.engine, transport_of(app), now).send_due()


def mail_of(app: Flask, mail_id: int) -> Mail:
    with app.app_context():
        return db.session.get_one(Mail, mail_id)


def wait_until(is_true: Callable[[], object]) -> None:
    deadline = time.monotonic() + 60
    while not is_true():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_a_queued_mail_is_sent_once(app: Flask, server: MailServer, clock: Clock) -> None:
    mail_id = posted(app)
    assert send(app, clock) == 1
    assert send(app, clock) == 0
    (message,) = server.received
    assert server.recipients == [ELENA]
    assert message["Subject"] == "Your account was erased"
    assert message["From"] == "popAI hub <no-reply@localhost>"
    assert message["To"] == ELENA
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Date"].datetime == START
    assert message["Message-ID"] == f"<mail-{mail_id}.{int(START.timestamp())}@localhost>"
    assert "This is the last mail about it" in message.get_content()
    mail = mail_of(app, mail_id)
    assert (mail.state, mail.attempts, mail.parameters) == (MailState.SENT, 1, {})
    assert mail.finished_at == START


def test_a_mail_whose_transaction_is_rolled_back_is_not_sent(
    app: Flask, server: MailServer, clock: Clock
) -> None:
    with app.app_context():
        outbox.post(db.session(), "erased", ELENA, "en", START)
        assert send(app, clock) == 0 if db.engine.dialect.name == "postgresql" else True
        db.session.rollback()
    assert send(app, clock) == 0
    assert server.received == []


def test_a_recipient_that_is_refused_for_good_fails_at_once(
    app: Flask, server: MailServer, clock: Clock
) -> None:
    server.answers[ELENA] = f"550 5.1.1 no mailbox {ELENA} here"
    mail_id = posted(app)
    send(app, clock)
    mail = mail_of(app, mail_id)
    assert (mail.state, mail.error) == (MailState.FAILED, "SMTPRecipientsRefused 550")
    assert mail.finished_at == START
    clock.now += timedelta(days=7)
    assert send(app, clock) == 0


def test_a_text_that_is_refused_for_good_fails_at_once(
    app: Flask, server: MailServer, clock: Clock
) -> None:
    server.answers["DATA"] = "554 5.6.0 this is spam"
    mail_id = posted(app)
    send(app, clock)
    mail = mail_of(app, mail_id)
    assert (mail.state, mail.error) == (MailState.FAILED, "SMTPDataError 554")


def test_a_recipient_that_is_refused_for_now_is_tried_again(
    app: Flask, server: MailServer, clock: Clock
) -> None:
    server.answers[ELENA] = "451 4.7.1 greylisted"
    mail_id = posted(app)
    send(app, clock)
    mail = mail_of(app, mail_id)
    assert (mail.state, mail.error) == (MailState.WAITING, "SMTPRecipientsRefused 451")
    server.answers.clear()
    clock.now += PAUSES[0] - timedelta(seconds=1)
    assert send(app, clock) == 0
    clock.now += timedelta(seconds=1)
    assert send(app, clock) == 1
    mail = mail_of(app, mail_id)
    assert (mail.state, mail.attempts, mail.error) == (MailState.SENT, 2, "")
    assert len(server.received) == 1


def test_a_server_that_is_down_is_tried_for_two_days_then_the_mail_has_failed(
    app: Flask, clock: Clock
) -> None:
    with mail_server() as gone:
        app.config["MAIL"] = gone.url
    mail_id, waited = posted(app), timedelta(0)
    for pause in PAUSES:
        assert send(app, clock) == 1
        mail = mail_of(app, mail_id)
        assert (mail.state, mail.error) == (MailState.WAITING, "ConnectionRefusedError")
        assert mail.run_after == clock.now + pause
        clock.now, waited = clock.now + pause, waited + pause
    assert send(app, clock) == 1
    assert mail_of(app, mail_id).state == MailState.FAILED
    assert timedelta(hours=44) < waited < timedelta(hours=48)
    assert send(app, clock) == 0


def test_a_failed_mail_can_be_tried_again(app: Flask, server: MailServer, clock: Clock) -> None:
    server.answers[ELENA] = "550 no"
    mail_id = posted(app)
    send(app, clock)
    server.answers.clear()
    with app.app_context():
        mail = db.session.get_one(Mail, mail_id)
        assert outbox.retry(db.session(), mail, clock.now) is True
        db.session.commit()
    assert send(app, clock) == 1
    with app.app_context():
        sent = db.session.get_one(Mail, mail_id)
        assert sent.state == MailState.SENT
        assert outbox.retry(db.session(), sent, clock.now) is False


@pytest.mark.parametrize(
    "address",
    [
        "elena@example.org\r\nBcc: all@example.org",
        "elena@example.org\nX: y",
        "elena",
        "@example.org",
        "elena@",
        "elena@exa mple.org",
        "elena@example.org>, <other@example.org",
        "elena\t@example.org",
        "a,b@example.org",
        "a@b@example.org",
        '"; rcpt to:<x>"@example.org',
        "ele\u202ena@example.org",
        "elena@" + "ä" * 70 + ".org",
    ],
)
def test_what_is_no_address_fails_and_reaches_no_server(
    app: Flask, server: MailServer, clock: Clock, address: str
) -> None:
    mail_id = posted(app, address)
    send(app, clock)
    mail = mail_of(app, mail_id)
    assert (mail.state, mail.error) == (MailState.FAILED, "InvalidAddress")
    assert server.asked_about == []


@pytest.mark.parametrize(
    ("address", "reached"),
    [
        ("jürg@example.org", "jürg@example.org"),
        ("elena@bücher.example", "elena@xn--bcher-kva.example"),
        ("o'neil+hub@example.org", "o'neil+hub@example.org"),
    ],
)
def test_unusual_addresses_are_reached(
    app: Flask, server: MailServer, clock: Clock, address: str, reached: str
) -> None:
    posted(app, address)
    send(app, clock)
    assert server.recipients == [reached]


def test_a_template_that_fails_is_visible_and_stops_no_other(
    app: Flask, server: MailServer, clock: Clock
) -> None:
    broken, whole = posted(app, kind="no such kind"), posted(app)
    assert send(app, clock) == 2
    assert mail_of(app, broken).error == "TemplateNotFound"
    assert mail_of(app, broken).state == MailState.WAITING
    assert mail_of(app, whole).state == MailState.SENT


def test_many_workers_at_once_send_each_mail_once(
    app: Flask, server: MailServer, clock: Clock
) -> None:
    ids = {posted(app, f"person{number}@example.org") for number in range(24)}
    server.hold = 0.01
    workers = [threading.Thread(target=send, args=(app, clock)) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert len(server.received) == len(ids)
    assert len({str(message["Message-ID"]) for message in server.received}) == len(ids)


def test_a_worker_that_was_too_slow_changes_nothing(
    app: Flask, server: MailServer, clock: Clock
) -> None:
    mail_id = posted(app)
    with app.app_context(), Session(db.engine) as session:
        slow = outbox.claim(session, START)
        assert slow
        assert slow.mail_id == mail_id
        session.commit()
    assert send(app, clock) == 0
    clock.now += LEASE + timedelta(seconds=1)
    with app.app_context(), Session(db.engine) as session:
        second = outbox.claim(session, clock.now)
        assert second
        with pytest.raises(outbox.LeaseLost):
            outbox.fail(session, slow, "late", clock.now, is_final=True)
        with pytest.raises(outbox.LeaseLost):
            outbox.finish(session, slow, MailState.DROPPED, clock.now)
        outbox.finish(session, second, MailState.SENT, clock.now)
        session.commit()
    assert mail_of(app, mail_id).state == MailState.SENT


def test_a_mail_at_which_every_worker_dies_is_given_up(
    app: Flask, server: MailServer, clock: Clock
) -> None:
    mail_id = posted(app)
    for _ in range(MAX_ATTEMPTS):
        with app.app_context(), Session(db.engine) as session:
            assert outbox.claim(session, clock.now)
            session.commit()
        clock.now += LEASE + timedelta(seconds=1)
    assert send(app, clock) == 0
    mail = mail_of(app, mail_id)
    assert (mail.state, mail.error) == (MailState.FAILED, "WorkerStopped")
    assert server.received == []


@pytest.fixture
def sender(app: Flask, server: MailServer) -> Iterator[Callable[..., subprocess.Popen[bytes]]]:
    """Starts ``flask mail send``, or another command, on the database of the app."""
    started: list[subprocess.Popen[bytes]] = []
    environ = {
        **os.environ,
        "DATABASE_URL": os.environ.get("HUB_TEST_DATABASE_URL", ""),
        "HUB_DATA": str(app.config["DATA"]),
        "HUB_ENV": "production",
        "HUB_SECRET_KEY": "only for tests",
        "HUB_ADDRESS": "http://127.0.0.1:8000",
        "HUB_MAIL": server.url,
    }

    def start(*words: str, embedder: str = "hashing") -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "flask", "--app", "wsgi", *(words or ("mail", "send"))]
        chosen = {**environ, "HUB_EMBEDDER": embedder}
        process = subprocess.Popen(command, cwd=CHECKOUT, env=chosen)
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.wait()


def after_the_lease() -> datetime:
    return datetime.now(UTC) + LEASE + timedelta(seconds=1)


def test_a_worker_killed_before_the_server_has_the_mail(
    app: Flask, server: MailServer, sender: Callable[[], subprocess.Popen[bytes]]
) -> None:
    mail_id = posted(app)
    server.hold = 2
    process = sender()
    wait_until(lambda: server.asked_about)
    process.kill()
    process.wait()
    assert mail_of(app, mail_id).state == MailState.LEASED
    server.hold = 0
    assert send(app, lambda: datetime.now(UTC)) == 0
    assert send(app, after_the_lease) == 1
    assert mail_of(app, mail_id).state == MailState.SENT
    assert len(server.received) == 1


def test_a_worker_killed_before_it_noted_that_the_mail_is_sent(
    app: Flask, server: MailServer, sender: Callable[[], subprocess.Popen[bytes]]
) -> None:
    """At least once: it comes again, recognisably."""
    mail_id = posted(app)
    process = sender()
    server.before_answer = process.kill
    assert process.wait(60) == -signal.SIGKILL
    assert mail_of(app, mail_id).state == MailState.LEASED
    server.before_answer = lambda: None
    assert send(app, after_the_lease) == 1
    first, second = server.received
    assert first["Message-ID"] == second["Message-ID"]
    assert mail_of(app, mail_id).state == MailState.SENT


@pytest.mark.parametrize("words", [["work"], ["mail", "work"]], ids=" ".join)
def test_the_worker_sends_until_it_is_told_to_end(
    app: Flask,
    server: MailServer,
    sender: Callable[..., subprocess.Popen[bytes]],
    words: list[str],
) -> None:
    posted(app)
    process = sender(*words)
    wait_until(lambda: len(server.received) == 1)
    posted(app)
    wait_until(lambda: len(server.received) == 2)
    process.send_signal(signal.SIGTERM)
    assert process.wait(20) == 0


def test_mail_goes_out_where_the_index_cannot_be_worked_on(
    app: Flask,
    server: MailServer,
    sender: Callable[..., subprocess.Popen[bytes]],
) -> None:
    """No model in the data folder: whoever waits for a link to sign in gets it all the same."""
    posted(app)
    process = sender("work", embedder="onnx")
    wait_until(lambda: server.received)
    assert process.poll() is None
    process.send_signal(signal.SIGTERM)
    assert process.wait(20) == 1


def test_what_is_long_over_is_forgotten(app: Flask, server: MailServer, clock: Clock) -> None:
    server.answers["gone@example.org"] = "550 no"
    sent = posted(app, kind="password-changed")
    failed = posted(app, "gone@example.org")
    send(app, clock)

    def sweep(after: timedelta) -> None:
        clock.now = START + after
        with app.app_context():
            Worker(db.engine, None, clock).sweep_now_and_then()

    waiting = posted(app)
    sweep(timedelta(days=29))
    assert mail_of(app, sent).recipient == ELENA
    sweep(timedelta(days=31))
    assert [mail_of(app, mail).recipient for mail in (sent, failed, waiting)] == ["", "", ELENA]
    with app.app_context():
        assert not outbox.retry(db.session(), db.session.get_one(Mail, failed), clock.now)
        db.session.rollback()
    sweep(timedelta(days=91))
    with app.app_context():
        assert db.session.query(Mail).count() == 0


def test_without_a_way_mail_waits(app: Flask, clock: Clock) -> None:
    app.config["MAIL"] = ""
    mail_id = posted(app)
    assert send(app, clock) == 0
    assert mail_of(app, mail_id).state == MailState.WAITING
    with app.app_context():
        assert not outbox.is_possible()


def test_files_are_written_instead_of_sent(app: Flask, clock: Clock) -> None:
    assert app.config["MAIL"] == "files"
    mail_id = posted(app, "grüße@bücher.example", "de")
    assert send(app, clock) == 1
    (written,) = (app.config["DATA"] / "mail").iterdir()
    assert written.name == f"{mail_id}.eml"
    assert b"Auto-Submitted: auto-generated" in written.read_bytes()


def test_the_worker_goes_on_after_the_database_failed_it(app: Flask, server: MailServer) -> None:
    with app.app_context():
        Mail.__table__.drop(db.engine)  # type: ignore[attr-defined]
    stop = threading.Event()
    worker = threading.Thread(target=keep_running, args=(app, stop))

    def ends() -> list[Any]:
        return [entry for entry in logged if entry["event"] == "mail.worker_ended"]

    with capture_logs() as logged:
        worker.start()
        try:
            wait_until(ends)
            with app.app_context():
                Mail.__table__.create(db.engine)  # type: ignore[attr-defined]
            mail_id = posted(app)
            wait_until(lambda: mail_of(app, mail_id).state == MailState.SENT)
        finally:
            stop.set()
            worker.join(20)
    assert set(ends()[0]) == {"event", "log_level", "error", "again_in"}
    assert logged[-1] == {
        "event": "mail.sent",
        "log_level": "info",
        "id": mail_id,
        "kind": "erased",
        "attempt": 1,
    }


def self_signed(folder: Path) -> ssl.SSLContext:
    command = [
        *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1"),
        *("-keyout", str(folder / "key.pem"), "-out", str(folder / "cert.pem")),
        *("-subj", "/CN=localhost"),
    ]
    subprocess.run(command, check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    return context


def test_what_is_offered_encryption_is_encrypted(app: Flask, clock: Clock, tmp_path: Path) -> None:
    with mail_server(self_signed(tmp_path)) as server:
        app.config["MAIL"] = server.url
        posted(app)
        send(app, clock)
        assert server.was_encrypted


@pytest.mark.parametrize("offers", ["no encryption", "a certificate of nobody"])
def test_a_password_is_sent_to_no_server_that_anybody_could_be(
    app: Flask, clock: Clock, tmp_path: Path, offers: str
) -> None:
    encryption = self_signed(tmp_path) if offers == "a certificate of nobody" else None
    with mail_server(encryption) as server:
        app.config["MAIL"] = f"smtp://hub:se%40cret@127.0.0.1:{server.port}"
        mail_id = posted(app)
        send(app, clock)
        assert server.received == []
    mail = mail_of(app, mail_id)
    assert mail.state == MailState.WAITING
    wrong = "SSLCertVerificationError" if encryption else "NoEncryptionOffered"
    assert mail.error == wrong


def test_the_password_opens_a_server_that_proves_itself(
    app: Flask, clock: Clock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    encryption = certified(tmp_path, monkeypatch)
    with mail_server(encryption, password="se@cret") as server:
        app.config["MAIL"] = f"smtp://hub:se%40cret@localhost:{server.port}"
        first = posted(app)
        send(app, clock)
        assert mail_of(app, first).state == MailState.SENT
        app.config["MAIL"] = f"smtp://hub:wrong@localhost:{server.port}"
        second = posted(app)
        send(app, clock)
        assert mail_of(app, second).error == "SMTPAuthenticationError 535"
        assert mail_of(app, second).state == MailState.WAITING  # a setting to mend, not the mail


def certified(folder: Path, monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
    """A server's certificate for localhost, which this process trusts."""
    context = self_signed(folder)
    monkeypatch.setenv("SSL_CERT_FILE", str(folder / "cert.pem"))
    return context
