"""The desk: what waits, and the people of the hub."""

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
from sqlalchemy.exc import NoResultFound
from werkzeug.wrappers import Response
from wtforms import SelectChoice

from hub.accounts.models import Person, Role
from hub.accounts.visitor import me, visitor
from hub.clock import now
from hub.desk import acting, listing, queries, rules, words
from hub.desk.filters import filters_from
from hub.desk.forms import ActForm
from hub.desk.operations import Deed, LastAdministrator
from hub.desk.rules import Act
from hub.extensions import db
from hub.guards import only
from hub.second_factor.rules import has_second_factor

blueprint = Blueprint("desk", __name__, url_prefix="/desk")


@blueprint.get("")
@only(*Role)
def index() -> str:
    return render_template("desk/index.html", tasks=listing.tasks(db.session(), visitor()))


@blueprint.get("/people")
@only(Role.ADMINISTRATOR)
def people() -> str:
    filters, before = filters_from(request.args), _before()
    return render_template(
        "desk/people.html",
        account_state=words.account_state,
        fields=listing.filter_fields(filters),
        filters=filters,
        found=queries.find_people(db.session(), filters, before, now()),
        is_first=before is None,
        roles_of=rules.roles_of,
    )


@blueprint.get("/people/<int:person_id>")
@only(Role.ADMINISTRATOR)
def person(person_id: int) -> str:
    return _person_page(_found(person_id), ActForm(formdata=None))


@blueprint.post("/people/<int:person_id>")
@only(Role.ADMINISTRATOR, fresh=True)
def act(person_id: int) -> Response:
    found = _found(person_id)
    form = ActForm(request.form)
    if found.erased_at is not None:
        abort(404)
    if not form.validate():
        return make_response(_person_page(found, form), 422)
    return _acted(found, Act(form.act.data), form)


def _acted(person: Person, act: Act, form: ActForm) -> Response:
    if act == Act.REMOVE_SECOND_FACTOR and not rules.can_remove_second_factor(
        is_self=person.id == me().id
    ):
        return _refused(person, form, _("You remove your own second factor in your account."))
    is_leaving = person.id == me().id and act in (Act.REVOKE_ADMINISTRATOR, Act.DISABLE)
    deed = Deed(me().id, now(), form.reason.data)
    try:
        is_done = acting.do(db.session(), act, person.id, deed)
    except LastAdministrator:
        db.session.rollback()
        return _refused(person, form, words.last_administrator())
    except NoResultFound:  # erased meanwhile
        abort(404)
    db.session.commit()
    _say(is_done)
    place = url_for("home.index") if is_leaving else url_for(".person", person_id=person.id)
    return redirect(place, 303)


def _say(is_done: bool) -> None:
    if is_done:
        flash(_("Done. It is noted in the audit log."), "success")
    else:
        flash(_("It was so already. Nothing was changed by you."), "warning")


def _refused(person: Person, form: ActForm, sentence: str) -> Response:
    form.act.errors = [sentence]
    return make_response(_person_page(person, form), 422)


def _person_page(person: Person, form: ActForm) -> str:
    has_factor = has_second_factor(person)
    acts = rules.possible_acts(person, is_self=person.id == me().id, has_second_factor=has_factor)
    form.act.choices = [SelectChoice(act.value, words.act_name(act)) for act in acts]
    membership = queries.membership_of(db.session(), person.id, now())
    return render_template(
        "desk/person.html",
        account_state=words.account_state(person),
        form=form,
        has_second_factor=has_factor,
        membership=membership,
        membership_state=words.membership_state(membership),
        person=person,
        roles=rules.roles_of(person),
        sign_ins=queries.sign_ins(db.session(), person, now()),
    )


def _found(person_id: int) -> Person:
    return db.session.get(Person, person_id) or abort(404)


def _before() -> int | None:
    text = request.args.get("before", "")
    if not text:
        return None
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 9 else abort(404)
