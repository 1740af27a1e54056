"""Signing up, signing in and out, and choosing a new password."""

from collections.abc import Callable

from flask import (
    Blueprint,
    current_app,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_babel import get_locale
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from hub.accounts import (
    entering,
    links,
    operations,
    passwords,
    queries,
    sessions,
    throttle,
    wording,
)
from hub.accounts.addresses import normal_address
from hub.accounts.forms import (
    AddressForm,
    CompleteForm,
    NewPasswordForm,
    PlainForm,
    SignInForm,
)
from hub.accounts.models import MailedLink, Person, Purpose
from hub.accounts.visitor import visitor
from hub.addresses import own_address
from hub.clock import now
from hub.extensions import db
from hub.guards import public
from hub.mail import outbox
from knowledge.orm import reading

accounts = Blueprint("accounts", __name__)


@accounts.get("/sign-in")
@public
def sign_in() -> Response | str:
    if visitor().is_signed_in:
        return redirect(own_address(request.args.get("next", "")), 303)
    return _sign_in_page(SignInForm(formdata=None))


@accounts.post("/sign-in")
@public
def check_sign_in() -> Response:
    form = SignInForm(request.form)
    if not form.validate():
        return make_response(_sign_in_page(form), 422)
    address, password = normal_address(form.email.data.strip()), form.password.data
    with reading(db.engine) as looking:  # no lock is held while the password is hashed
        person = queries.person_with_email(looking, address) if address else None
    attempt = throttle.attempt_on(address, person.id if person else 0)
    seconds = throttle.seconds_to_wait(attempt)
    if seconds:
        return _slow_down(form, seconds)
    is_right = passwords.matches(person.password_hash if person else "", password)
    entering_person = _unchanged(person) if person and is_right else None
    if entering_person is None:
        form.password.errors = [_("The address or the password is not right.")]
        return make_response(_sign_in_page(form), 422)
    throttle.note_success(attempt)
    response = entering.enter(entering_person, "password", request.form.get("next", ""))
    db.session.commit()
    return response


@accounts.post("/sign-out")
@public
def sign_out() -> Response:
    """Also half signed in: whoever is asked for a second factor can leave."""
    ended = visitor().sign_in or visitor().pending
    if ended is not None:
        sessions.end(db.session(), ended)
        db.session.commit()
    response = redirect(url_for("home.index"), 303)
    entering.leave(response)
    entering.say_signed_out()
    return response


@accounts.get("/sign-up")
@public
def sign_up() -> Response | str:
    if visitor().is_signed_in:
        return redirect(url_for("account.index"), 303)
    return _sign_up_page(AddressForm(formdata=None))


@accounts.post("/sign-up")
@public
def send_sign_up() -> Response:
    form = AddressForm(request.form)
    if not outbox.is_possible() or not form.validate():
        return make_response(_sign_up_page(form), 422)
    return _mailed(form, Purpose.SIGN_UP, "sign-up", _sign_up_page)


@accounts.get("/sign-up/sent")
@public
def sent() -> str:
    """The same for every address."""
    return render_template("accounts/sent.html", hours=links.LASTS.total_seconds() // 3600)


@accounts.get("/sign-up/<token>")
@public
def complete(token: str) -> Response | str:
    link = links.opened(db.session(), Purpose.SIGN_UP, token, now())
    if link is None or queries.person_with_email(db.session(), link.address):
        return _link_is_over("accounts.sign_up")
    return _complete_page(CompleteForm(formdata=None), link)


@accounts.post("/sign-up/<token>")
@public
def create(token: str) -> Response:
    link = links.opened(db.session(), Purpose.SIGN_UP, token, now())
    if link is None:
        return _link_is_over("accounts.sign_up")
    form = CompleteForm(request.form)
    db.session.commit()  # lets the lock go before the password is judged and hashed
    if seconds := _seconds_to_wait(link):
        form.password.errors = [wording.too_many_attempts(seconds)]
        return _wait(_complete_page(form, link), seconds)
    if not form.validate():
        return make_response(_complete_page(form, link), 422)
    try:
        with reading(db.engine) as looking:
            operations.refuse_taken(looking, link.address, form.pseudonym.data)
        hashed = passwords.hash_password(form.password.data)
        person = operations.create_person(
            db.session(),
            email=link.address,
            pseudonym=form.pseudonym.data,
            password_hash=hashed,
            language=str(get_locale() or "en"),
            now=now(),
        )
    except operations.Taken:
        return _taken(form, token)
    if not links.use(db.session(), link, now()):
        db.session.rollback()
        return _link_is_over("accounts.sign_up")
    response = entering.enter(person, "password", url_for("account.index"))
    db.session.commit()
    flash(_("Your account is ready."), "success")
    return response


@accounts.get("/reset")
@public
def reset() -> str:
    return _reset_page(AddressForm(formdata=None))


@accounts.post("/reset")
@public
def send_reset() -> Response:
    form = AddressForm(request.form)
    if not outbox.is_possible() or not form.validate():
        return make_response(_reset_page(form), 422)
    return _mailed(form, Purpose.RESET, "reset", _reset_page)


@accounts.get("/reset/<token>")
@public
def choose_password(token: str) -> Response | str:
    link = links.opened(db.session(), Purpose.RESET, token, now())
    if link is None or _person_of(link) is None:
        return _link_is_over("accounts.reset")
    return _password_page(NewPasswordForm(formdata=None), token)


@accounts.post("/reset/<token>")
@public
def set_password(token: str) -> Response:
    link = links.opened(db.session(), Purpose.RESET, token, now())
    person = _person_of(link) if link else None
    if link is None or person is None:
        return _link_is_over("accounts.reset")
    form = NewPasswordForm(request.form)
    db.session.commit()  # lets the lock go before the password is judged and hashed
    if seconds := _seconds_to_wait(link):
        form.password.errors = [wording.too_many_attempts(seconds)]
        return _wait(_password_page(form, token), seconds)
    if not form.validate():
        return make_response(_password_page(form, token), 422)
    hashed = passwords.hash_password(form.password.data)
    held = queries.held_person(db.session(), person.id)  # meanwhile much may have happened
    if held is None or held.email != link.address or not links.use(db.session(), link, now()):
        db.session.rollback()
        return _link_is_over("accounts.reset")
    operations.set_password(db.session(), person, hashed, now())
    response = entering.enter(person, "password", url_for("account.index"))
    db.session.commit()
    flash(_("Your password is changed. You are signed out everywhere else."), "success")
    return response


@accounts.get("/confirm-address/<token>")
@public
def confirm_address(token: str) -> Response | str:
    """A page with a button: programs that read mail open links, but press no buttons."""
    link = links.opened(db.session(), Purpose.ADDRESS, token, now())
    if link is None:
        return _link_is_over("account.address")
    return render_template(
        "accounts/confirm_address.html", form=PlainForm(formdata=None), link=link, token=token
    )


@accounts.post("/confirm-address/<token>")
@public
def set_address(token: str) -> Response:
    link = links.opened(db.session(), Purpose.ADDRESS, token, now())
    person = queries.held_person(db.session(), link.person_id or 0) if link else None
    if link is None or person is None or not links.use(db.session(), link, now()):
        return _link_is_over("account.address")
    try:
        operations.set_address(db.session(), person, link.address, now())
    except operations.Taken:
        return _link_is_over("account.address")
    db.session.commit()
    flash(_("Your address is changed."), "success")
    return redirect(url_for("account.index"), 303)


def _mailed(form: AddressForm, purpose: Purpose, kind: str, page: Callable[..., str]) -> Response:
    """The same answer, by the same steps, whether the address is known or not."""
    address = form.email.data
    allowed = throttle.request_allowance(kind, request.remote_addr or "", address)
    if allowed.seconds_to_wait:
        form.email.errors = [wording.too_many_requests(allowed.seconds_to_wait)]
        return _wait(page(form), allowed.seconds_to_wait)
    if allowed:
        language = str(get_locale() or "en")
        operations.ask_for_link(db.session(), purpose, kind, address, language, now())
        db.session.commit()
    return redirect(url_for("accounts.sent"), 303)


def _person_of(link: MailedLink) -> Person | None:
    """Whose password a link may change: it went to the address that they confirmed."""
    person = queries.person_with_email(db.session(), link.address)
    return person if person and not person.disabled_at else None


def _unchanged(compared: Person) -> Person | None:
    """The person as they are now, if what was compared is still their password: while it was
    hashed they may have changed it, which ends every sign-in but would miss this one."""
    held = queries.held_person(db.session(), compared.id)
    return held if held and held.password_hash == compared.password_hash else None


def _seconds_to_wait(link: MailedLink) -> int:
    """Counts a new password that is sent with a link."""
    return throttle.seconds_to_wait_for_hash(f"link {link.id}", request.remote_addr or "")


def _slow_down(form: SignInForm, seconds: int) -> Response:
    form.password.errors = [wording.too_many_attempts(seconds)]
    return _wait(_sign_in_page(form), seconds)


def _wait(page: str, seconds: int) -> Response:
    response = make_response(page, 429)
    response.headers["Retry-After"] = str(seconds)
    return response


def _taken(form: CompleteForm, token: str) -> Response:
    form.pseudonym.errors = [_("Somebody has this name, or one that looks like it.")]
    link = links.opened(db.session(), Purpose.SIGN_UP, token, now())
    if link is None or queries.person_with_email(db.session(), link.address):
        return _link_is_over("accounts.sign_up")
    return make_response(_complete_page(form, link), 422)


def _sign_in_page(form: SignInForm) -> str:
    return render_template(
        "accounts/sign_in.html",
        form=form,
        target=request.values.get("next", ""),
        provider=current_app.config.get("OIDC_NAME", ""),
    )


def _sign_up_page(form: AddressForm) -> str:
    return render_template("accounts/sign_up.html", form=form, is_possible=outbox.is_possible())


def _reset_page(form: AddressForm) -> str:
    return render_template("accounts/reset.html", form=form, is_possible=outbox.is_possible())


def _complete_page(form: CompleteForm, link: MailedLink) -> str:
    return render_template("accounts/complete.html", form=form, address=link.address)


def _password_page(form: NewPasswordForm, token: str) -> str:
    return render_template("accounts/choose_password.html", form=form, token=token)


def _link_is_over(endpoint: str) -> Response:
    """Used, run out, or never there: it looks the same."""
    page = render_template("accounts/link_is_over.html", again_url=url_for(endpoint))
    return make_response(page, 410)
