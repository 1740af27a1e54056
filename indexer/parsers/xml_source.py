"""The one way in which foreign XML is read: nothing is fetched, declared or expanded."""

import zipfile
from collections.abc import Iterator
from typing import Any, BinaryIO

from lxml import etree

from indexer.parsers.containers import check_container
from indexer.parsers.limits import Limits
from indexer.parsers.parsed import UnreadableFile

# Elements of lxml are untyped here: its stubs lag behind.
Element = Any
_HARDENED: dict[str, Any] = {
    "resolve_entities": False,
    "load_dtd": False,
    "no_network": True,
    "huge_tree": False,
    "remove_comments": True,
    "remove_pis": True,
}


def read_xml(content: bytes) -> Element:
    """The root element. Raises UnreadableFile for what is not well-formed or declares entities."""
    try:
        root = etree.fromstring(content, etree.XMLParser(**_HARDENED))
    except (etree.XMLSyntaxError, ValueError, LookupError) as error:
        raise UnreadableFile("damaged", f"no well-formed XML ({type(error).__name__})") from error
    declared: Any = root.getroottree().docinfo.internalDTD
    if declared is not None and next(declared.iterentities(), None) is not None:
        raise UnreadableFile("damaged", "declares XML entities")
    return root


def read_elements(stream: BinaryIO, *tags: str) -> Iterator[Element]:
    """The elements with one of these ``tags``, one by one, each gone when the next comes: for
    members that are too large to be held. For archives that `check_container` has passed."""
    try:
        for _event, element in etree.iterparse(stream, events=("end",), tag=tags, **_HARDENED):
            yield element
            element.clear()
            while element.getprevious() is not None:
                del element.getparent()[0]
    except (etree.XMLSyntaxError, ValueError) as error:
        raise UnreadableFile("damaged", f"no well-formed XML ({type(error).__name__})") from error


def name_of(element: Element) -> str:
    """The name without its namespace; "" for what is no element."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def attribute(element: Element, name: str) -> str:
    """The value of the attribute with this name, in whatever namespace; "" without one."""
    if (plain := element.get(name)) is not None:
        return str(plain)
    return next((str(v) for k, v in element.attrib.items() if k.rpartition("}")[2] == name), "")


def children(element: Element, *names: str) -> list[Element]:
    return [child for child in element if name_of(child) in names]


def child(element: Element | None, *path: str) -> Element | None:
    """The first element down this ``path`` of names."""
    for name in path:
        if element is None:
            return None
        element = next((each for each in element if name_of(each) == name), None)
    return element


class Package:
    """An archive of XML members that has been checked: no bomb, no password, no entities."""

    def __init__(self, stream: BinaryIO, limits: Limits) -> None:
        size = len(limits.read(stream))
        stream.seek(0)
        check_container(stream, size, limits)
        self._archive = zipfile.ZipFile(stream)
        self.names = frozenset(self._archive.namelist())

    def root(self, name: str) -> Element | None:
        """The root element of a member, None where there is no such member."""
        content = self.content(name)
        return None if content is None else read_xml(content)

    def content(self, name: str) -> bytes | None:
        try:
            return self._archive.read(name) if name in self.names else None
        except (zipfile.BadZipFile, NotImplementedError, EOFError, OSError) as error:
            raise UnreadableFile("damaged", f"broken archive ({type(error).__name__})") from error

    def open(self, name: str) -> BinaryIO:
        """A member as a stream. Raises: UnreadableFile where it is missing."""
        if name not in self.names:
            raise UnreadableFile("damaged", f"{name} is missing")
        return self._archive.open(name)  # type: ignore[return-value]
