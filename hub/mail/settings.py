"""The settings of mail, checked when the hub starts: a mistake is said then, not at midnight."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from email.headerregistry import Address
from email.policy import SMTP
from ipaddress import ip_address
from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit

FILES = "files"
USUAL_PORTS = {"smtp": 25, "smtps": 465}
SUBMISSION_PORT = 587


@dataclass(frozen=True, slots=True)
class Server:
    """Where mail is handed in. ``is_tls``: encrypted from the first octet on."""

    host: str
    port: int
    user: str = ""
    password: str = field(default="", repr=False)
    is_tls: bool = False


def mail_settings(environ: Mapping[str, str], production: bool) -> dict[str, Any]:
    """ADDRESS of the hub, MAIL and MAIL_FROM. Raises: ValueError, with a sentence for people; it
    never holds the value of HUB_MAIL, which may hold a password."""
    address = environ.get("HUB_ADDRESS") or ("" if production else _local_address(environ))
    way = environ.get("HUB_MAIL") or ("" if production else FILES)
    if way and not address:
        raise ValueError(
            "HUB_ADDRESS is not set. The links in mails begin with it: set it to the address at "
            "which people reach the hub, for example https://hub.example.org."
        )
    if way and way != FILES:
        server_of(way)
    host = _checked_address(address).hostname or "localhost"
    sender = environ.get("HUB_MAIL_FROM") or f"popAI hub <no-reply@{_mail_host(host)}>"
    sender_of(sender)
    return {"ADDRESS": address.rstrip("/"), "MAIL": way, "MAIL_FROM": sender}


def server_of(way: str) -> Server:
    """The server that HUB_MAIL names. Raises: ValueError."""
    try:
        parts = urlsplit(way)
        port = parts.port
    except ValueError:
        raise ValueError(_WRONG_WAY) from None
    if parts.scheme not in USUAL_PORTS or not parts.hostname or parts.path.strip("/"):
        raise ValueError(_WRONG_WAY)
    usual = SUBMISSION_PORT if parts.username and parts.scheme == "smtp" else None
    return Server(
        parts.hostname,
        port or usual or USUAL_PORTS[parts.scheme],
        unquote(parts.username or ""),
        unquote(parts.password or ""),
        parts.scheme == "smtps",
    )


def sender_of(text: str) -> Address:
    """The one address that HUB_MAIL_FROM holds. Raises: ValueError."""
    try:
        header: Any = SMTP.header_factory("From", text)
        (sender,) = header.addresses
    except (ValueError, IndexError):
        raise ValueError(_WRONG_SENDER) from None
    if header.defects or not sender.username or not sender.domain:
        raise ValueError(_WRONG_SENDER)
    found: Address = sender
    return found


def host_of(address: str) -> str:
    """The host of the hub as it may stand behind an @."""
    return _mail_host(urlsplit(address).hostname or "localhost")


_WRONG_WAY = (
    "HUB_MAIL is neither “files” nor an address such as smtp://user:password@mail.example.org:587 "
    "or smtps://mail.example.org; characters like @ and / in a password are written %40 and %2F."
)
_WRONG_SENDER = "HUB_MAIL_FROM is no sender; it looks like popAI hub <no-reply@example.org>."


def _local_address(environ: Mapping[str, str]) -> str:
    return f"http://127.0.0.1:{environ.get('PORT') or '8000'}"


def _checked_address(address: str) -> SplitResult:
    """Raises: ValueError."""
    wrong = f"HUB_ADDRESS is “{address}”; it must look like https://hub.example.org."
    try:
        parts = urlsplit(address)
    except ValueError:
        raise ValueError(wrong) from None
    is_web = parts.scheme in ("http", "https") and parts.hostname
    if address and (not is_web or parts.query or parts.fragment or parts.username):
        raise ValueError(wrong)
    return parts


def _mail_host(host: str) -> str:
    """A name: an address in figures is none that a mail may come from."""
    try:
        ip_address(host)
    except ValueError:
        return host
    return "localhost"
