"""The forms of notifications."""

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import BooleanField, RadioField, SelectChoice
from wtforms.validators import InputRequired

from hub.notifications.models import Rhythm
from hub.notifications.words import RHYTHMS


class ChoicesForm(FlaskForm):
    rhythm = RadioField(
        _("Mail about what is new"),
        [InputRequired(_("Choose how often."))],
        choices=[SelectChoice(str(rhythm), RHYTHMS[rhythm]) for rhythm in Rhythm],
    )
    reactions = BooleanField(_("Tell me when somebody reacts to my posts"))


class PlainForm(FlaskForm):
    """A button: it carries nothing but the token against forged requests."""
