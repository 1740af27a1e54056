"""Saying who may read a document."""

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import RadioField, TextAreaField
from wtforms.validators import DataRequired, Length

from hub.texts import readable_lines, tidied


class AudienceForm(FlaskForm):
    mark = RadioField(_("Sharing mark"))
    audience = RadioField(_("Who may read it"))
    reason = TextAreaField(
        _("Reason"),
        [
            DataRequired(_("Give a reason: it is kept in the audit log.")),
            Length(max=500),
            readable_lines,
        ],
        filters=[tidied],
    )
