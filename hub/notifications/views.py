"""What is new for somebody, and how they want to be told."""

from flask import (
    Blueprint,
    abort,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from hub.accounts.models import Person
from hub.accounts.visitor import me, visitor
from hub.clock import now
from hub.errors import asks_for_json
from hub.extensions import csrf, db
from hub.guards import public, signed_in
from hub.mail import outbox
from hub.membership.queries import shown_as
from hub.notifications import operations, queries, unsubscribing, words
from hub.notifications.forms import ChoicesForm, PlainForm
from hub.notifications.models import Rhythm
from hub.notifications.places import place_of
from knowledge.orm import LARGEST_LONG_ID

notifications = Blueprint("notifications", __name__)


@notifications.get("/notifications")
@signed_in
def index() -> str:
    unread_only = request.args.get("show") == "unread"
    found = queries.listing(
        db.session(),
        me().id,
        visitor().reader,
        before=_number(request.args.get("before", "")),
        unread_only=unread_only,
    )
    return render_template(
        "notifications/index.html",
        listing=found,
        names=shown_as(db.session(), found.actor_ids, now()),
        place_of=place_of,
        sentence=words.sentence,
        unread_only=unread_only,
    )


@notifications.post("/notifications/read")
@signed_in
def read_all() -> Response:
    """All up to the newest that the page showed."""
    until = _number(request.form.get("until", ""))
    operations.mark_all_read(db.session(), me().id, until or LARGEST_LONG_ID, now())
    db.session.commit()
    return _done()


@notifications.post("/notifications/<long:notification_id>/read")
@signed_in
def read_one(notification_id: int) -> Response:
    mine = queries.mine(db.session(), me().id, notification_id) or abort(404)
    operations.mark_one_read(db.session(), mine, now())
    db.session.commit()
    return _done()


@notifications.get("/account/notifications")
@signed_in
def choices() -> str:
    chosen = queries.choice(db.session(), me().id)
    return _choices_page(ChoicesForm(formdata=None, obj=chosen))


@notifications.post("/account/notifications")
@signed_in
def save_choices() -> Response:
    form = ChoicesForm(request.form)
    if not form.validate():
        return make_response(_choices_page(form), 422)
    rhythm, reactions = Rhythm(form.rhythm.data), form.reactions.data
    operations.choose(db.session(), me().id, rhythm, reactions=reactions)
    db.session.commit()
    flash(_("Your choice is saved."), "success")
    return redirect(url_for(".choices"), 303)


@notifications.get("/unsubscribe/<token>")
@public
def unsubscribe(token: str) -> Response | str:
    """A page with a button: programs that read mail open links, but press no buttons."""
    return _unsubscribe_page(token, _person_of(token))


@notifications.post("/unsubscribe/<token>")
@csrf.exempt  # mail programs send it (RFC 8058); the token in the address is what proves it
@public
def stop_mails(token: str) -> Response | str:
    person = _person_of(token)
    if person is not None:
        operations.choose(db.session(), person.id, Rhythm.NEVER, reactions=None)
        db.session.commit()
    return _unsubscribe_page(token, person)


def _person_of(token: str) -> Person | None:
    person_id = unsubscribing.person_named(token)
    person = db.session.get(Person, person_id) if person_id is not None else None
    return person if person is not None and person.erased_at is None else None


def _unsubscribe_page(token: str, person: Person | None) -> Response:
    """It says nothing of the person: whoever the mail was passed on to may open it."""
    is_stopped = person is not None and _stopped(person)
    page = render_template(
        "notifications/unsubscribe.html",
        is_known=person is not None,
        is_stopped=is_stopped,
        form=PlainForm(formdata=None),
        token=token,
    )
    return make_response(page, 200 if person is not None else 410)


def _stopped(person: Person) -> bool:
    return queries.choice(db.session(), person.id).rhythm == Rhythm.NEVER


def _choices_page(form: ChoicesForm) -> str:
    return render_template(
        "notifications/choices.html", form=form, person=me(), is_possible=outbox.is_possible()
    )


def _number(text: str) -> int:
    is_number = text.isascii() and text.isdigit() and len(text) <= 16
    return int(text) if is_number and int(text) <= LARGEST_LONG_ID else 0


def _done() -> Response:
    """204 for the script, which stays where it is."""
    if asks_for_json():
        return Response(status=204)
    return redirect(url_for(".index"), 303)
