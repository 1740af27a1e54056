"""The feeds: of what anyone may read, or, with a key, of what its owner may."""

from collections.abc import Callable, Sequence
from typing import Any

from flask import Blueprint, abort, current_app, request
from flask_babel import gettext as _
from sqlalchemy import Row
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from hub.accounts.throttle import network_of
from hub.clock import now
from hub.extensions import db, limiter
from hub.feeds import atom, operations, queries
from hub.feeds.atom import Entry, Feed
from hub.feeds.queries import Subscriber
from hub.guards import public
from hub.mail.rendering import link_url
from hub.membership.queries import shown_as
from hub.page_words import speaking
from knowledge.access import ANYONE, Mark, Reader

feed = Blueprint("feed", __name__, url_prefix="/feeds")
limited = limiter.limit("60 per minute", key_func=lambda: network_of(request.remote_addr or ""))
# A longer text is read on the page: a feed of thirty such posts is fetched again and again.
LONGEST_HTML = 20_000
MINUTES_KEPT = 5


@feed.get("/latest.atom")
@limited
@public
def latest() -> Response:
    """Topics in which somebody wrote lately, wherever they stand."""

    def made(reader: Reader) -> Feed:
        rows = queries.latest(db.session(), reader)
        return _feed(_("New in the forum"), rows, "forum.index")

    return _answer(made)


@feed.get("/boards/<int:board_id>.atom")
@limited
@public
def board(board_id: int) -> Response:
    def made(reader: Reader) -> Feed:
        found = queries.board_of(db.session(), reader, board_id) or abort(404)
        rows = queries.of_board(db.session(), reader, board_id)
        return _feed(found.name, rows, "forum.board", board_id=board_id)

    return _answer(made)


@feed.get("/topics/<long:topic_id>.atom")
@limited
@public
def topic(topic_id: int) -> Response:
    """The latest posts of a topic."""

    def made(reader: Reader) -> Feed:
        found = queries.topic_of(db.session(), reader, topic_id) or abort(404)
        rows = queries.of_topic(db.session(), reader, found.id)
        return _feed(found.title, rows, "forum.topic", topic_id=found.id)

    return _answer(made)


@feed.get("/tags/<tag>.atom")
@limited
@public
def tag(tag: str) -> Response:
    def made(reader: Reader) -> Feed:
        if not queries.has_tag(db.session(), reader, tag):
            abort(404)
        rows = queries.of_tag(db.session(), reader, tag)
        return _feed(_("Topics about “%(tag)s”", tag=tag), rows, "forum.tag", tag=tag)

    return _answer(made)


def _answer(made: Callable[[Reader], Feed]) -> Response:
    """The feed, or 304 where the reader has it. 404 for a key that gives nothing."""
    key = request.args.get("key")
    whose = queries.subscriber(db.session(), key, now()) if key is not None else None
    if key is not None and whose is None:
        abort(404)
    with speaking(whose.language if whose else current_app.config["BABEL_DEFAULT_LOCALE"]):
        written = made(whose.reader if whose else ANYONE)
    if whose is not None:
        _note_use(whose)
    return _response(written, is_keyed=whose is not None)


def _response(written: Feed, *, is_keyed: bool) -> Response:
    octets = atom.octets_of(written)
    response = Response(octets, mimetype=atom.MEDIA_TYPE)
    response.set_etag(atom.mark_of(octets))
    response.last_modified = written.updated_at
    shared = f"public, max-age={60 * MINUTES_KEPT}"
    response.headers["Cache-Control"] = "private, no-cache" if is_keyed else shared
    response.headers["Referrer-Policy"] = "no-referrer"  # the key stands in the address
    return response.make_conditional(request)


def _feed(title: str, rows: Sequence[Row[Any]], endpoint: str, **values: Any) -> Feed:
    names = shown_as(db.session(), {row.author_id for row in rows}, now())
    url = link_url(endpoint, **values)
    return Feed(
        id=url,
        title=f"{title} – {_('popAI community hub')}",
        url=url,
        self_url=link_url(request.endpoint or "", **(request.view_args or {})),
        base=f"{current_app.config['ADDRESS']}/",
        entries=[_entry(row, names[row.author_id].name) for row in rows],
    )


def _entry(row: Row[Any], author: str) -> Entry:
    has_words = {row.mark, row.topic_mark} <= {"", Mark.CLEAR} and len(row.html) <= LONGEST_HTML
    return Entry(
        url=link_url("forum.post", post_id=row.id),
        title=row.title,
        author=author,
        published_at=row.created_at,
        updated_at=row.updated_at or row.created_at,
        html=row.html if has_words else "",
    )


def _note_use(whose: Subscriber) -> None:
    """In a transaction of its own: the request only reads."""
    used_at = whose.key.used_at
    if used_at is None or now() - used_at > operations.USED_EVERY:
        db.session.rollback()  # lets go of what it read, which SQLite would have it wait for
        with Session(db.engine) as session, session.begin():
            operations.note_use(session, whose.key.id, now())
