"""The form of an erasure."""

from typing import Any

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import PasswordField, SelectChoice, SelectField, StringField
from wtforms.validators import DataRequired

from hub.own_data.content import Choice
from hub.own_data.proving import Means


class EraseForm(FlaskForm):
    """Has the field of the means to prove with: ``password``, ``code`` or ``word``."""

    texts = SelectField(
        _("What you wrote for others"),
        [DataRequired(_("Choose what becomes of it."))],
        choices=[
            SelectChoice(Choice.STAYS.value, _("stays, under the name “former member”")),
            SelectChoice(Choice.GOES.value, _("goes")),
        ],
    )
    password = PasswordField(_("Password"), [DataRequired(_("Give your password."))])
    code = StringField(_("Code of your second factor"), [DataRequired(_("Give the code."))])
    word = StringField(_("Word from this page"), [DataRequired(_("Type the word."))])

    def __init__(self, *args: Any, means: Means, **options: Any) -> None:
        super().__init__(*args, **options)
        for other in set(Means) - {means, Means.PASSKEY}:
            del self[other.value]

    @property
    def choice(self) -> Choice:
        return Choice(self.texts.data)
