"""The forms of categories and boards, on the desk."""

from collections.abc import Mapping

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import BooleanField, Field, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, ValidationError

from hub.forum.models import LONGEST_NAME, LONGEST_PURPOSE
from hub.library.audience_words import AUDIENCES
from hub.texts import readable_line, readable_lines, tidied
from knowledge.access import LEA, MEMBERS, STAFF, Mark, told

TOO_LONG = _("Use at most %(max)d characters.")
NAME_CHECKS = [
    DataRequired(_("Give it a name.")),
    readable_line,
    Length(max=LONGEST_NAME, message=TOO_LONG),
]
SAME, NO_MARK = "same", "none"
CHOSEN = [InputRequired()]


class NamedForm(FlaskForm):
    name = StringField(_("Name"), NAME_CHECKS, filters=[tidied])

    def validate_name(self, field: Field) -> None:
        if not any(map(str.isalnum, field.data)):
            raise ValidationError(gettext("Use letters or digits too."))

    def refuse_name(self) -> None:
        self.name.errors = [gettext("This name is taken. Choose another.")]


class CategoryForm(NamedForm):
    """A heading over some boards."""


class BoardForm(NamedForm):
    """``audience`` and ``category_id`` are offered by ``offer``. ``sure`` is asked for where
    others would read what stands in the board."""

    category_id = SelectField(_("Category"), CHOSEN, coerce=int)
    purpose = TextAreaField(
        _("What the board is for"),
        [readable_lines, Length(max=LONGEST_PURPOSE, message=TOO_LONG)],
        filters=[tidied],
    )
    audience = SelectField(_("Who reads it"), CHOSEN)
    writers = SelectField(_("Who of them writes in it"), CHOSEN)
    mark = SelectField(_("Sharing mark"), CHOSEN)
    holds_first_posts = BooleanField(_("First posts of new members wait for a moderator"))
    sure = BooleanField(_("I know that this changes who reads what stands in the board"))

    def offer(self, categories: Mapping[int, str], groups: Mapping[str, str]) -> None:
        """``groups``: by audience, the names of those that a board can be for."""
        self.category_id.choices = list(categories.items())
        self.audience.choices = [
            *((code, str(name)) for code, name in AUDIENCES.items()),
            *((code, gettext("Group: %(name)s", name=name)) for code, name in groups.items()),
        ]
        self.writers.choices = [
            (SAME, gettext("All who read it and are signed in")),
            *((code, str(AUDIENCES[code])) for code in (MEMBERS, LEA, STAFF)),
        ]
        self.mark.choices = [
            (NO_MARK, gettext("No mark")),
            *((str(mark), told(mark)) for mark in Mark),
        ]

    def refuse_audience(self, sentence: str) -> None:
        self.audience.errors = [sentence]


class ModeratorForm(FlaskForm):
    """A person by their name on the hub. Whether there is one, the operation says."""

    pseudonym = StringField(
        _("Name on the hub"), [DataRequired(_("Give the name."))], filters=[tidied]
    )

    def refuse(self, sentence: str) -> None:
        self.pseudonym.errors = [sentence]
