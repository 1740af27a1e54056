"""The page with the editor, whatever is written and whatever came in between."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Response, make_response, render_template
from markupsafe import Markup

from hub.accounts.visitor import me, visitor
from hub.extensions import db
from hub.forum.authoring import html_of
from hub.forum.models import Post
from hub.writing import queries
from hub.writing.differing import Piece, differences
from hub.writing.forms import EditForm, FirstPostForm, ReplyForm, TopicForm, WritingForm
from hub.writing.models import Draft
from hub.writing.sheets import Sheet
from hub.writing.tags import spelled, typed_tags


@dataclass(frozen=True, slots=True)
class Other:
    """What stands elsewhere instead of what was typed: in the post by now, or in the draft that
    another device has kept. ``pieces``: how one comes from it to what was typed."""

    text: str
    at: datetime
    pieces: list[Piece]
    title: str = ""
    editor: str = ""

    @property
    def is_draft(self) -> bool:
        return not self.editor


def blank(sheet: Sheet) -> WritingForm:
    """The form of this sheet with what it starts from: the post, or nothing."""
    if sheet.post is None:
        return TopicForm(formdata=None) if sheet.topic is None else ReplyForm(formdata=None)
    kind = FirstPostForm if sheet.post.number == 1 else EditForm
    form: Any = kind(formdata=None)
    form.text.data, form.is_wiki.data = sheet.post.text, sheet.post.is_wiki
    form.based_on.data = str(sheet.post.revision)
    if sheet.post.number == 1:
        form.title.data, form.tags.data = sheet.post.topic.title, spelled(sheet.post.topic.tags)
    return form


def sent(sheet: Sheet, fields: Any) -> Any:
    """The form of this sheet as it was sent."""
    kind: type[WritingForm] = TopicForm if sheet.topic is None else ReplyForm
    if sheet.post is not None:
        kind = FirstPostForm if sheet.post.number == 1 else EditForm
    return kind(fields)


def put_draft_in(form: Any, draft: Draft) -> None:
    form.text.data, form.draft.data = draft.text, str(draft.revision)
    if "title" in form:
        form.title.data, form.tags.data = draft.title, spelled(draft.tags)


def editor_page(sheet: Sheet, form: Any, status: int = 200, **more: Any) -> Response:
    """``more``: trouble (why it was not sent), preview, similar, other, draft."""
    form.key  # noqa: B018 - a form without one gets it here
    return make_response(
        render_template(
            "writing/sheet.html",
            form=form,
            sheet=sheet,
            tags_in_use=_tags_in_use(sheet),
            can_set_wiki=_can_set_wiki(sheet),
            **more,
        ),
        status,
    )


def preview_of(form: WritingForm) -> Markup:
    """Exactly what posting would store."""
    return Markup(html_of(db.session(), form.text.data or ""))  # noqa: S704 - markup.py made it


def post_instead(post: Post, form: WritingForm) -> Other:
    """What the post is by now, beside what was typed from an older state of it."""
    return Other(
        text=post.text,
        at=post.edited_at or post.created_at,
        pieces=differences(post.text, form.text.data or ""),
        title=post.topic.title if post.number == 1 else "",
        editor=queries.name_of(db.session(), post.edited_by or post.author_id),
    )


def draft_instead(draft: Draft, form: WritingForm) -> Other:
    pieces = differences(draft.text, form.text.data or "")
    return Other(draft.text, draft.kept_at, pieces, title=draft.title)


def typed_head(form: Any) -> tuple[str, list[str]]:
    """Title and tags, where the form has them."""
    return (form.title.data, typed_tags(form.tags.data)) if "title" in form else ("", [])


def _tags_in_use(sheet: Sheet) -> Any:
    if not sheet.has_head:
        return ()
    return queries.tags(db.session(), visitor().reader, "", sheet.board.id)


def _can_set_wiki(sheet: Sheet) -> bool:
    return sheet.post is None or sheet.post.author_id == me().id or sheet.seat.is_moderator
