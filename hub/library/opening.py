"""A document as an address opens it: which version, which quotes, and what stands around them."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from flask import abort, request

from hub.accounts.models import Role
from hub.accounts.visitor import visitor
from hub.extensions import db
from hub.library.audience_words import group_names, meaning
from hub.library.cards import Card, card
from hub.library.links import Address
from hub.library.marks import Mark, asks_for_marks, requested_marks, whole_number
from knowledge import reading
from knowledge.models import Version
from knowledge.reading import Opened


@dataclass(frozen=True)
class Opening:
    """``marks_refused``: the address names a quote that this version does not have.
    ``whole``: the page is about the document, not only about one place in it."""

    opened: Opened
    address: Address
    marks_refused: bool
    whole: bool

    @property
    def version(self) -> Version:
        return self.opened.version

    @cached_property
    def card(self) -> Card:
        document = self.opened.document
        newer = reading.successor(db.session(), document, visitor().reader)
        groups = group_names(db.session(), [document.audience])
        return card(document, self.opened.version, newer, groups)

    @property
    def meaning(self) -> str:
        """What the sharing mark asks of whoever reads."""
        return meaning(self.opened.document.mark)

    @property
    def may_set_audience(self) -> bool:
        return visitor().may(Role.CURATOR, Role.ADMINISTRATOR)

    @cached_property
    def versions(self) -> Sequence[Version]:
        return reading.ready_versions(db.session(), self.opened.document)

    @cached_property
    def current_url(self) -> str:
        return Address(self.address.document_id, 0).document()

    def quote_url(self) -> str:
        """The address to hand on: it opens this version at the first quote."""
        number = self.quoted_page()
        return (
            self.address.page(number) if self.version.has_pages and number else self.address.text()
        )

    def quoted_page(self) -> int | None:
        """The page on which the first quote begins."""
        if not self.address.marks:
            return None
        return reading.page_number_at(db.session(), self.version, self.address.marks[0].start)


def open_or_404(document_id: int, whole: bool = False) -> Opening:
    """The document in the version that the address asks for. Hidden and missing look the same."""
    reader, version = visitor().reader, _version()
    opened = reading.open_document(db.session(), document_id, reader, version) or abort(404)
    marks = _marks(opened.version)
    address = Address(document_id, opened.version.number, opened.is_current, marks or ())
    return Opening(opened, address, marks is None, whole)


def _version() -> int | None:
    """The number of the version that is asked for; None for the current one."""
    if "version" not in request.args:
        return None
    return whole_number(request.args["version"]) or abort(404)


def _marks(version: Version) -> tuple[Mark, ...] | None:
    if not asks_for_marks(request.args):
        return ()
    return requested_marks(request.args, reading.text_length(db.session(), version))
