"""The forms of groups."""

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import Field, SelectChoice, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length, ValidationError

from hub.groups import wording
from hub.groups.models import LONGEST_NAME, LONGEST_PURPOSE
from hub.texts import readable_line, readable_lines, tidied
from knowledge.access import Mark, told

TOO_LONG = _("Use at most %(max)d characters.")


class PersonForm(FlaskForm):
    """A person by their name on the hub. Whether there is one, the operation says."""

    pseudonym = StringField(
        _("Name on the hub"), [DataRequired(_("Give the name."))], filters=[tidied]
    )

    def refuse(self, sentence: str) -> None:
        self.pseudonym.errors = [sentence]


class GroupForm(FlaskForm):
    name = StringField(
        _("Name of the group"),
        [
            DataRequired(_("Give the group a name.")),
            readable_line,
            Length(max=LONGEST_NAME, message=TOO_LONG),
        ],
        filters=[tidied],
    )
    purpose = TextAreaField(
        _("What the group is for"),
        [readable_lines, Length(max=LONGEST_PURPOSE, message=TOO_LONG)],
        filters=[tidied],
    )
    mark = SelectField(
        _("Sharing mark"),
        choices=[SelectChoice(str(mark), told(mark)) for mark in Mark],
        default=Mark.AMBER,
    )

    def validate_name(self, field: Field) -> None:
        if not any(map(str.isalnum, field.data)):
            raise ValidationError(gettext("Use letters or digits too."))

    def refuse_name(self) -> None:
        self.name.errors = [wording.name_taken()]


class NewGroupForm(GroupForm):
    keeper = StringField(
        _("First keeper, by their name on the hub"),
        [DataRequired(_("Name the first keeper."))],
        filters=[tidied],
    )

    def refuse_keeper(self) -> None:
        self.keeper.errors = [wording.unknown_person()]


class PlainForm(FlaskForm):
    """A button: it carries nothing but the token against forged requests."""
