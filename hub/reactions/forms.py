"""The form of a bookmark."""

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import StringField
from wtforms.validators import Length

from hub.reactions.models import Bookmark
from hub.texts import readable_line, tidied

LONGEST_NOTE = Bookmark.note.type.length


class BookmarkForm(FlaskForm):
    note = StringField(
        _("A note to yourself"),
        [
            readable_line,
            Length(max=LONGEST_NOTE, message=_("Use at most %(max)d characters.")),
        ],
        filters=[tidied],
    )
