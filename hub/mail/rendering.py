"""Turns a queued mail into a message: subject and text from its template, in its language."""

import re
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address, HeaderRegistry, UniqueUnstructuredHeader
from email.message import EmailMessage
from email.policy import SMTP, Policy
from typing import Any
from urllib.parse import urlsplit

from flask import current_app
from jinja2 import StrictUndefined

from hub.config import LANGUAGES
from hub.dates import spelled_date, spelled_moment
from hub.mail.kinds import Content
from hub.mail.models import Mail
from hub.mail.settings import host_of, sender_of
from hub.page_words import speaking

_NAME = re.compile(r"""[^\s()<>\[\]:;@\\,"]+""")
_HOST = re.compile(r"[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*")


class _Whole(UniqueUnstructuredHeader):
    """A header in one line: an address that is folded as words are is none for mail programs."""

    def fold(self, *, policy: "Policy[Any]") -> str:
        return f"{self.name}: {self}{policy.linesep}"  # type: ignore[attr-defined]


_HEADERS = HeaderRegistry()
_HEADERS.map_to_type("list-unsubscribe", _Whole)  # type: ignore[arg-type]
POLICY = SMTP.clone(header_factory=_HEADERS)


class InvalidAddress(ValueError):
    """The recipient is no address that a mail can be sent to."""


@dataclass(frozen=True, slots=True)
class Rendered:
    subject: str
    text: str


def message_of(mail: Mail, content: Content, now: datetime) -> EmailMessage:
    """The message. Raises: InvalidAddress; and whatever a template or an address may raise."""
    written = rendered(content, mail.language)
    message = EmailMessage(policy=POLICY)
    message["From"] = sender_of(current_app.config["MAIL_FROM"])
    message["To"] = recipient_of(mail.recipient)
    message["Subject"] = written.subject
    message["Date"] = now
    message["Message-ID"] = message_id(mail)
    message["Auto-Submitted"] = "auto-generated"
    if content.unsubscribe:
        url = link_url("notifications.unsubscribe", token=content.unsubscribe)
        message["List-Unsubscribe"] = f"<{url}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"  # RFC 8058, 3.1
    message.set_content(written.text)
    message["Content-Language"] = mail.language  # set_content removes what it finds of Content-…
    return message


def message_id(mail: Mail) -> str:
    """The same whenever this mail is sent, so that a repeated one is recognised. The time is in it
    because a database may give the id of a deleted row again."""
    host = host_of(current_app.config["ADDRESS"])
    return f"<mail-{mail.id}.{int(mail.created_at.timestamp())}@{host}>"


def rendered(content: Content, language: str) -> Rendered:
    """Subject and text. What is missing among the values is an error, not a gap in the text."""
    environment = current_app.jinja_env.overlay(undefined=StrictUndefined)
    template = environment.get_template(f"mail/{content.template}.txt")
    with speaking(language if language in LANGUAGES else "en"):
        # Not render_template: what it adds to every page asks for a request, and here is none.
        whole = template.render(
            **content.values,
            unsubscribe=content.unsubscribe,
            link_url=link_url,
            day=spelled_date,
            moment=spelled_moment,
            address=current_app.config["ADDRESS"],
        )
    first, _, text = whole.partition("\n")
    return Rendered(" ".join(first.removeprefix("Subject:").split()), text.strip() + "\n")


def link_url(endpoint: str, **values: Any) -> str:
    """The address of a page as seen from outside. Raises: BuildError."""
    parts = urlsplit(current_app.config["ADDRESS"])
    here = current_app.url_map.bind(
        parts.netloc, script_name=parts.path or "/", url_scheme=parts.scheme
    )
    return here.build(endpoint, values, force_external=True)


def recipient_of(text: str) -> Address:
    """The host as the DNS has it. Raises: InvalidAddress."""
    name, _, host = text.rpartition("@")
    try:
        ascii_host = host.encode("idna").decode()
        if not (name.isprintable() and _NAME.fullmatch(name) and _HOST.fullmatch(ascii_host)):
            raise InvalidAddress
        return Address(username=name, domain=ascii_host)
    except ValueError:  # UnicodeError is one too
        raise InvalidAddress from None
