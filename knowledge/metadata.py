"""What is said about a document beside its text, checked before it is kept."""

import re
import unicodedata
from dataclasses import dataclass, fields
from datetime import date
from pathlib import PurePosixPath

from knowledge.access import allows, audience_for, checked_audience, checked_mark
from knowledge.errors import MetadataRefused
from knowledge.guard.instructions import addresses_an_assistant
from knowledge.models import Document, Status

# Control characters, lone surrogates, and what turns the direction of the text around it.
_UNSTORABLE = re.compile("[\x00-\x1f\x7f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})?")
_DATE = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?")
NO_TITLE = "Untitled"
_LENGTHS = {"title": 1000, "type": 60, "publisher": 300, "replaced_by": 1000}


@dataclass(frozen=True, slots=True)
class Metadata:
    """Values for the fields of a document; None leaves what is there.

    ``mark`` is a sharing mark, "" takes it off. Raises: MetadataRefused, AudienceRefused.
    """

    title: str | None = None
    type: str | None = None
    language: str | None = None
    date: str | None = None
    status: Status | None = None
    publisher: str | None = None
    replaced_by: str | None = None
    audience: str | None = None
    mark: str | None = None

    def __post_init__(self) -> None:
        for name, longest in _LENGTHS.items():
            _check_text(name, getattr(self, name), longest)
        if self.title is not None and not self.title.strip():
            raise MetadataRefused("The title is empty.")
        _check_pattern("language", self.language, _LANGUAGE, "a code such as “en”")
        _check_date(self.date)
        if self.audience is not None:
            checked_audience(self.audience)
        if self.mark is not None:
            checked_mark(self.mark)
        if self.mark is not None and self.audience is not None:
            audience_for(self.mark, self.audience)

    def apply(self, document: Document) -> set[str]:
        """Writes the values that are given, and returns the names of the fields that changed.

        A mark that does not allow the audience of the document moves it to its own; an audience
        that the mark of the document does not allow is refused, and nothing is written.
        Raises: AudienceRefused.
        """
        given = {f.name: getattr(self, f.name) for f in fields(self)}
        given["audience"] = self._audience_of(document)
        changed = {
            name: value
            for name, value in given.items()
            if value is not None and value != getattr(document, name)
        }
        for name, value in changed.items():
            setattr(document, name, value)
        return set(changed)

    def _audience_of(self, document: Document) -> str | None:
        """The audience to write; None leaves what is there. A mark opens no document further than
        it is already."""
        mark = self.mark if self.mark is not None else document.mark or ""
        if self.audience is not None:
            return audience_for(mark, self.audience)
        if document.audience and allows(mark, document.audience):
            return None
        return audience_for(mark) if mark else None

    def over(self, other: "Metadata") -> "Metadata":
        """These values, and those of ``other`` where nothing is given here.
        Raises: AudienceRefused where the two contradict each other."""
        chosen = {
            f.name: value
            if (value := getattr(self, f.name)) is not None
            else getattr(other, f.name)
            for f in fields(self)
        }
        return Metadata(**chosen)


def status_named(text: str) -> Status:
    """The status with this name, whatever its case. Raises: MetadataRefused."""
    try:
        return Status(text.strip().lower())
    except ValueError:
        known = ", ".join(f"“{status}”" for status in Status)
        raise MetadataRefused(f"The status “{shown(text)}” is not one of {known}.") from None


def checked_path(path: str) -> str:
    """``path`` in the one form in which it is a document's identity. Raises: MetadataRefused."""
    path = unicodedata.normalize("NFC", path)
    if not path or len(path) > 1000 or _UNSTORABLE.search(path):
        raise MetadataRefused(f"The name “{shown(path)}” cannot be kept: it is no readable text.")
    if path.startswith("/") or ".." in PurePosixPath(path).parts:
        raise MetadataRefused(f"The name “{shown(path)}” leaves its folder.")
    return str(PurePosixPath(path))


def readable_name(path: str) -> str:
    """A title made of a file name: ``2.7-filter_article.en.md`` → ``2.7 filter article``. A name
    that gives orders to an assistant is no title."""
    name = re.sub(r"(\.[a-z]{2})?\.[A-Za-z0-9]{1,5}$", "", PurePosixPath(path).name)
    words = re.sub(r"[_\-\s]+", " ", name).strip()
    if addresses_an_assistant(words):
        return NO_TITLE
    return (words[:1].upper() + words[1:] if words else PurePosixPath(path).name)[:1000]


def shown(text: str) -> str:
    """Foreign text made fit to stand in a message."""
    return _UNSTORABLE.sub("\ufffd", text)[:120]


def _check_text(name: str, value: str | None, longest: int) -> None:
    if value is None:
        return
    if len(value) > longest:
        raise MetadataRefused(f"The {name} is longer than {longest} characters.")
    if _UNSTORABLE.search(value):
        raise MetadataRefused(f"The {name} “{shown(value)}” holds control characters.")


def _check_pattern(name: str, value: str | None, pattern: re.Pattern[str], wanted: str) -> None:
    if value and not pattern.fullmatch(value):
        raise MetadataRefused(f"The {name} “{shown(value)}” is not {wanted}.")


def _check_date(value: str | None) -> None:
    _check_pattern("date", value, _DATE, "a year, YYYY-MM or YYYY-MM-DD")
    if not value:
        return
    try:
        date.fromisoformat((value + "-01-01")[:10])
    except ValueError:
        raise MetadataRefused(f"The date “{value}” is not in the calendar.") from None
