"""Groups for those who are in them. Nobody else learns that there is such a group."""

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

from hub.accounts.visitor import me, visitor
from hub.clock import now
from hub.extensions import db
from hub.groups import operations, queries, rules, wording
from hub.groups.forms import PersonForm
from hub.groups.models import Group, GroupMember
from hub.guards import signed_in
from hub.library.cards import card
from hub.membership.queries import shown_as

groups = Blueprint("groups", __name__)


@groups.get("/groups")
@signed_in
def index() -> str:
    return render_template("groups/index.html", groups=queries.of_person(db.session(), me().id))


@groups.get("/groups/<int:group_id>")
@signed_in
def group(group_id: int) -> str:
    return _group_page(_mine(group_id), PersonForm(formdata=None))


@groups.post("/groups/<int:group_id>/members")
@signed_in
def add_member(group_id: int) -> Response:
    mine = _kept(group_id)
    form = PersonForm(request.form)
    if not form.validate():
        return make_response(_group_page(mine, form), 422)
    try:
        operations.add_member(db.session(), group_id, form.pseudonym.data, me().id, now())
    except operations.NotKeeper:
        abort(404)
    except operations.Refused as refused:
        form.refuse(_why_not_added(refused))
        return make_response(_group_page(mine, form), 422)
    db.session.commit()
    flash(_("%(name)s is in the group now.", name=form.pseudonym.data), "success")
    return _back_to(group_id)


@groups.post("/groups/<int:group_id>/members/<int:person_id>/remove")
@signed_in
def remove_member(group_id: int, person_id: int) -> Response:
    _kept(group_id)
    try:
        operations.remove_member(db.session(), group_id, person_id, me().id, now())
    except operations.Refused as refused:
        return _refused(group_id, refused)
    db.session.commit()
    flash(_("The person is not in the group any more."), "success")
    return _back_to(group_id)


@groups.post("/groups/<int:group_id>/members/<int:person_id>/keeper")
@signed_in
def make_keeper(group_id: int, person_id: int) -> Response:
    _kept(group_id)
    try:
        operations.make_keeper(db.session(), group_id, person_id, me().id, now())
    except operations.Refused as refused:
        return _refused(group_id, refused)
    db.session.commit()
    flash(_("The person keeps the group too now."), "success")
    return _back_to(group_id)


@groups.post("/groups/<int:group_id>/step-down")
@signed_in
def step_down(group_id: int) -> Response:
    _kept(group_id)
    try:
        operations.step_down(db.session(), group_id, me().id, now())
    except operations.Refused as refused:
        return _refused(group_id, refused)
    db.session.commit()
    flash(_("You do not keep the group any more. You are still in it."), "success")
    return _back_to(group_id)


@groups.post("/groups/<int:group_id>/leave")
@signed_in
def leave(group_id: int) -> Response:
    _mine(group_id)
    try:
        operations.leave(db.session(), group_id, me().id, now())
    except operations.Refused as refused:
        return _refused(group_id, refused)
    db.session.commit()
    flash(_("You have left the group."), "success")
    return redirect(url_for(".index"), 303)


def _mine(group_id: int) -> GroupMember:
    """404 for everybody else: only what takes effect in this sign-in counts."""
    if group_id not in visitor().standing.groups:
        abort(404)
    return queries.membership(db.session(), group_id, me().id) or abort(404)


def _kept(group_id: int) -> GroupMember:
    mine = _mine(group_id)
    return mine if rules.can_keep(mine) else abort(403)


def _refused(group_id: int, refused: operations.Refused) -> Response:
    if isinstance(refused, operations.NotKeeper):
        abort(404)
    db.session.rollback()
    if isinstance(refused, operations.LastKeeper):
        flash(wording.last_keeper(), "warning")
    else:
        flash(_("The person is not in the group any more."), "information")
    return _back_to(group_id)


def _why_not_added(refused: operations.Refused) -> str:
    if isinstance(refused, operations.AlreadyMember):
        return wording.already_in_it()
    if isinstance(refused, operations.GroupFull):
        return wording.full()
    return wording.unknown_person()


def _back_to(group_id: int) -> Response:
    return redirect(url_for(".group", group_id=group_id), 303)


def _group_page(mine: GroupMember, form: PersonForm) -> str:
    group_id, page = mine.group_id, _page_number()
    listed, total = queries.members(db.session(), group_id, page)
    rows, documents = queries.documents(db.session(), visitor().reader, group_id)
    return render_template(
        "groups/group.html",
        appearances=shown_as(db.session(), [member.person_id for member in listed], now()),
        cards=[card(document, version) for document, version in rows],
        documents=documents,
        form=form,
        group=db.session.get_one(Group, group_id),
        keepers=queries.keepers(db.session(), group_id),
        members=listed,
        mine=mine,
        page=page,
        pages=max(1, -(-total // queries.PAGE_SIZE)),
        rules=rules,
        total=total,
    )


def _page_number() -> int:
    text = request.args.get("page", "1")
    return int(text) if text.isascii() and text.isdigit() and 0 < len(text) < 7 and int(text) else 1
