"""The boards of the forum, and the lists of what is talked about in them."""

from typing import Any

from flask import Blueprint, abort, render_template, request

from hub.accounts.visitor import visitor
from hub.clock import now
from hub.extensions import db
from hub.following.models import Followed
from hub.following.queries import chosen
from hub.forum import listing, pages
from hub.forum.keyset import page_from
from hub.forum.listing import Filters, Show
from hub.forum.models import LONGEST_TAG
from hub.guards import public
from hub.library.audience_words import group_names
from hub.membership.queries import shown_as
from hub.texts import is_readable, tidied

forum = Blueprint("forum", __name__)


@forum.get("/forum")
@public
def index() -> str:
    rows = listing.boards(db.session(), visitor())
    me = visitor().person_id
    ids = [row.id for row in rows if row.level != "mute"]
    unread = listing.unread_in(db.session(), me, ids) if me else {}
    return _boards_page("forum/index.html", rows, unread)


@forum.get("/forum/boards")
@public
def boards() -> str:
    """All of them, also those that the home of the forum has no room for."""
    rows = listing.boards(db.session(), visitor(), most=None)
    return _boards_page("forum/boards.html", rows, {})


@forum.get("/forum/boards/<int:board_id>")
@public
def board(board_id: int) -> str:
    opened = listing.board(db.session(), visitor(), board_id) or abort(404)
    filters = _filters()
    return render_template(
        "forum/board.html",
        opened=opened,
        filters=filters,
        **_listed(filters, board_id),
    )


@forum.get("/forum/latest")
@public
def latest() -> str:
    filters = _filters()
    return render_template("forum/latest.html", filters=filters, **_listed(filters))


@forum.get("/forum/tags/<tag>")
@public
def tag(tag: str) -> str:
    """Whether there is such a tag is not said: what readable topics carry, tells it."""
    if len(tag) > LONGEST_TAG or not is_readable(tag) or tag != tidied(tag):
        abort(404)
    filters = Filters(_filters().show, tag)
    me = visitor().person_id
    return render_template(
        "forum/tag.html",
        tag=tag,
        narrowed=Filters(filters.show),  # the tag stands in the address already
        level=chosen(db.session(), me, Followed.TAG, tag) if me else None,
        **_listed(filters),
    )


def _boards_page(template: str, rows: list[Any], unread: dict[int, int]) -> str:
    groups = group_names(db.session(), {row.audience for row in rows})
    categories = pages.by_category(rows, groups, unread)
    return render_template(template, categories=categories, latest=listing.LATEST)


def _listed(filters: Filters, board_id: int | None = None) -> dict[str, Any]:
    """What every list of topics shows."""
    page = page_from(request.args.get("after", ""), request.args.get("before", ""))
    found = listing.topics(db.session(), visitor(), page, filters, board_id)
    people = {row.author_id for row in found.rows} | {row.last_author_id for row in found.rows}
    people.discard(None)
    return {
        "listed": found,
        "is_first": page.after is None and page.before is None,
        "rows": pages.topic_rows(found.rows, shown_as(db.session(), people, now())),
    }


def _filters() -> Filters:
    show, tag = request.args.get("show", ""), tidied(request.args.get("tag", ""))
    is_tag = len(tag) <= LONGEST_TAG and is_readable(tag)
    is_known = show in set(Show) and (show != Show.UNREAD or visitor().is_signed_in)
    return Filters(Show(show) if is_known else Show.ALL, tag if is_tag else "")
