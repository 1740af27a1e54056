"""What an address may look like: what is refused here never reaches a query or a file name."""

import re
from collections.abc import Iterator
from urllib.parse import unquote_to_bytes

from flask import Flask, abort, request
from werkzeug.routing import IntegerConverter, Map

LARGEST_ID = 2**31 - 1
BROKEN_ESCAPE = re.compile(rb"%(?![0-9A-Fa-f]{2})")


class DatabaseInteger(IntegerConverter):
    """``<int:…>`` that fits an id column; larger numbers are addresses that do not exist."""

    regex = r"[0-9]{1,10}"

    def __init__(self, map: Map, max: int = LARGEST_ID) -> None:
        super().__init__(map, max=max)


def register(app: Flask) -> None:
    app.url_map.converters["int"] = DatabaseInteger

    @app.before_request
    def refuse_unreadable() -> None:
        # WSGI hands the path over as bytes dressed up as Latin-1.
        if not _is_text(request.environ["PATH_INFO"].encode("latin-1")):
            abort(400)
        if BROKEN_ESCAPE.search(request.query_string):
            abort(400)
        if not _is_text(unquote_to_bytes(request.query_string)):
            abort(400)
        if any("\0" in text for text in _texts()):
            abort(400)


def _is_text(octets: bytes) -> bool:
    try:
        octets.decode()
    except UnicodeDecodeError:
        return False
    return True


def _texts() -> Iterator[str]:
    """Those of the address; what a form holds is for the form to refuse, beside its field."""
    yield request.path
    for name, value in request.args.items(multi=True):
        yield name
        yield value
