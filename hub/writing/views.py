"""New topics and replies."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, abort, current_app, flash, redirect, request, session, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError, TimeoutError
from werkzeug.wrappers import Response

from hub.accounts.visitor import me, visitor
from hub.clock import now
from hub.extensions import db
from hub.forum.models import State
from hub.forum.operations import Closed, EditConflict
from hub.forum.reaching import reach_post
from hub.guards import signed_in
from hub.polls.writing import PollProblem, poll_from
from hub.writing import aside_views, pages, publishing, queries, quoting, sheets
from hub.writing.forms import whole
from hub.writing.publishing import NotNow, Published, Wish, Writer
from hub.writing.sheets import Sheet
from hub.writing.unsent import form_expired, keeps_text, not_possible_now
from knowledge.disk import DiskFull

writing = Blueprint("writing", __name__)
writing.register_error_handler(CSRFError, form_expired)
for _kind in (OperationalError, TimeoutError, DiskFull):
    writing.register_error_handler(_kind, not_possible_now)
MOST_SENT_KEYS = 5


@writing.url_value_preprocessor
def let_files_in(_endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """Before anything reads the form. Its texts stay limited (MAX_FORM_MEMORY_SIZE)."""
    if request.mimetype == "multipart/form-data" and visitor().is_signed_in:
        request.max_content_length = (
            current_app.config["MAX_CONTENT_LENGTH"] + current_app.config["UPLOAD_SIZE"]
        )


@writing.get("/forum/boards/<int:board_id>/new")
@signed_in
def new_topic(board_id: int) -> Response:
    return _begin(sheets.for_topic_in(board_id))


@writing.post("/forum/boards/<int:board_id>/new")
@keeps_text
@signed_in
def start_topic(board_id: int) -> Response:
    def post(form: Any) -> Published:
        wish = _wish(form, title=form.title.data, tags=form.typed_tags)
        return publishing.start_topic(db.session(), writer(), board_id, wish, now())

    return send(sheets.for_topic_in(board_id), post)


@writing.get("/forum/topics/<long:topic_id>/reply")
@signed_in
def reply(topic_id: int) -> Response:
    return _begin(sheets.for_reply_to(topic_id))


@writing.post("/forum/topics/<long:topic_id>/reply")
@keeps_text
@signed_in
def send_reply(topic_id: int) -> Response:
    sheet = sheets.for_reply_to(topic_id)

    def post(form: Any) -> Published:
        return publishing.reply(
            db.session(),
            writer(),
            topic_id,
            _wish(form),
            now(),
            seat=sheet.seat,
            reply_to_id=_answered(sheet, whole(form.to.data)),
        )

    return send(sheet, post)


def writer() -> Writer:
    who = visitor()
    return Writer(who.person_id, who.reader, who)


def send(sheet: Sheet, post: Callable[[Any], Published]) -> Response:
    """A form came: does what its button says, or posts it. Whatever keeps it from being posted, the
    text comes back."""
    form = pages.sent(sheet, request.form)
    db.session.commit()  # nobody waits while the text is looked at
    if not sheet.can_write and aside_views.needs_to_write():
        return _refused(sheet, form, 403, _cannot(sheet))
    if aside := aside_views.pressed(sheet, form):
        return aside
    if not form.validate():
        return pages.editor_page(sheet, form, 422)
    try:
        published = post(form)
    except PollProblem as problem:
        return _refused(sheet, form, 422, str(problem), poll_problems=problem.problems)
    except Closed:
        return _refused(sheet, form, 409, _closed())
    except EditConflict as conflict:
        return _conflict(sheet, form, conflict)
    except NotNow as refusal:
        return _not_now(sheet, form, refusal)
    db.session.commit()
    _note_sent(form.key)
    if published.post.state == State.HELD:
        flash(_("A moderator looks at it before others see it. You see it here until then."))
    if published.lacks_files:
        flash(_("Files that are not yours to show here are left out."), "warning")
    return redirect(url_for("forum.post", post_id=published.post.id), 303)


def _begin(sheet: Sheet) -> Response:
    """The empty form, with what is asked for in the address and the draft that waits."""
    if not sheet.can_write:
        abort(403)
    form: Any = pages.blank(sheet)
    draft = queries.draft(db.session(), me().id, sheet.place)
    if draft is not None:
        pages.put_draft_in(form, draft)
    trouble = _put_quote_in(sheet, form) if sheet.topic else ""
    return pages.editor_page(sheet, form, draft=draft, trouble=trouble)


def _put_quote_in(sheet: Sheet, form: Any) -> str:
    """``?quote=`` puts a quote below what is there, ``?to=`` says what is answered. What may not
    be carried here is left out; the words for that are the same whether it exists or not."""
    quoted, answered = whole(request.args.get("quote")), whole(request.args.get("to"))
    form.to.data = str(_answered(sheet, answered or quoted) or "")
    if not quoted:
        return ""
    reached = reach_post(db.session(), visitor(), quoted)
    mark = sheet.topic.mark if sheet.topic else sheet.board.mark
    if reached is None or not quoting.may_be_carried(reached.topic, sheet.board, mark):
        return _("That post cannot be quoted here.")
    author = queries.name_of(db.session(), reached.post.author_id)
    before = f"{form.text.data.rstrip()}\n\n" if form.text.data else ""
    form.text.data = before + quoting.quote(reached.post, author)
    return ""


def _answered(sheet: Sheet, post_id: int) -> int | None:
    """The post, if it stands in this topic and they see it."""
    reached = reach_post(db.session(), visitor(), post_id) if post_id else None
    is_here = reached is not None and reached.topic.id == sheet.place.number
    return post_id if is_here else None


def _wish(form: Any, **head: Any) -> Wish:
    return Wish(
        text=form.text.data,
        key=form.key,
        draft=form.draft_revision,
        is_wiki=form.is_wiki.data,
        poll=poll_from(request.form),
        **head,
    )


def _note_sent(key: str) -> None:
    """So that script knows which of its copies are not needed any more (drafts.js)."""
    session["sent"] = [key, *session.get("sent", [])][:MOST_SENT_KEYS]


def _refused(sheet: Sheet, form: Any, status: int, trouble: str, **more: Any) -> Response:
    db.session.rollback()
    return pages.editor_page(sheet, form, status, trouble=trouble, **more)


def _conflict(sheet: Sheet, form: Any, conflict: EditConflict) -> Response:
    db.session.rollback()
    form.based_on.data = str(conflict.post.revision)
    other = pages.post_instead(conflict.post, form)
    trouble = _("Somebody else has edited this post since you began. Nothing was saved yet.")
    return pages.editor_page(sheet, form, 409, other=other, trouble=trouble)


def _not_now(sheet: Sheet, form: Any, refusal: NotNow) -> Response:
    opinion = refusal.opinion
    why = str(opinion.why) or _("This cannot be posted now.")
    if opinion.seconds:
        minutes = -(-opinion.seconds // 60)
        again = ngettext("Try again in %(num)d minute.", "Try again in %(num)d minutes.", minutes)
        why = f"{why} {again}"
    answer = _refused(sheet, form, 429 if opinion.seconds else 422, why)
    if opinion.seconds:
        answer.headers["Retry-After"] = str(opinion.seconds)
    return answer


def _cannot(sheet: Sheet) -> str:
    if visitor().is_silenced:
        return _("You may not write at present. Your text was not sent.")
    return _("You may not write here. Your text was not sent.") if not sheet.topic else _closed()


def _closed() -> str:
    return _("This was closed or taken away while you wrote. Your text was not sent.")
