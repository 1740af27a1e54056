"""The ways in which a message leaves: to a mail server, or into a folder where it is read."""

import os
import smtplib
import ssl
from email.message import EmailMessage
from pathlib import Path
from typing import Any, Protocol

from flask import Flask

from hub.mail.settings import FILES, Server, host_of, server_of

SECONDS = 20.0


class NotSent(Exception):
    """A message was not taken. ``is_final``: it never will be. The text is the class of the
    failure and the server's code; the server's own words may hold the address."""

    def __init__(self, error: str, *, is_final: bool = False) -> None:
        super().__init__(error)
        self.is_final = is_final


class Transport(Protocol):
    def send(self, message: EmailMessage, mail_id: int) -> None:
        """Returns when the message is in somebody else's care. Raises: NotSent."""


def transport_of(app: Flask) -> Transport | None:
    """The way that HUB_MAIL names; None where this hub sends no mail."""
    way = app.config["MAIL"]
    if not way:
        return None
    if way == FILES:
        return Folder(app.config["DATA"] / "mail")
    return Smtp(server_of(way), host_of(app.config["ADDRESS"]))


class Folder:
    """Writes <id>.eml: for a developer, who has no mail server."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def send(self, message: EmailMessage, mail_id: int) -> None:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        beside = self.folder / f".{mail_id}.new"
        try:
            beside.write_bytes(message.as_bytes())
            os.replace(beside, self.folder / f"{mail_id}.eml")
        except OSError as error:
            raise NotSent(type(error).__name__) from None


class Smtp:
    """Hands each message in over a connection of its own. ``name`` is how the hub greets."""

    def __init__(self, server: Server, name: str) -> None:
        self.server, self.name = server, name

    def send(self, message: EmailMessage, mail_id: int) -> None:
        try:
            connection = self._connected()
            try:
                self._encrypt(connection)
                if self.server.user:
                    connection.login(self.server.user, self.server.password)
                connection.send_message(message)
            finally:
                _leave(connection)
        except NotSent:
            raise
        except smtplib.SMTPRecipientsRefused as error:
            code = max((code for code, _ in error.recipients.values()), default=0)
            raise NotSent(f"{type(error).__name__} {code}", is_final=code >= 500) from None
        except smtplib.SMTPDataError as error:
            is_final = error.smtp_code >= 500
            raise NotSent(f"{type(error).__name__} {error.smtp_code}", is_final=is_final) from None
        except smtplib.SMTPResponseException as error:  # of the hub's rights, not of this mail
            raise NotSent(f"{type(error).__name__} {error.smtp_code}") from None
        except smtplib.SMTPNotSupportedError as error:
            # After the greeting that is an address which this server cannot express.
            raise NotSent(type(error).__name__, is_final=not str(message["To"]).isascii()) from None
        except (OSError, smtplib.SMTPException) as error:
            raise NotSent(type(error).__name__) from None

    def _connected(self) -> smtplib.SMTP:
        where: dict[str, Any] = {
            "host": self.server.host,
            "port": self.server.port,
            "local_hostname": self.name,
            "timeout": SECONDS,
        }
        if self.server.is_tls:
            return smtplib.SMTP_SSL(**where, context=ssl.create_default_context())
        return smtplib.SMTP(**where)

    def _encrypt(self, connection: smtplib.SMTP) -> None:
        """STARTTLS where it is offered. Raises: NotSent, before a password is sent without."""
        if self.server.is_tls:
            return
        connection.ehlo_or_helo_if_needed()
        if connection.has_extn("starttls"):
            connection.starttls(context=_encryption(is_checked=bool(self.server.user)))
        elif self.server.user:
            raise NotSent("NoEncryptionOffered")


def _encryption(*, is_checked: bool) -> ssl.SSLContext:
    """``is_checked``: only with a certificate that is right. Without a password to protect, any
    encryption is better than none, which is what this server would get otherwise."""
    context = ssl.create_default_context()
    if not is_checked:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def _leave(connection: smtplib.SMTP) -> None:
    """Without regard to what the server answers: the message is taken already, or refused."""
    try:
        connection.quit()
    except (OSError, smtplib.SMTPException):
        connection.close()
