"""The pages of the profile."""

from flask import (
    Blueprint,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask_babel import gettext as _
from flask_babel import refresh
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response

from hub.accounts import links, pseudonym_words, throttle
from hub.accounts.models import MailedLink, Person, Purpose
from hub.accounts.operations import Taken
from hub.accounts.visitor import me
from hub.clock import now
from hub.extensions import db
from hub.guards import freshly_confirmed, public, signed_in
from hub.mail import outbox
from hub.profile import operations
from hub.profile.forms import NotificationsForm, ProfileForm

profile = Blueprint("profile", __name__, url_prefix="/account/profile")


@profile.get("")
@signed_in
def edit() -> str:
    person = me()
    form = ProfileForm(formdata=None, obj=person, kept_name=person.pseudonym)
    return _profile_page(form)


@profile.post("")
@signed_in
def save() -> Response:
    person = me()
    form = ProfileForm(request.form, kept_name=person.pseudonym)
    if not form.validate() or not _is_renamed(form, person):
        return make_response(_profile_page(form), 422)
    person.language, person.time_zone = form.language.data, form.time_zone.data
    db.session.commit()
    session["language"] = person.language
    refresh()
    flash(_("Your profile is saved."), "success")
    return redirect(url_for(".edit"), 303)


@profile.get("/notifications")
@freshly_confirmed
def notifications() -> str:
    return _notifications_page(NotificationsForm(formdata=None))


@profile.post("/notifications")
@freshly_confirmed
def send_notifications() -> Response:
    form = NotificationsForm(request.form)
    if not outbox.is_possible() or not form.validate():
        return make_response(_notifications_page(form), 422)
    address = form.email.data
    if throttle.request_allowance("notifications", request.remote_addr or "", address):
        operations.ask_for_notifications(db.session(), me(), address, now())
        db.session.commit()
    return redirect(url_for("accounts.sent"), 303)


@profile.post("/notifications/remove")
@signed_in
def remove_notifications() -> Response:
    operations.remove_notifications(db.session(), me(), now())
    db.session.commit()
    flash(_("Notifications go to the address with which you sign in."), "success")
    return redirect(url_for(".edit"), 303)


@profile.get("/notifications/<token>")
@public
def confirm_notifications(token: str) -> Response | str:
    """A page with a button: programs that read mail open links, but press no buttons."""
    link = _link(token)
    if link is None:
        return _link_is_over()
    return render_template(
        "profile/confirm_notifications.html",
        form=FlaskForm(formdata=None),
        link=link,
        token=token,
    )


@profile.post("/notifications/<token>")
@public
def set_notifications(token: str) -> Response:
    link = _link(token)
    if link is None or not operations.set_notifications(db.session(), link, now()):
        return _link_is_over()
    db.session.commit()
    flash(_("Notifications go to %(address)s.", address=link.address), "success")
    return redirect(url_for(".edit"), 303)


def _is_renamed(form: ProfileForm, person: Person) -> bool:
    """Whether the name is as in the form now; else the form says why, and nothing is changed."""
    if form.pseudonym.data == person.pseudonym:
        return True
    try:
        operations.rename(db.session(), person, form.pseudonym.data, now())
    except Taken:
        form.pseudonym.errors = [pseudonym_words.taken()]
    except operations.TooManyNames:
        form.pseudonym.errors = [
            _(
                "You have changed your name %(count)s times within a month; others would not know "
                "who is who. Wait some weeks.",
                count=operations.MOST_NAMES,
            )
        ]
    else:
        return True
    db.session.rollback()
    return False


def _link(token: str) -> MailedLink | None:
    return links.opened(db.session(), Purpose.NOTIFICATIONS, token, now())


def _link_is_over() -> Response:
    again_url = url_for("profile.notifications")
    return make_response(render_template("accounts/link_is_over.html", again_url=again_url), 410)


def _profile_page(form: ProfileForm) -> str:
    return render_template(
        "profile/edit.html", form=form, person=me(), removal=FlaskForm(formdata=None)
    )


def _notifications_page(form: NotificationsForm) -> str:
    return render_template(
        "profile/notifications.html", form=form, is_possible=outbox.is_possible()
    )
