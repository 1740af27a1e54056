"""The form with which somebody becomes a member who came from the provider."""

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import Field, StringField
from wtforms.validators import DataRequired, ValidationError

from hub.accounts import pseudonym_words, pseudonyms
from hub.texts import readable_line, tidied


class NameForm(FlaskForm):
    pseudonym = StringField(
        _("Name on the hub"), [DataRequired(_("Choose a name.")), readable_line], filters=[tidied]
    )

    def validate_pseudonym(self, field: Field) -> None:
        problem = pseudonyms.problem_with(field.data)
        if problem:
            raise ValidationError(pseudonym_words.sentence(problem))
