"""Categories on the desk, and who moderates a board."""

from flask import abort, flash, make_response, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from hub.accounts.models import Role
from hub.accounts.visitor import me
from hub.clock import now
from hub.extensions import db
from hub.forum import boards, categories, desk_pages, named_moderators
from hub.forum.desk_forms import CategoryForm, ModeratorForm
from hub.forum.desk_views import forum_desk
from hub.forum.models import Board, Category
from hub.forum.operations import Closed, Refused
from hub.groups import wording
from hub.guards import only


@forum_desk.post("/categories")
@only(Role.ADMINISTRATOR, fresh=True)
def create_category() -> Response:
    form = CategoryForm(request.form)
    if not form.validate():
        return make_response(desk_pages.index_page(form), 422)
    try:
        categories.create(db.session(), form.name.data, me().id, now())
    except categories.NameTaken:
        form.refuse_name()
        return make_response(desk_pages.index_page(form), 422)
    db.session.commit()
    flash(_("The category is there. Readers see it once a board is in it."), "success")
    return redirect(url_for(".index"), 303)


@forum_desk.get("/categories/<int:category_id>")
@only(Role.ADMINISTRATOR)
def category(category_id: int) -> str:
    return desk_pages.category_page(_category(category_id))


@forum_desk.post("/categories/<int:category_id>")
@only(Role.ADMINISTRATOR, fresh=True)
def rename_category(category_id: int) -> Response:
    found = _category(category_id)
    form = CategoryForm(request.form)
    if not form.validate():
        return make_response(desk_pages.category_page(found, form), 422)
    try:
        categories.rename(db.session(), category_id, form.name.data, me().id, now())
    except categories.NameTaken:
        form.refuse_name()
        return make_response(desk_pages.category_page(_category(category_id), form), 422)
    db.session.commit()
    flash(_("The category is changed."), "success")
    return redirect(url_for(".index"), 303)


@forum_desk.post("/categories/<int:category_id>/move")
@only(Role.ADMINISTRATOR, fresh=True)
def move_category(category_id: int) -> Response:
    _category(category_id)
    categories.move(db.session(), category_id, desk_pages.step(), me().id, now())
    db.session.commit()
    return redirect(url_for(".index", _anchor=f"category-{category_id}"), 303)


@forum_desk.post("/categories/<int:category_id>/archive")
@only(Role.ADMINISTRATOR, fresh=True)
def archive_category(category_id: int) -> Response:
    _category(category_id)
    count = boards.archive_category(db.session(), category_id, me().id, now())
    db.session.commit()
    done = ngettext("%(num)s board is archived.", "%(num)s boards are archived.", count)
    flash(done, "success")
    return redirect(url_for(".index", _anchor=f"category-{category_id}"), 303)


@forum_desk.post("/categories/<int:category_id>/remove")
@only(Role.ADMINISTRATOR, fresh=True)
def remove_category(category_id: int) -> Response:
    _category(category_id)
    try:
        categories.remove(db.session(), category_id, me().id, now())
    except categories.NotEmpty:
        db.session.rollback()
        flash(_("There are boards in the category. Put them into another one first."), "warning")
        return redirect(url_for(".category", category_id=category_id), 303)
    db.session.commit()
    flash(_("The category is removed."), "success")
    return redirect(url_for(".index"), 303)


@forum_desk.post("/boards/<int:board_id>/moderators")
@only(Role.ADMINISTRATOR, fresh=True)
def name_moderator(board_id: int) -> Response:
    board = db.session.get(Board, board_id) or abort(404)
    form = ModeratorForm(request.form)
    if not form.validate():
        return make_response(desk_pages.board_page(board, person=form), 422)
    try:
        named_moderators.name_moderator(db.session(), board_id, form.pseudonym.data, me().id, now())
    except Closed:
        db.session.rollback()
        flash(_("The board is archived. Open it again before you change it."), "information")
        return redirect(url_for(".manage", board_id=board_id), 303)
    except Refused as refused:
        form.refuse(_why_not(refused))
        return make_response(desk_pages.board_page(board, person=form), 422)
    db.session.commit()
    flash(_("%(name)s moderates the board now.", name=form.pseudonym.data), "success")
    return redirect(url_for(".manage", board_id=board_id), 303)


@forum_desk.post("/boards/<int:board_id>/moderators/<int:person_id>/remove")
@only(Role.ADMINISTRATOR, fresh=True)
def remove_moderator(board_id: int, person_id: int) -> Response:
    if not named_moderators.let_go(db.session(), board_id, person_id, me().id, now()):
        abort(404)
    db.session.commit()
    flash(_("The person does not moderate the board any more."), "success")
    return redirect(url_for(".manage", board_id=board_id), 303)


def _category(category_id: int) -> Category:
    return db.session.get(Category, category_id) or abort(404)


def _why_not(refused: Refused) -> str:
    if isinstance(refused, named_moderators.CannotRead):
        return _("This person may not read the board, so they cannot moderate it.")
    return wording.unknown_person()
