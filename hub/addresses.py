"""What an address may look like: what is refused here never reaches a query or a file name."""

import re
from collections.abc import Iterator
from urllib.parse import quote, unquote, unquote_to_bytes, urlsplit

from flask import Flask, abort, current_app, request, url_for
from werkzeug.exceptions import HTTPException
from werkzeug.routing import IntegerConverter, Map, RoutingException

from knowledge.orm import LARGEST_LONG_ID

LARGEST_ID = 2**31 - 1
BROKEN_ESCAPE = re.compile(rb"%(?![0-9A-Fa-f]{2})")


class DatabaseInteger(IntegerConverter):
    """``<int:…>`` that fits an id column; larger numbers are addresses that do not exist."""

    regex = r"[0-9]{1,10}"

    def __init__(self, map: Map, max: int = LARGEST_ID) -> None:
        super().__init__(map, max=max)


class LongInteger(DatabaseInteger):
    """``<long:…>`` that fits a ``knowledge.orm.LongId``."""

    regex = r"[0-9]{1,16}"

    def __init__(self, map: Map, max: int = LARGEST_LONG_ID) -> None:
        super().__init__(map, max=max)


def register(app: Flask) -> None:
    app.url_map.converters["int"] = DatabaseInteger
    app.url_map.converters["long"] = LongInteger

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


def own_address(target: str) -> str:
    """``target`` if it is a page of this hub, else the home page: never another host.

    Rebuilt from its parts, because browsers read ``///host`` and ``/\\host`` as another host.
    """
    try:
        parts = urlsplit(target)
    except ValueError:
        return url_for("home.index")
    if parts.scheme or parts.netloc or not _is_page(unquote(parts.path)):
        return url_for("home.index")
    query = f"?{quote(parts.query, safe='=&+%')}" if parts.query else ""
    return request.script_root + quote(unquote(parts.path)) + query


def _is_page(path: str) -> bool:
    try:
        current_app.url_map.bind("").match(path, "GET")
    except (HTTPException, RoutingException):
        return False
    return path.startswith("/")
