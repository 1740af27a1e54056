"""A person's page: how they appear, and since when they are here. Nothing that only they know."""

from flask import Blueprint, abort, render_template

from hub.accounts.visitor import visitor
from hub.clock import now
from hub.extensions import db
from hub.guards import signed_in
from hub.membership.queries import shown_as
from hub.people_pages.queries import person_with_page

people = Blueprint("people", __name__)


@people.get("/people/<pseudonym>")
@signed_in
def person(pseudonym: str) -> str:
    found = person_with_page(db.session(), pseudonym) or abort(404)
    return render_template(
        "people/person.html",
        appearance=shown_as(db.session(), [found.id], now())[found.id],
        is_me=visitor().person_id == found.id,
        since=f"{found.created_at:%Y-%m}",
    )
