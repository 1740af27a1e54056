"""A mail server on this machine that keeps what it is given, or refuses as it is told."""

import asyncio
import email
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope, Session


@dataclass
class MailServer:
    """``answers``: what is said to a recipient instead of yes. ``before_answer`` is called when a
    message is there and before the server says so."""

    port: int = 0
    received: list[EmailMessage] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    answers: dict[str, str] = field(default_factory=dict)
    was_encrypted: bool = False
    asked_about: list[str] = field(default_factory=list)
    hold: float = 0.0
    before_answer: Callable[[], None] = lambda: None

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    @property
    def subjects(self) -> list[str]:
        return [str(message["Subject"]) for message in self.received]

    async def handle_RCPT(
        self, _server: Any, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        self.asked_about.append(address)
        await asyncio.sleep(self.hold)
        if answer := self.answers.get(address):
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, session: Session, envelope: Envelope) -> str:
        assert isinstance(envelope.content, bytes)
        message = email.message_from_bytes(envelope.content, policy=default)
        assert isinstance(message, EmailMessage)
        self.received.append(message)
        self.recipients += envelope.rcpt_tos
        self.was_encrypted = session.ssl is not None
        self.before_answer()
        return self.answers.get("DATA", "250 OK")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def mail_server(
    encryption: ssl.SSLContext | None = None, password: str = ""
) -> Iterator[MailServer]:
    server = MailServer(free_port())
    options: dict[str, Any] = {"tls_context": encryption} if encryption else {}
    if password:
        options |= {
            "authenticator": lambda *arguments: AuthResult(
                success=arguments[-1].password == password.encode(), handled=False
            ),
            "auth_required": True,
        }
    controller = Controller(server, hostname="127.0.0.1", port=server.port, **options)
    controller.start()
    try:
        yield server
    finally:
        controller.stop()
