"""The forms of an account."""

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import EmailField, Field, Form, PasswordField, StringField
from wtforms.validators import DataRequired, ValidationError

from hub.accounts import password_words, passwords, pseudonym_words, pseudonyms
from hub.accounts.addresses import is_address
from hub.texts import readable_line, tidied


def _address_field() -> EmailField:
    return EmailField(
        _("E-mail address"),
        [DataRequired(_("Give your e-mail address.")), readable_line, is_address],
        filters=[tidied],
    )


def good_password(form: Form, field: Field) -> None:
    """A validator: a password that attackers would not try early."""
    own = [str(form[name].data or "") for name in ("pseudonym", "email") if name in form]
    problem = passwords.problem_with(field.data or "", *own)
    if problem:
        raise ValidationError(password_words.sentence(problem))


def good_pseudonym(_form: Form, field: Field) -> None:
    problem = pseudonyms.problem_with(field.data or "")
    if problem:
        raise ValidationError(pseudonym_words.sentence(problem))


class SignInForm(FlaskForm):
    """Says nothing about what is wrong beyond that something is."""

    email = EmailField(_("E-mail address"), [DataRequired(_("Give your e-mail address."))])
    password = PasswordField(_("Password"), [DataRequired(_("Give your password."))])


class AddressForm(FlaskForm):
    email = _address_field()


class NewPasswordForm(FlaskForm):
    password = PasswordField(
        _("New password"), [DataRequired(_("Choose a password.")), good_password]
    )


class CompleteForm(FlaskForm):
    pseudonym = StringField(
        _("Name on the hub"),
        [DataRequired(_("Choose a name.")), readable_line, good_pseudonym],
        filters=[tidied],
    )
    password = PasswordField(_("Password"), [DataRequired(_("Choose a password.")), good_password])


class PlainForm(FlaskForm):
    """A button: it carries nothing but the token against forged requests."""
