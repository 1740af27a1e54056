"""The forms of the profile."""

from typing import Any

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import EmailField, Field, SelectChoice, SelectField, StringField
from wtforms.validators import DataRequired, ValidationError

from hub.accounts import pseudonym_words, pseudonyms
from hub.accounts.addresses import is_address
from hub.config import LANGUAGES
from hub.profile.zones import UTC, is_zone, place, zones
from hub.texts import readable_line, tidied


class ProfileForm(FlaskForm):
    pseudonym = StringField(
        _("Name on the hub"), [DataRequired(_("Choose a name.")), readable_line], filters=[tidied]
    )
    language = SelectField(
        _("Language"),
        [DataRequired(_("Choose a language."))],
        choices=[SelectChoice(*known) for known in LANGUAGES.items()],
    )
    time_zone = SelectField(_("Time zone"), validate_choice=False)

    def __init__(self, *args: Any, kept_name: str, **options: Any) -> None:
        """``kept_name`` is the name that the person has: it may stay, whatever the rules."""
        super().__init__(*args, **options)
        self.kept_name = kept_name
        self.time_zone.choices = zone_choices()

    def validate_pseudonym(self, field: Field) -> None:
        problem = pseudonyms.problem_with(field.data)
        if problem and field.data != self.kept_name:
            raise ValidationError(pseudonym_words.sentence(problem))

    def validate_time_zone(self, field: Field) -> None:
        field.data = field.data or ""
        if field.data and not is_zone(field.data):
            raise ValidationError(_("Choose a time zone from the list."))


class NotificationsForm(FlaskForm):
    email = EmailField(
        _("Address for notifications"),
        [DataRequired(_("Give an e-mail address.")), readable_line, is_address],
        filters=[tidied],
    )


def zone_choices() -> list[SelectChoice]:
    """The zones by region, and above them what needs no place."""
    general = str(_("General"))
    chosen = [SelectChoice("", str(_("As the hub")), optgroup=general)]
    chosen.append(SelectChoice(UTC, UTC, optgroup=general))
    for region, names in zones().items():
        chosen += [SelectChoice(name, place(name), optgroup=region) for name in names]
    return chosen
