"""A person's own account: where they are signed in, their password, their address."""

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

from hub.accounts import entering, operations, passwords, queries, sessions, throttle, wording
from hub.accounts.forms import AddressForm, NewPasswordForm
from hub.accounts.models import Purpose, SignIn
from hub.accounts.visitor import me, visitor
from hub.accounts.waiting import wait_page
from hub.clock import now
from hub.extensions import db
from hub.guards import freshly_confirmed, signed_in
from hub.mail import outbox

account = Blueprint("account", __name__, url_prefix="/account")


@account.get("")
@signed_in
def index() -> str:
    return render_template("accounts/account.html", person=me())


@account.get("/sign-ins")
@signed_in
def sign_ins() -> str:
    return render_template(
        "accounts/sign_ins.html",
        sign_ins=sessions.of_person(db.session(), me(), now()),
    )


@account.post("/sign-ins/<int:sign_in_id>/end")
@signed_in
def end_sign_in(sign_in_id: int) -> Response:
    ended = db.session.get(SignIn, sign_in_id)
    if ended is None or ended.person_id != me().id:
        abort(404)
    is_this_one = ended is visitor().sign_in
    sessions.end(db.session(), ended)
    db.session.commit()
    if is_this_one:
        response = redirect(url_for("home.index"), 303)
        entering.leave(response)
        entering.say_signed_out()
        return response
    flash(_("That browser is signed out."), "success")
    return redirect(url_for(".sign_ins"), 303)


@account.post("/sign-ins/end-others")
@signed_in
def end_others() -> Response:
    operations.end_sign_ins(db.session(), me(), now(), keep=here())
    db.session.commit()
    flash(_("You are signed out everywhere else."), "success")
    return redirect(url_for(".sign_ins"), 303)


@account.get("/password")
@freshly_confirmed
def password() -> str:
    return _password_page(NewPasswordForm(formdata=None))


@account.post("/password")
@freshly_confirmed
def set_password() -> Response:
    sign_in_id, person_id = here().id, me().id
    form = NewPasswordForm(request.form)
    db.session.commit()  # lets the lock go before the password is judged and hashed
    if seconds := throttle.seconds_to_wait_for_hash(
        f"person {person_id}", request.remote_addr or ""
    ):
        form.password.errors = [wording.too_many_attempts(seconds)]
        return wait_page(_password_page(form), seconds)
    if not form.validate():
        return make_response(_password_page(form), 422)
    return _changed_password(person_id, sign_in_id, passwords.hash_password(form.password.data))


def _changed_password(person_id: int, sign_in_id: int, hashed: str) -> Response:
    """Looks again, for the sign-in may have ended while the password was hashed."""
    person = queries.held_person(db.session(), person_id)
    kept = sessions.with_id(db.session(), sign_in_id, now())
    if person is None or kept is None:
        db.session.rollback()
        return redirect(url_for("accounts.sign_in", next=url_for(".password")), 303)
    operations.set_password(db.session(), person, hashed, now(), keep=kept)
    db.session.commit()
    flash(_("Your password is changed. You are signed out everywhere else."), "success")
    return redirect(url_for(".index"), 303)


@account.get("/address")
@freshly_confirmed
def address() -> str:
    return _address_page(AddressForm(formdata=None))


@account.post("/address")
@freshly_confirmed
def send_address() -> Response:
    form = AddressForm(request.form)
    if not outbox.is_possible() or not form.validate():
        return make_response(_address_page(form), 422)
    person, new = me(), form.email.data
    allowed = throttle.request_allowance("address", request.remote_addr or "", new)
    if allowed.seconds_to_wait:
        form.email.errors = [wording.too_many_requests(allowed.seconds_to_wait)]
        return wait_page(_address_page(form), allowed.seconds_to_wait)
    if allowed:
        operations.ask_for_link(
            db.session(), Purpose.ADDRESS, "address", new, person.language, now(), person
        )
        db.session.commit()
    return redirect(url_for("accounts.sent"), 303)


def here() -> SignIn:
    """The sign-in of this browser; the same holds."""
    return visitor().sign_in or abort(401)


def _password_page(form: NewPasswordForm) -> str:
    return render_template("accounts/password.html", form=form)


def _address_page(form: AddressForm) -> str:
    return render_template(
        "accounts/address.html", form=form, person=me(), is_possible=outbox.is_possible()
    )
