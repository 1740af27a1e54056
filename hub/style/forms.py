"""A form to look at, with one error in it."""

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import BooleanField, RadioField, SelectChoice, StringField
from wtforms.validators import DataRequired


class ExampleForm(FlaskForm):  # type: ignore[misc]
    class Meta:
        csrf = False

    title = StringField(_("Title"), [DataRequired(_("Give the title of the document."))])
    audience = RadioField(
        _("Who may read it"),
        choices=[SelectChoice("public", "Everybody"), SelectChoice("lea", "LEA members")],
    )
    is_public = BooleanField(_("Anyone may read it"))
