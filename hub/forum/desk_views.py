"""The forum on the desk: administrators lay out its categories and boards.

What is written in a board of a group is no matter of theirs: they see the name that they gave it.
"""

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

from hub.accounts.models import Role
from hub.accounts.visitor import me, visitor
from hub.clock import now
from hub.extensions import db
from hub.forum import boards, desk_pages
from hub.forum.boards import Plan
from hub.forum.desk_forms import NO_MARK, SAME, BoardForm
from hub.forum.models import Board
from hub.forum.operations import Closed, Refused
from hub.guards import only
from knowledge.access import MEMBERS, PUBLIC

forum_desk = Blueprint("forum_desk", __name__, url_prefix="/desk/forum")


@forum_desk.get("")
@only(Role.ADMINISTRATOR)
def index() -> str:
    return desk_pages.index_page()


@forum_desk.get("/boards/new")
@only(Role.ADMINISTRATOR)
def new() -> str:
    form = desk_pages.offered(BoardForm(formdata=None))
    wanted = request.args.get("category", "")
    known = {str(number) for number, _name in form.category_id.choices}
    form.category_id.data = int(wanted) if wanted in known else None
    form.audience.data, form.writers.data, form.mark.data = MEMBERS, SAME, NO_MARK
    return render_template("forum/desk_new.html", form=form)


@forum_desk.post("/boards/new")
@only(Role.ADMINISTRATOR, fresh=True)
def create() -> Response:
    form = desk_pages.offered(BoardForm(request.form))
    if not form.validate():
        return make_response(render_template("forum/desk_new.html", form=form), 422)
    try:
        created = boards.create(db.session(), _plan(form), me().id, now())
    except Refused as refused:
        desk_pages.refuse(form, refused)
        return make_response(render_template("forum/desk_new.html", form=form), 422)
    board_id = created.id
    db.session.commit()
    flash(_("The board is open."), "success")
    return redirect(url_for(".manage", board_id=board_id), 303)


@forum_desk.get("/boards/<int:board_id>")
@only(Role.ADMINISTRATOR)
def manage(board_id: int) -> str:
    return desk_pages.board_page(_found(board_id))


@forum_desk.post("/boards/<int:board_id>")
@only(Role.ADMINISTRATOR, fresh=True)
def change(board_id: int) -> Response:
    board = _found(board_id)
    form = desk_pages.offered(BoardForm(request.form), board)
    if not form.validate():
        return make_response(desk_pages.board_page(board, form=form), 422)
    if board.audience != form.audience.data and not form.sure.data:
        return make_response(desk_pages.board_page(board, form=form, asks=True), 422)
    try:
        boards.change(db.session(), board_id, _plan(form), visitor().reader, me().id, now())
    except Closed:
        return _is_archived(board_id)
    except Refused as refused:
        desk_pages.refuse(form, refused)
        return make_response(desk_pages.board_page(_found(board_id), form=form), 422)
    db.session.commit()
    flash(_("The board is changed."), "success")
    return redirect(url_for(".manage", board_id=board_id), 303)


@forum_desk.post("/boards/<int:board_id>/archive")
@only(Role.ADMINISTRATOR, fresh=True)
def archive(board_id: int) -> Response:
    _found(board_id)
    if boards.archive(db.session(), board_id, me().id, now()):
        flash(_("The board is archived: it is read, not written in."), "success")
    db.session.commit()
    return redirect(url_for(".manage", board_id=board_id), 303)


@forum_desk.post("/boards/<int:board_id>/reopen")
@only(Role.ADMINISTRATOR, fresh=True)
def reopen(board_id: int) -> Response:
    _found(board_id)
    if boards.reopen(db.session(), board_id, me().id, now()):
        flash(_("The board is open again."), "success")
    db.session.commit()
    return redirect(url_for(".manage", board_id=board_id), 303)


@forum_desk.post("/boards/<int:board_id>/move")
@only(Role.ADMINISTRATOR, fresh=True)
def move(board_id: int) -> Response:
    _found(board_id)
    boards.move(db.session(), board_id, desk_pages.step(), me().id, now())
    db.session.commit()
    return redirect(url_for(".index", _anchor=f"board-{board_id}"), 303)


@forum_desk.errorhandler(Closed)
def is_gone(_closed: Closed) -> Response:
    """Another administrator was faster."""
    db.session.rollback()
    flash(
        _("That is not there any more, or the board is archived. Nothing was changed."), "warning"
    )
    return redirect(url_for(".index"), 303)


def _found(board_id: int) -> Board:
    return db.session.get(Board, board_id) or abort(404)


def _plan(form: BoardForm) -> Plan:
    audience, writers = form.audience.data, form.writers.data
    if writers == SAME:
        writers = MEMBERS if audience == PUBLIC else audience
    return Plan(
        category_id=form.category_id.data,
        name=form.name.data,
        purpose=form.purpose.data,
        audience=audience,
        writers=writers,
        mark="" if form.mark.data == NO_MARK else form.mark.data,
        holds_first_posts=form.holds_first_posts.data,
    )


def _is_archived(board_id: int) -> Response:
    db.session.rollback()
    flash(_("The board is archived. Open it again before you change it."), "information")
    return redirect(url_for(".manage", board_id=board_id), 303)
