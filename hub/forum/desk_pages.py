"""The pages of the forum's desk, and why something was refused."""

from typing import Any

from flask import render_template, request
from flask_babel import gettext as _
from sqlalchemy import func, select

from hub.clock import now
from hub.extensions import db
from hub.forum import boards, categories, named_moderators
from hub.forum.desk_forms import NO_MARK, SAME, BoardForm, CategoryForm, ModeratorForm
from hub.forum.models import Board, Category
from hub.forum.operations import Refused
from hub.groups.models import Group
from hub.library.audience_words import audience_name
from hub.membership.queries import shown_as
from knowledge.access import MEMBERS, PUBLIC, group_audience


def index_page(form: CategoryForm | None = None) -> str:
    ordered = (Board.ordinal, func.lower(Board.name), Board.id)
    by_category: dict[int, list[Board]] = {}
    for board in db.session.scalars(select(Board).order_by(*ordered)):
        by_category.setdefault(board.category_id, []).append(board)
    return render_template(
        "forum/desk.html",
        categories=_categories(),
        boards=by_category,
        groups=_groups(),
        form=form or CategoryForm(formdata=None),
    )


def board_page(
    board: Board,
    *,
    form: BoardForm | None = None,
    person: ModeratorForm | None = None,
    asks: bool = False,
) -> str:
    """``asks``: whether they are sure that other people shall read it."""
    moderators = named_moderators.of_board(db.session(), board.id)
    groups = _groups()
    form = form or _filled(board)
    return render_template(
        "forum/desk_board.html",
        board=board,
        form=form,
        person=person or ModeratorForm(formdata=None),
        asks=asks,
        readers_now=audience_name(board.audience, groups),
        readers_then=audience_name(form.audience.data or "", groups),
        moderators=moderators,
        appearances=shown_as(db.session(), moderators, now()),
        groups=groups,
    )


def category_page(category: Category, form: CategoryForm | None = None) -> str:
    counted = select(func.count()).select_from(Board).where(Board.category_id == category.id)
    return render_template(
        "forum/desk_category.html",
        category=category,
        boards=db.session.scalar(counted) or 0,
        form=form or CategoryForm(formdata=None, obj=category),
    )


def offered(form: BoardForm, board: Board | None = None) -> BoardForm:
    """The form with what can be chosen. A board that is for a group which is closed by now can stay
    so."""
    groups = {
        audience: name
        for audience, (name, is_open) in _all_groups().items()
        if is_open or (board is not None and board.audience == audience)
    }
    form.offer({category.id: category.name for category in _categories()}, groups)
    return form


def refuse(form: BoardForm, refused: Refused) -> None:
    db.session.rollback()
    if isinstance(refused, categories.NameTaken):
        form.refuse_name()
    elif isinstance(refused, boards.TopicsRefuse):
        form.refuse_audience(
            _("A topic in the board has a sharing mark that does not allow these readers.")
        )
    elif isinstance(refused, boards.NotReader):
        form.refuse_audience(
            _("What stands in the board is for a group that you are not in. Only its members may "
              "open it to others.")
        )  # fmt: skip
    elif isinstance(refused, boards.MarkRefused):
        form.refuse_audience(_("This sharing mark does not allow these readers."))
    else:
        form.category_id.errors = [_("This category is not there any more.")]


def step() -> int:
    return -1 if request.form.get("direction") == "up" else 1


def _filled(board: Board) -> BoardForm:
    form = offered(BoardForm(formdata=None, obj=board), board)
    same = MEMBERS if board.audience == PUBLIC else board.audience
    form.writers.data = SAME if board.writers == same else board.writers
    form.mark.data = board.mark or NO_MARK
    return form


def _categories() -> list[Category]:
    ordered = select(Category).order_by(Category.ordinal, func.lower(Category.name), Category.id)
    return list(db.session.scalars(ordered))


def _groups() -> dict[str, str]:
    """The names of all groups by their audience: administrators know them from their desk."""
    return {audience: name for audience, (name, _is_open) in _all_groups().items()}


def _all_groups() -> dict[str, tuple[str, bool]]:
    named = select(Group.id, Group.name, Group.closed_at).order_by(func.lower(Group.name))
    rows: Any = db.session.execute(named)
    return {group_audience(row.id): (row.name, row.closed_at is None) for row in rows}
