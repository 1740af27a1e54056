"""Addresses inside the library that open a document at a quote."""

from dataclasses import dataclass

from flask import current_app, has_request_context, url_for

from hub.library.marks import Mark
from knowledge.answers import Citation

ZOOMS = ("fit", "100", "150")


@dataclass(frozen=True, slots=True)
class Address:
    """A version of a document and the quotes in it: from here to its other pages and parts.

    Positions mean something in one version only, so the number of the version goes with them.
    """

    document_id: int
    version: int
    is_current: bool = True
    marks: tuple[Mark, ...] = ()

    def document(self) -> str:
        return _url("library.document", document_id=self.document_id)

    def page(self, number: int, zoom: str = "fit") -> str:
        anchor = f"viewer-quote-{self.marks[0].number}" if self.marks else None
        return _url(
            "library.page",
            document_id=self.document_id,
            number=number,
            _anchor=anchor,
            **self.query(zoom),
        )

    def text(self, part: int | None = None) -> str:
        anchor = f"quote-{self.marks[0].number}" if self.marks and part is None else None
        return _url(
            "library.text", document_id=self.document_id, part=part, _anchor=anchor, **self.query()
        )

    def picture(self, number: int, width: int) -> str:
        return _url(
            "library_files.picture",
            document_id=self.document_id,
            number=number,
            width=width,
            version=self.version,
        )

    def original(self) -> str:
        version = None if self.is_current else self.version
        return _url("library_files.original", document_id=self.document_id, version=version)

    def query(self, zoom: str = "fit") -> dict[str, object]:
        """What every address of this view carries, in the order in which it is written."""
        query: dict[str, object] = {}
        if self.marks or not self.is_current:
            query["version"] = self.version
        if self.marks:
            query["from"] = [mark.start for mark in self.marks]
            query["to"] = [mark.end for mark in self.marks]
            query["n"] = [mark.number for mark in self.marks]
        return query | ({"zoom": zoom} if zoom != "fit" else {})


def citation_url(citation: Citation) -> str:
    """The address, from the root of the site, that shows the words of ``citation`` marked."""
    mark = Mark(citation.start, citation.end, citation.n)
    address = Address(citation.document_id, citation.version, marks=(mark,))
    return address.text() if citation.page is None else address.page(citation.page)


def _url(endpoint: str, **values: object) -> str:
    if has_request_context():
        return url_for(endpoint, **values)  # type: ignore[arg-type]
    # The command line has no request, and so no host or prefix to write before the path.
    anchor = values.pop("_anchor", None)
    path = current_app.url_map.bind("").build(endpoint, values)
    return f"{path}#{anchor}" if anchor else path
