"""What an administrator does to an account, and why."""

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import RadioField, StringField
from wtforms.validators import AnyOf, DataRequired, Length

from hub.audit.rules import LONGEST_REASON
from hub.desk.rules import Act
from hub.texts import readable_line, tidied


class ActForm(FlaskForm):
    """Any act is taken; whether it still makes sense is found out when it is done."""

    act = RadioField(
        _("What to do"),
        [AnyOf(list(Act), message=_("Choose what to do."))],
        validate_choice=False,
    )
    reason = StringField(
        _("Reason"),
        [
            DataRequired(_("Say why. It is written into the audit log.")),
            Length(max=LONGEST_REASON, message=_("Use %(max)d characters at most.")),
            readable_line,
        ],
        filters=[tidied],
    )
