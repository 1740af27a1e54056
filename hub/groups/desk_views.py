"""Groups on the desk of the administrators: made, named keepers, renamed and closed. What is in
them stays with their members."""

from flask import abort, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from hub.accounts.models import Role
from hub.accounts.visitor import me
from hub.clock import now
from hub.extensions import db
from hub.groups import operations, queries, wording
from hub.groups.forms import GroupForm, NewGroupForm, PersonForm
from hub.groups.models import Group
from hub.groups.views import groups
from hub.guards import only
from hub.membership.queries import shown_as
from knowledge.access import Mark


@groups.get("/desk/groups")
@only(Role.ADMINISTRATOR)
def desk() -> str:
    overviews = queries.overviews(db.session())
    keepers = {person_id for overview in overviews for person_id in overview.keepers}
    return render_template(
        "groups/desk.html",
        appearances=shown_as(db.session(), keepers, now()),
        overviews=overviews,
    )


@groups.get("/desk/groups/new")
@only(Role.ADMINISTRATOR)
def new() -> str:
    return _new_page(NewGroupForm(formdata=None))


@groups.post("/desk/groups/new")
@only(Role.ADMINISTRATOR, fresh=True)
def create() -> Response:
    form = NewGroupForm(request.form)
    if not form.validate():
        return make_response(_new_page(form), 422)
    try:
        created = operations.create(
            db.session(),
            name=form.name.data,
            purpose=form.purpose.data,
            mark=Mark(form.mark.data),
            keeper=form.keeper.data,
            creator_id=me().id,
            now=now(),
        )
    except operations.Refused as refused:
        db.session.rollback()
        is_name = isinstance(refused, operations.NameTaken)
        form.refuse_name() if is_name else form.refuse_keeper()
        return make_response(_new_page(form), 422)
    db.session.commit()
    flash(_("The group is there, and its keeper is told."), "success")
    return redirect(url_for(".manage", group_id=created.id), 303)


@groups.get("/desk/groups/<int:group_id>")
@only(Role.ADMINISTRATOR)
def manage(group_id: int) -> str:
    return _manage_page(_found(group_id))


@groups.post("/desk/groups/<int:group_id>")
@only(Role.ADMINISTRATOR, fresh=True)
def change(group_id: int) -> Response:
    group = _found(group_id)
    form = GroupForm(request.form)
    if not form.validate():
        return make_response(_manage_page(group, form=form), 422)
    try:
        operations.change(
            db.session(),
            group,
            name=form.name.data,
            purpose=form.purpose.data,
            mark=Mark(form.mark.data),
            changer_id=me().id,
            now=now(),
        )
    except operations.NotKeeper:
        return _is_closed(group_id)
    except operations.NameTaken:
        form.refuse_name()
        return make_response(_manage_page(_found(group_id), form=form), 422)
    db.session.commit()
    flash(_("The group is changed."), "success")
    return redirect(url_for(".manage", group_id=group_id), 303)


@groups.post("/desk/groups/<int:group_id>/keepers")
@only(Role.ADMINISTRATOR, fresh=True)
def name_keeper(group_id: int) -> Response:
    group = _found(group_id)
    form = PersonForm(request.form)
    if not form.validate():
        return make_response(_manage_page(group, keeper=form), 422)
    try:
        operations.name_keeper(db.session(), group_id, form.pseudonym.data, me().id, now())
    except operations.NotKeeper:
        return _is_closed(group_id)
    except operations.Refused as refused:
        is_full = isinstance(refused, operations.GroupFull)
        form.refuse(wording.full() if is_full else wording.unknown_person())
        return make_response(_manage_page(group, keeper=form), 422)
    db.session.commit()
    flash(_("%(name)s keeps the group now.", name=form.pseudonym.data), "success")
    return redirect(url_for(".manage", group_id=group_id), 303)


@groups.post("/desk/groups/<int:group_id>/close")
@only(Role.ADMINISTRATOR, fresh=True)
def close(group_id: int) -> Response:
    _found(group_id)
    if not operations.close(db.session(), group_id, me().id, now()):
        return _is_closed(group_id)
    db.session.commit()
    flash(_("The group is closed: nobody is in it any more."), "success")
    return redirect(url_for(".manage", group_id=group_id), 303)


def _found(group_id: int) -> Group:
    return db.session.get(Group, group_id) or abort(404)


def _is_closed(group_id: int) -> Response:
    db.session.rollback()
    flash(_("The group is closed already. Nothing was changed."), "information")
    return redirect(url_for(".manage", group_id=group_id), 303)


def _new_page(form: NewGroupForm) -> str:
    return render_template("groups/new.html", form=form)


def _manage_page(
    group: Group, *, form: GroupForm | None = None, keeper: PersonForm | None = None
) -> str:
    keepers = queries.keepers(db.session(), group.id)
    return render_template(
        "groups/manage.html",
        appearances=shown_as(db.session(), keepers, now()),
        form=form or GroupForm(formdata=None, obj=group),
        group=group,
        keeper=keeper or PersonForm(formdata=None),
        keepers=keepers,
        members=queries.members(db.session(), group.id, 1)[1],
    )
