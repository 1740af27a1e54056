"""The search page."""

from flask import Blueprint, render_template, request
from flask_babel import get_locale

from hub.accounts.throttle import network_of
from hub.accounts.visitor import visitor
from hub.extensions import db, limiter
from hub.guards import public
from hub.library.marks import whole_number
from hub.search import presentation, steps, wording
from hub.search.asking import LONGEST, asked_for
from hub.search.finding import find

search = Blueprint("search", __name__)
# More than anybody looks through. A whole office may share one network.
FOR_A_PERSON, FOR_A_NETWORK = "60 per minute", "300 per minute"


def _limit() -> str:
    return FOR_A_PERSON if visitor().is_signed_in else FOR_A_NETWORK


def _whose() -> str:
    person = visitor().person
    return f"person {person.id}" if person else network_of(request.remote_addr or "")


limited = limiter.limit(
    _limit, key_func=_whose, exempt_when=lambda: not request.args.get("q", "").strip()
)


@search.get("/search")
@public
@limited
def index() -> str:
    """Whatever is asked for, it is a page: what is not understood is said on it."""
    typed = request.args.get("q", "")
    query = asked_for(typed)
    reader = visitor().reader
    found = find(db.session(), reader, query, str(get_locale() or "en"))
    page = whole_number(request.args.get("page", "")) or 1
    shown = presentation.shown(db.session(), reader, query, found, page)
    problems = [wording.problem_words(p) for p in (*query.problems, *found.problems)]
    return render_template(
        "search/page.html",
        typed=typed if len(typed) <= LONGEST * 2 else typed[:LONGEST],
        query=query,
        shown=shown,
        page=page,
        problems=problems,
        longest=LONGEST,
        posts_found=wording.posts_found(shown.found_posts, found.is_more),
        documents_found=wording.documents_found(shown.found_documents),
        page_url=lambda number: steps.search_url(query, number),
    )
