"""Writing in the forum: new topics, replies, edits, drafts, previews."""

import secrets
from typing import Any

from flask import Flask


def register(app: Flask) -> None:
    import hub.writing.draft_views
    import hub.writing.edit_views
    import hub.writing.help_views  # noqa: F401 - their routes
    from hub.writing import models  # noqa: F401 - its tables
    from hub.writing.views import writing

    app.register_blueprint(writing)
    # For templates/writing/_reply_box.html.
    app.jinja_env.globals.update(reply_form=reply_form, new_key=new_key)


def new_key() -> str:
    """For one form: what is sent by it twice is written once."""
    return secrets.token_urlsafe(24)


def reply_form(key: str) -> dict[str, Any]:
    """An empty form for a reply, for the editor at the end of a topic. Plain values, because the
    page of a topic must be fast; what is sent by it is read by ``forms.ReplyForm``."""
    from types import SimpleNamespace

    from flask_babel import gettext as _

    def field(value: str = "", label: str = "") -> SimpleNamespace:
        return SimpleNamespace(data=value, errors=(), label=SimpleNamespace(text=label))

    return {
        "text": field(label=_("Your reply")),
        "submission": field(key),
        "draft": field(),
        "to": field(),
    }
