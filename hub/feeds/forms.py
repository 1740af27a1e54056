"""The forms of feeds."""

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import StringField
from wtforms.validators import DataRequired, Length

from hub.feeds.models import LONGEST_NAME
from hub.texts import readable_line, tidied


class KeyForm(FlaskForm):
    name = StringField(
        _("Name of the key"),
        [
            DataRequired(_("Give the key a name.")),
            readable_line,
            Length(max=LONGEST_NAME, message=_("Use at most %(max)d characters.")),
        ],
        filters=[tidied],
    )
