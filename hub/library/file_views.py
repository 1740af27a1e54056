"""The files behind a document: pictures of its pages and the original."""

import re

from flask import Blueprint, abort, request, send_file
from werkzeug.wrappers import Response

from hub.guards import public
from hub.library.marks import whole_number
from hub.library.opening import Opening, open_or_404
from hub.library.page_view import PDF
from hub.wiring import parts
from knowledge.access import PUBLIC
from knowledge.models import Version
from knowledge.page_images import MEDIA_TYPE, WIDTHS, PageImages, PageNotDrawn

UNFIT_FOR_A_NAME = re.compile(r'[\x00-\x1f\x7f/\\:*?"<>|]')

library_files = Blueprint("library_files", __name__, url_prefix="/library")


@library_files.get("/<int:document_id>/pages/<int:number>.webp")
@public
def picture(document_id: int, number: int) -> Response:
    """A page as printed, ``width`` pixels wide."""
    opening = open_or_404(document_id)
    version = opening.version
    width = whole_number(request.args.get("width", str(WIDTHS[0])))
    if version.media_type != PDF or width not in WIDTHS:
        abort(404)
    if not 1 <= number <= version.page_count:
        abort(404)
    try:
        drawn = PageImages(parts().page_images).picture(
            parts().files.path(version.sha256), version.sha256, number, width
        )
    except PageNotDrawn:
        abort(404)
    etag = f"{version.sha256}-{number}-{width}"
    return _kept_private(send_file(drawn, MEDIA_TYPE, etag=etag), opening)


@library_files.get("/<int:document_id>/original")
@public
def original(document_id: int) -> Response:
    """The file as it was added: saved, never shown, because it may hold scripts."""
    opening = open_or_404(document_id)
    version = opening.version
    parts().files.open(version.sha256).close()  # what has changed on the disk is not handed out
    sent = send_file(
        parts().files.path(version.sha256),
        version.media_type or "application/octet-stream",
        as_attachment=True,
        download_name=file_name(version),
        etag=version.sha256,
    )
    sent.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return _kept_private(sent, opening)


def file_name(version: Version) -> str:
    """The name under which a browser saves the file: no folders and no control characters."""
    name = UNFIT_FOR_A_NAME.sub("_", version.filename).strip(". ")
    return name or f"document-{version.document_id}"


def _kept_private(response: Response, opening: Opening) -> Response:
    """A browser may keep it but asks each time, so that what is withdrawn is gone at once; what is
    not for everybody it may not keep at all."""
    is_public = opening.opened.document.audience == PUBLIC
    response.headers["Cache-Control"] = "private, no-cache" if is_public else "no-store"
    return response
