"""Writes Atom (RFC 4287)."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from xml.etree import ElementTree as xml

from hub.texts import is_readable

ATOM = "http://www.w3.org/2005/Atom"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
NO_CHARACTERS = {0xFFFE: None, 0xFFFF: None}
MEDIA_TYPE = "application/atom+xml"
xml.register_namespace("", ATOM)


@dataclass(frozen=True, slots=True)
class Entry:
    """``url`` is its lasting address, which is its id too. ``html``: "" where no words are given
    out."""

    url: str
    title: str
    author: str
    published_at: datetime
    updated_at: datetime
    html: str = ""


@dataclass(frozen=True, slots=True)
class Feed:
    """``id`` never changes, whoever asks. ``self_url`` is without a key. ``base`` is what the
    addresses in the entries begin with."""

    id: str
    title: str
    url: str
    self_url: str
    base: str
    entries: Sequence[Entry]

    @property
    def updated_at(self) -> datetime:
        return max((entry.updated_at for entry in self.entries), default=EPOCH)


def octets_of(feed: Feed) -> bytes:
    """The document; the same for the same feed, to the octet."""
    root = xml.Element(_name("feed"), {"{http://www.w3.org/XML/1998/namespace}base": feed.base})
    _add(root, "id", feed.id)
    _add(root, "title", feed.title)
    _add(root, "updated", _moment(feed.updated_at))
    _add(root, "link", rel="alternate", type="text/html", href=feed.url)
    _add(root, "link", rel="self", type=MEDIA_TYPE, href=feed.self_url)
    for entry in feed.entries:
        _add_entry(root, entry)
    written: bytes = xml.tostring(root, encoding="utf-8", xml_declaration=True)
    return written


def mark_of(octets: bytes) -> str:
    """An entity tag."""
    return hashlib.sha256(octets).hexdigest()[:32]


def _add_entry(root: xml.Element, entry: Entry) -> None:
    element = _add(root, "entry")
    _add(element, "id", entry.url)
    _add(element, "title", entry.title)
    _add(element, "updated", _moment(entry.updated_at))
    _add(element, "published", _moment(entry.published_at))
    _add(_add(element, "author"), "name", entry.author)
    _add(element, "link", rel="alternate", type="text/html", href=entry.url)
    if entry.html:
        _add(element, "content", entry.html, type="html")
    else:
        _add(element, "summary", "")


def _add(parent: xml.Element, name: str, text: str = "", **attributes: str) -> xml.Element:
    element = xml.SubElement(parent, _name(name), attributes)
    element.text = _readable(text) or None
    return element


def _readable(text: str) -> str:
    """Without what XML 1.0 has no sign for."""
    text = text.translate(NO_CHARACTERS)
    if is_readable(text, lines=True):
        return text
    return "".join(sign for sign in text if is_readable(sign, lines=True))


def _name(name: str) -> str:
    return f"{{{ATOM}}}{name}"


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
