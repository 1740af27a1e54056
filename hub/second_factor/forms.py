"""The forms of the second factor."""

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import Field, HiddenField, PasswordField, StringField
from wtforms.validators import DataRequired, ValidationError

from hub.second_factor import rules
from hub.texts import tidied


def _code_field() -> StringField:
    return StringField(_("Code"), [DataRequired(_("Give the code."))])


class CodeForm(FlaskForm):
    code = _code_field()


class AppForm(CodeForm):
    """``secret`` is the one that the page shows, sealed."""

    secret = HiddenField()


class PasswordForm(FlaskForm):
    password = PasswordField(_("Password"), [DataRequired(_("Give your password."))])


class NameForm(FlaskForm):
    name = StringField(
        _("Name of the passkey"), [DataRequired(_("Give it a name."))], filters=[tidied]
    )

    def validate_name(self, field: Field) -> None:
        if not rules.is_name(field.data):
            raise ValidationError(_("Use up to 60 characters that can be read."))


class PlainForm(FlaskForm):
    """A button: it carries nothing but the token against forged requests."""
