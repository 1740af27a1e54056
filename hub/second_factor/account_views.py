"""One's second factors: what there is, setting up, renaming and removing."""

from flask import (
    Response as FlaskResponse,
)
from flask import (
    abort,
    current_app,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from hub.accounts.models import Passkey, SignIn
from hub.accounts.visitor import visitor
from hub.clock import now
from hub.extensions import db
from hub.guards import freshly_confirmed, signed_in
from hub.second_factor import operations, recovery, rules, totp, wording
from hub.second_factor.blueprint import second_factor
from hub.second_factor.forms import AppForm, NameForm
from hub.second_factor.proving import set_strong


@second_factor.get("/account/second-factor")
@signed_in
def index() -> str:
    person = here().person
    return render_template(
        "second_factor/index.html",
        person=person,
        codes_left=recovery.left(db.session(), person),
        can_remove=rules.can_remove_factor(person, visitor().held, compulsory()),
        can_add_passkey=rules.can_add_passkey(person),
        is_needed=visitor().held.needs_second_factor(compulsory()),
    )


@second_factor.get("/account/second-factor/app")
@freshly_confirmed
def app() -> str:
    return _app_page(AppForm(formdata=None), totp.new_secret())


@second_factor.post("/account/second-factor/app")
@freshly_confirmed
def set_up_app() -> Response:
    form = AppForm(request.form)
    secret = totp.taken_up(form.secret.data or "", here())
    if secret is None:
        flash(_("The page was open too long. Here is a new secret; scan this one."), "warning")
        return redirect(url_for(".app"), 303)
    step = totp.matching_step(secret, rules.tidied_code(form.code.data or ""), now())
    if not form.validate() or step is None:
        form.code.errors = form.code.errors or [_("This is not the code that the app shows now.")]
        return make_response(_app_page(form, secret), 422)
    sign_in = here()
    codes = operations.set_up_app(db.session(), sign_in, secret, step, now())
    flash(_("Your app is set up. You are signed out everywhere else."), "success")
    return set_up(sign_in, codes, redirect(_next_page(codes), 303))


@second_factor.post("/account/second-factor/app/remove")
@freshly_confirmed
def remove_app() -> Response:
    try:
        operations.remove_app(db.session(), here(), visitor().held, compulsory(), now())
    except operations.Refused:
        return _refused()
    return _removed(_("The app is removed. You are signed out everywhere else."))


@second_factor.get("/account/second-factor/passkeys/new")
@freshly_confirmed
def new_passkey() -> str:
    form = NameForm(formdata=None)
    return render_template("second_factor/new_passkey.html", form=form, person=here().person)


@second_factor.get("/account/second-factor/passkeys/<int:passkey_id>")
@freshly_confirmed
def passkey(passkey_id: int) -> str:
    found = _own_passkey(passkey_id)
    return _passkey_page(NameForm(formdata=None, name=found.name), found)


@second_factor.post("/account/second-factor/passkeys/<int:passkey_id>")
@freshly_confirmed
def rename_passkey(passkey_id: int) -> Response:
    found, form = _own_passkey(passkey_id), NameForm(request.form)
    if not form.validate():
        return make_response(_passkey_page(form, found), 422)
    found.name = form.name.data
    db.session.commit()
    flash(_("The name is changed."), "success")
    return redirect(url_for(".index"), 303)


@second_factor.post("/account/second-factor/passkeys/<int:passkey_id>/remove")
@freshly_confirmed
def remove_passkey(passkey_id: int) -> Response:
    sign_in, removed = here(), _own_passkey(passkey_id).id
    try:
        operations.remove_passkey(
            db.session(), sign_in, removed, visitor().held, compulsory(), now()
        )
    except operations.Refused:
        return _refused()
    return _removed(_("The passkey is removed. You are signed out everywhere else."))


@second_factor.get("/account/second-factor/codes")
@freshly_confirmed
def codes() -> str:
    """The new recovery codes, or what to do to get some."""
    person = here().person
    return render_template(
        "second_factor/codes.html",
        person=person,
        codes=recovery.shown(person),
        codes_left=recovery.left(db.session(), person),
        has_factor=rules.has_second_factor(person),
    )


@second_factor.get("/account/second-factor/codes.txt")
@freshly_confirmed
def codes_as_text() -> Response:
    codes = recovery.shown(here().person) or abort(404)
    text = render_template("second_factor/codes.txt", codes=codes)
    response = FlaskResponse(text, mimetype="text/plain")
    response.headers["Content-Disposition"] = "attachment; filename=recovery-codes.txt"
    return response


@second_factor.post("/account/second-factor/codes")
@freshly_confirmed
def renew_codes() -> Response:
    if not rules.has_second_factor(here().person):
        return redirect(url_for(".index"), 303)
    codes = operations.renew_codes(db.session(), here(), now())
    recovery.show(here().person, codes)
    db.session.commit()
    return redirect(url_for(".codes"), 303)


@second_factor.post("/account/second-factor/codes/kept")
@signed_in
def codes_kept() -> Response:
    recovery.stop_showing()
    return redirect(url_for(".index"), 303)


def here() -> SignIn:
    """The sign-in of this browser; the guard has seen to it that there is one."""
    return visitor().sign_in or abort(401)


def compulsory() -> frozenset[str]:
    setting: frozenset[str] = current_app.config["SECOND_FACTOR_FOR"]
    return setting


def set_up(sign_in: SignIn, codes: list[str], response: Response) -> Response:
    """A factor has been set up, and proven by that; the codes are shown where there are new."""
    set_strong(db.session(), sign_in, response, now())
    if codes:
        recovery.show(sign_in.person, codes)
    db.session.commit()
    return response


def _next_page(codes: list[str]) -> str:
    return url_for(".codes" if codes else ".index")


def _removed(words: str) -> Response:
    db.session.commit()
    flash(words, "success")
    return redirect(url_for(".index"), 303)


def _refused() -> Response:
    db.session.rollback()
    flash(wording.needed(), "danger")
    return redirect(url_for(".index"), 303)


def _own_passkey(passkey_id: int) -> Passkey:
    keys = here().person.passkeys
    return next((key for key in keys if key.id == passkey_id), None) or abort(404)


def _app_page(form: AppForm, secret: str) -> str:
    person = here().person
    form.secret.data = totp.offered(secret, here())
    return render_template(
        "second_factor/app.html",
        form=form,
        person=person,
        secret=totp.in_groups(secret),
        picture=totp.picture(secret, person.pseudonym),
    )


def _passkey_page(form: NameForm, passkey: Passkey) -> str:
    can_remove = rules.can_remove_factor(here().person, visitor().held, compulsory())
    return render_template(
        "second_factor/passkey.html", form=form, passkey=passkey, can_remove=can_remove
    )
