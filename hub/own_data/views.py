"""The pages about one's own data: what is kept, the file, the erasure."""

from flask import (
    Blueprint,
    abort,
    current_app,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response

from hub.accounts import entering
from hub.accounts.models import Person, SignIn
from hub.accounts.visitor import visitor
from hub.clock import now
from hub.extensions import db
from hub.guards import freshly_confirmed, public, signed_in
from hub.own_data import erasing, exporting, proving, queries
from hub.own_data.forms import EraseForm
from hub.own_data.topics import TOPICS
from knowledge.orm import reading

own_data = Blueprint("own_data", __name__, url_prefix="/account")


@own_data.get("/data")
@signed_in
def index() -> str:
    return render_template("own_data/index.html", topics=TOPICS, form=FlaskForm(formdata=None))


@own_data.post("/data/file")
@freshly_confirmed
def download() -> Response:
    person_id = here().person_id
    db.session.commit()  # lets the lock go: collecting takes a while
    with reading(db.engine) as session:
        person = session.get_one(Person, person_id)
        content = exporting.everything_about(session, person, now())
    response = current_app.response_class(exporting.as_file(content), mimetype="application/json")
    response.headers["Content-Disposition"] = 'attachment; filename="my-data.json"'
    response.headers["Cache-Control"] = "no-store"
    return response


@own_data.get("/data/erase")
@freshly_confirmed
def erase() -> str:
    return _erase_page(EraseForm(formdata=None, means=_means()))


@own_data.post("/data/erase")
@freshly_confirmed
def erase_now() -> Response:
    sign_in, means = here(), _means()
    form = EraseForm(request.form, means=means)
    if not form.validate():
        return make_response(_erase_page(form), 422)
    if means is proving.Means.PASSWORD:
        db.session.commit()  # lets the lock go while the password is hashed
    text = form[means.value].data if means.value in form else ""
    if problem := proving.problem_with(db.session(), sign_in, means, text, now()):
        return _refused(form, means.value, problem)
    try:
        erasing.erase(db.session(), sign_in.person, form.choice, now())
    except erasing.LastAdministrator:
        return _refused(form, "texts", _last_administrator())
    except erasing.AlreadyErased:
        db.session.rollback()
    db.session.commit()
    erasing.forget_on_disk(db.engine)
    response = redirect(url_for(".erased"), 303)
    entering.leave(response)
    return response


@own_data.get("/erased")
@public
def erased() -> str:
    return render_template("own_data/erased.html")


def here() -> SignIn:
    """The sign-in of this browser; the guard has seen to it that there is one."""
    return visitor().sign_in or abort(401)


def _means() -> proving.Means:
    return proving.means_for(here(), now())


def _last_administrator() -> str:
    return _(
        "You are the last administrator. Make somebody else an administrator first, or nobody "
        "could give roles any more."
    )


def _refused(form: EraseForm, name: str, problem: str) -> Response:
    """The form again, with the reason at this field; nothing is changed."""
    form[name].errors = [problem]
    db.session.rollback()
    return make_response(_erase_page(form), 422)


def _erase_page(form: EraseForm) -> str:
    person = here().person
    return render_template(
        "own_data/erase.html",
        form=form,
        means=_means().value,
        word=proving.word(),
        former_name=erasing.former_name(person.id),
        has_passkey=bool(person.passkeys) and not person.totp_secret,
        groups=queries.groups_kept_alone(db.session(), person.id),
    )
