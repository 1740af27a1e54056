"""What an administrator types to take the audit log out of the hub."""

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import RadioField, SelectChoice, StringField
from wtforms.validators import DataRequired, Length

from hub.audit.rules import LONGEST_REASON
from hub.texts import readable_line, tidied

FORMATS = (
    SelectChoice("csv", _("CSV, for a spreadsheet")),
    SelectChoice("jsonl", _("JSON Lines, for a program")),
)


class ExportForm(FlaskForm):
    format = RadioField(_("Format"), choices=FORMATS, default="csv")
    reason = StringField(
        _("Why you export it"),
        [
            DataRequired(_("Say why. It is written into the audit log.")),
            Length(max=LONGEST_REASON, message=_("Use %(max)d characters at most.")),
            readable_line,
        ],
        filters=[tidied],
    )
