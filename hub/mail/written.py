"""The mails that were written into a folder instead of being sent, read back."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

MOST = 200


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a text; ``url`` where it is an address of the hub, else ""."""

    text: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class WrittenMail:
    id: int
    subject: str
    recipient: str
    at: datetime
    text: str

    def pieces(self, address: str) -> Iterator[Piece]:
        """The text, with the addresses below ``address`` told from the rest. No other is a link."""
        own = re.compile(rf"({re.escape(address)}(?:/[^\s<>\"']*)?)(?=\s|$)")
        for number, text in enumerate(own.split(self.text)):
            if text:
                yield Piece(text, text if number % 2 else "")


def newest(folder: Path) -> list[WrittenMail]:
    """The newest mails, those written last first."""
    ids = sorted(int(file.stem) for file in folder.glob("*.eml") if file.stem.isdigit())
    read = (mail_in(folder, mail_id) for mail_id in reversed(ids[-MOST:]))
    return [mail for mail in read if mail is not None]


def mail_in(folder: Path, mail_id: int) -> WrittenMail | None:
    try:
        octets = (folder / f"{mail_id}.eml").read_bytes()
    except FileNotFoundError:
        return None
    message: EmailMessage = message_from_bytes(octets, policy=default)  # type: ignore[assignment]
    date: Any = message["Date"]
    return WrittenMail(
        mail_id, str(message["Subject"]), str(message["To"]), date.datetime, message.get_content()
    )
