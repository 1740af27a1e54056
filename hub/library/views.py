"""The list of documents, and reading one: by page, or as a text."""

from flask import Blueprint, abort, redirect, render_template, request
from werkzeug.wrappers import Response

from hub.accounts.visitor import visitor
from hub.extensions import db
from hub.guards import public
from hub.library.audience_words import group_names
from hub.library.cards import card
from hub.library.filters import filters_from
from hub.library.links import ZOOMS
from hub.library.listing import filter_fields
from hub.library.marks import whole_number
from hub.library.opening import Opening, open_or_404
from hub.library.page_view import page_view
from hub.library.queries import find_documents, holdings, successors
from hub.library.text_view import text_view
from knowledge import reading

library = Blueprint("library", __name__, url_prefix="/library")


@library.get("")
@public
def index() -> str:
    filters, page = filters_from(request.args), whole_number(request.args.get("page", "")) or 1
    reader = visitor().reader
    held = holdings(db.session(), reader)
    found = find_documents(db.session(), reader, filters, page)
    if page > found.pages:
        abort(404)
    newer = successors(db.session(), reader, [document for document, _version in found.rows])
    groups = group_names(db.session(), {row.audience for row, _version in found.rows})
    return render_template(
        "library/page.html",
        documents=[
            card(row, version, newer.get(row.replaced_by), groups) for row, version in found.rows
        ],
        fields=filter_fields(filters, held),
        filters=filters,
        found=found,
        held=held,
        page=page,
    )


@library.get("/<int:document_id>")
@public
def document(document_id: int) -> str | Response:
    """The document with its first page or part. ``page`` is what the page field sends."""
    opening = open_or_404(document_id, whole=True)
    if "page" in request.args:
        number = whole_number(request.args["page"]) or 1
        return redirect(opening.address.page(number, _zoom()))
    return _page(opening, 1) if opening.version.has_pages else _text(opening)


@library.get("/<int:document_id>/pages/<int:number>")
@public
def page(document_id: int, number: int) -> str:
    opening = open_or_404(document_id)
    return _page(opening, number) if opening.version.has_pages else abort(404)


@library.get("/<int:document_id>/text")
@public
def text(document_id: int) -> str | Response:
    """The text in parts or, where the document has pages, the page that holds the quote."""
    opening = open_or_404(document_id)
    if opening.version.has_pages:
        return redirect(opening.quote_url() if opening.address.marks else opening.address.page(1))
    return _text(opening)


def _page(opening: Opening, number: int) -> str:
    row = reading.page(db.session(), opening.version, number) or abort(404)
    view = page_view(opening.opened, row, opening.address, _zoom())
    return render_template(
        "library/document_page.html",
        opening=opening,
        view=view,
    )


def _text(opening: Opening) -> str:
    row = reading.page(db.session(), opening.version, 1) or abort(404)
    part = whole_number(request.args.get("part", ""))
    view = text_view(opening.opened, row, opening.address, part) or abort(404)
    return render_template("library/document_text.html", opening=opening, view=view)


def _zoom() -> str:
    zoom = request.args.get("zoom", "")
    return zoom if zoom in ZOOMS else ZOOMS[0]
