"""To the provider, back from there, and the account's page about it."""

from typing import TYPE_CHECKING

import structlog
from flask import (
    Blueprint,
    abort,
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
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response

from hub.accounts import cookie, entering, pseudonym_words, sessions
from hub.accounts.models import Identity, Person
from hub.accounts.operations import Taken
from hub.accounts.visitor import forget_visitor, me, visitor
from hub.clock import now
from hub.extensions import db, let_this_get_write
from hub.guards import freshly_confirmed, public, signed_in
from hub.mail.rendering import link_url
from hub.provider import journey, operations
from hub.provider.claims import Claim
from hub.provider.forms import NameForm
from hub.provider.journey import Arrival, Journey
from hub.provider.problems import STATUS, Problem, ProviderDown, Untrusted, sentence

if TYPE_CHECKING:
    from hub.provider.connection import Connection

provider = Blueprint("provider", __name__)
METHOD = "provider"


@provider.post("/sign-in/provider")
@public
def begin() -> Response:
    """Who is signed in already proves afresh who they are."""
    is_again = visitor().is_signed_in
    return _set_out(request.form.get("next", ""), is_asked_again=is_again)


@provider.get("/sign-in/provider/back")
@public
def back() -> Response:
    """Where the provider sends the browser: by its own rules a GET, and it signs somebody in."""
    let_this_get_write()
    begun = journey.end(request.args.get("state", ""))
    if begun is None or not operations.use_state(db.session(), begun.state, now()):
        return _problem(Problem.OVER)
    db.session.commit()  # no lock is held while the provider is asked
    if "error" in request.args:
        return _problem(Problem.DENIED)
    try:
        claim = _connection().claim(
            _redirect_uri(), request.args.get("code", ""), begun.verifier, begun.nonce
        )
    except (ProviderDown, Untrusted) as error:
        return _failed(error)
    if begun.is_asked_again and not claim.was_proven_since(begun.at):
        structlog.get_logger().warning("provider did not ask again", says=claim.proven_at)
        return _problem(Problem.NOT_ANEW)
    forget_visitor()  # the answer took a while
    return _linked(claim, begun) if begun.person_id is not None else _entered(claim, begun.target)


@provider.get("/sign-in/provider/finish")
@public
def finish() -> Response | str:
    arrival = journey.arrival()
    return _finish_page(NameForm(formdata=None), arrival) if arrival else _problem(Problem.OVER)


@provider.post("/sign-in/provider/finish")
@public
def create() -> Response:
    arrival = journey.arrival()
    if arrival is None:
        return _problem(Problem.OVER)
    form = NameForm(request.form)
    if not form.validate():
        return make_response(_finish_page(form, arrival), 422)
    language = str(get_locale() or "en")
    try:
        person = operations.create_person(
            db.session(), arrival.claim, form.pseudonym.data, language, now()
        )
    except operations.AlreadyHere:
        db.session.rollback()
        return _entered(arrival.claim, arrival.target)
    except Taken:
        return _taken(form, arrival)
    flash(_("Your account is ready."), "success")
    return _enter(person, arrival.claim, arrival.target)


@provider.get("/account/provider")
@signed_in
def index() -> str:
    person = me()
    return render_template(
        "provider/index.html",
        identities=operations.identities(db.session(), person),
        can_unlink=operations.has_another_way(person),
        provider=_name(),
        form=FlaskForm(formdata=None),
    )


@provider.post("/account/provider/link")
@freshly_confirmed
def link() -> Response:
    return _set_out("", person_id=me().id, is_asked_again=True)


@provider.post("/account/provider/<int:identity_id>/unlink")
@freshly_confirmed
def unlink(identity_id: int) -> Response:
    person, identity = me(), db.session.get(Identity, identity_id)
    if identity is None or identity.person_id != person.id:
        abort(404)
    try:
        operations.unlink(db.session(), person, identity, now())
    except operations.OnlyWayIn:
        db.session.rollback()
        flash(_("Set an address and a password first; else you could not sign in."), "danger")
    else:
        db.session.commit()
        flash(_("You cannot sign in with %(provider)s any more.", provider=_name()), "success")
    return redirect(url_for(".index"), 303)


def _set_out(
    target: str, *, person_id: int | None = None, is_asked_again: bool = False
) -> Response:
    """A page that leads on at once. Not a redirect: browsers hold those that follow a form to the
    form-action of the page, through every host that the provider may lead over."""
    db.session.commit()  # no lock is held while the provider is asked
    try:
        beginning = _connection().begin(_redirect_uri(), is_asked_again=is_asked_again)
    except (ProviderDown, Untrusted) as error:
        return _failed(error)
    journey.begin(beginning, target, person_id, is_asked_again=is_asked_again)
    page = render_template("provider/leaving.html", url=beginning.url, provider=_name())
    response = make_response(page)
    response.headers["Refresh"] = f"0; url={beginning.url}"
    response.headers["Cache-Control"] = "no-store"
    return response


def _entered(claim: Claim, target: str) -> Response:
    """Signs in whoever has this account, or asks for a name first."""
    identity = operations.identity_of(db.session(), claim)
    if identity is None:
        journey.arrive(claim, target)
        return redirect(url_for(".finish"), 303)
    person = operations.person_of(db.session(), identity, now())
    if person.disabled_at:
        db.session.rollback()
        return _problem(Problem.DISABLED)
    return _enter(person, claim, target)


def _enter(person: Person, claim: Claim, target: str) -> Response:
    """Who was signed in here before is no longer, also where it is the same person."""
    if before := visitor().sign_in:
        sessions.end(db.session(), before)
    response = entering.enter(person, METHOD, target, is_strong=claim.is_strong)
    operations.date_proof(db.session(), cookie.given_key(response), claim, now())
    db.session.commit()
    return response


def _linked(claim: Claim, begun: Journey) -> Response:
    """Only for who began it: whoever is signed in here by now may be somebody else."""
    person = visitor().person
    if person is None or person.id != begun.person_id:
        return _problem(Problem.OVER)
    try:
        operations.link(db.session(), person, claim, now())
    except operations.LinkedElsewhere:
        db.session.rollback()
        return _problem(Problem.OTHERS)
    db.session.commit()
    flash(_("You can sign in with %(provider)s from now on.", provider=_name()), "success")
    return redirect(url_for(".index"), 303)


def _taken(form: NameForm, arrival: Arrival) -> Response:
    """The name; or the address was taken at the same moment, and sending the form again helps."""
    db.session.rollback()
    form.pseudonym.errors = [pseudonym_words.taken()]
    return make_response(_finish_page(form, arrival), 422)


def _finish_page(form: NameForm, arrival: Arrival) -> str:
    confirmed = operations.confirmed_address(arrival.claim)
    free = operations.free_address(db.session(), arrival.claim)
    return render_template(
        "provider/finish.html",
        form=form,
        provider=_name(),
        address=free,
        is_known=bool(confirmed) and free is None,
    )


def _failed(error: ProviderDown | Untrusted) -> Response:
    structlog.get_logger().warning(
        "provider failed", kind=type(error).__name__, cause=str(error) or _cause(error)
    )
    is_down = isinstance(error, ProviderDown)
    return _problem(Problem.DOWN if is_down else Problem.UNTRUSTED)


def _cause(error: BaseException) -> str:
    return type(error.__cause__).__name__ if error.__cause__ else ""


def _problem(problem: Problem) -> Response:
    page = render_template(
        "provider/problem.html",
        sentence=sentence(problem, _name()),
        again_url=url_for("provider.index" if visitor().is_signed_in else "accounts.sign_in"),
    )
    response = make_response(page, STATUS[problem])
    if problem is Problem.DOWN:
        response.headers["Retry-After"] = "60"
    return response


def _name() -> str:
    return str(current_app.config["OIDC_NAME"])


def _redirect_uri() -> str:
    """As it is registered at the provider, whatever host this request named."""
    return link_url("provider.back")


def _connection() -> "Connection":
    """The one of this app, made when it is first needed: the libraries take time to load."""
    from hub.provider.connection import Connection

    if "provider" not in current_app.extensions:
        names = ("OIDC_ISSUER", "OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET")
        made = Connection(*(current_app.config[name] for name in names))
        current_app.extensions["provider"] = made
    kept: Connection = current_app.extensions["provider"]
    return kept
