"""The forms of becoming, and of deciding about, an LEA member."""

from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    EmailField,
    Field,
    Form,
    RadioField,
    SelectChoice,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, Length, Optional, ValidationError

from hub.accounts import pseudonym_words, pseudonyms
from hub.accounts.addresses import is_address
from hub.config import LANGUAGES
from hub.membership import countries
from hub.membership.models import LONGEST_REASON, LONGEST_TEXT
from hub.texts import readable_line, readable_lines, tidied

GRANT, REFUSE = "grant", "refuse"
LONGEST_NOTE = 1000


def _not_longer(most: int) -> Length:
    return Length(max=most, message=_("Use at most %(max)d characters."))


def _organisation() -> StringField:
    return StringField(
        _("Authority or organisation"),
        [DataRequired(_("Say where you work.")), readable_line, _not_longer(LONGEST_TEXT)],
        filters=[tidied],
    )


def _address() -> EmailField:
    return EmailField(
        _("Official e-mail address"),
        [DataRequired(_("Give the official address.")), readable_line, is_address],
        filters=[tidied],
    )


def _real_name(*first: Any) -> StringField:
    return StringField(
        _("Real name"), [*first, readable_line, _not_longer(LONGEST_TEXT)], filters=[tidied]
    )


def _shown_name() -> StringField:
    return StringField(
        _("Name under which you appear"), [Optional(), _good_shown_name], filters=[tidied]
    )


def _good_shown_name(_form: Form, field: Field) -> None:
    problem = pseudonyms.problem_with(field.data or "")
    if problem:
        raise ValidationError(pseudonym_words.sentence(problem))


def _reason(*first: Any) -> StringField:
    return StringField(
        _("Reason"), [*first, readable_line, _not_longer(LONGEST_REASON)], filters=[tidied]
    )


class _WithCountry(FlaskForm):
    """Countries are named in the language of the request."""

    country = SelectField(_("Country"), [Optional()])

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        named = [("", gettext("Not said")), *countries.choices()]
        self.country.choices = [SelectChoice(*choice) for choice in named]


class RequestForm(_WithCountry):
    """``real_name`` may stay empty where an earlier one is known: RenewalForm."""

    organisation = _organisation()
    official_address = _address()
    real_name = _real_name(DataRequired(_("Give your real name.")))
    shown_name = _shown_name()
    shows_country = BooleanField(_("Show the country beside my name"))


class RenewalForm(RequestForm):
    real_name = _real_name(Optional())


class AcceptForm(FlaskForm):
    real_name = _real_name(DataRequired(_("Give your real name.")))
    shown_name = _shown_name()
    shows_country = BooleanField(_("Show the country beside my name"))


class InviteForm(_WithCountry):
    official_address = _address()
    organisation = StringField(
        _("Authority or organisation"),
        [DataRequired(_("Say where the person works.")), readable_line, _not_longer(LONGEST_TEXT)],
        filters=[tidied],
    )
    language = SelectField(
        _("Language of the mail"), choices=[SelectChoice(*known) for known in LANGUAGES.items()]
    )
    note = TextAreaField(
        _("Note for the person"), [readable_lines, _not_longer(LONGEST_NOTE)], filters=[tidied]
    )


class DecisionForm(FlaskForm):
    decision = RadioField(
        _("Decision"),
        [DataRequired(_("Choose one of the two."))],
        choices=[SelectChoice(GRANT, _("Grant")), SelectChoice(REFUSE, _("Refuse"))],
    )
    checked_otherwise = BooleanField(_("I have checked in another way that the person works there"))
    reason = _reason()

    @property
    def is_granted(self) -> bool:
        return bool(self.decision.data == GRANT)

    def validate_reason(self, field: Field) -> None:
        """Needed to refuse, and to grant without a confirmed address."""
        if field.data:
            return
        if not self.is_granted:
            raise ValidationError(gettext("Say why: the person is told."))
        if self.checked_otherwise.data:
            raise ValidationError(gettext("Say how you checked it."))


class EndForm(FlaskForm):
    reason = _reason(DataRequired(_("Say why: the person is told.")))


class NameForm(FlaskForm):
    """Looking at a real name; the name of the field differs because it stands beside another."""

    name_reason = StringField(
        _("Why you need to see it"),
        [
            DataRequired(_("Say why: this is noted in the audit log.")),
            readable_line,
            _not_longer(LONGEST_REASON),
        ],
        filters=[tidied],
    )


class PlainForm(FlaskForm):
    """A button: it carries nothing but the token against forged requests."""
