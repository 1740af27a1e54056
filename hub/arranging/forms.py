"""The forms of arranging."""

import re

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import RadioField, SelectChoice, SelectField, StringField
from wtforms.validators import DataRequired, InputRequired, Length

from hub.forum.models import LONGEST_TITLE
from hub.texts import readable_line, tidied
from knowledge.orm import LARGEST_LONG_ID

LONGEST_REASON = 300
TOO_LONG = _("Use at most %(max)d characters.")
TOPIC = re.compile(r"(?:\S*/forum/topics/)?([1-9][0-9]{0,15})(?:[?#]\S*)?")
NEW, EXISTING = "new", "existing"


def topic_named(text: str) -> int | None:
    """The number in the address of a topic, or the number alone; whether there is one is not looked
    at."""
    found = TOPIC.fullmatch(text.strip()[:500])
    return int(found[1]) if found and int(found[1]) <= LARGEST_LONG_ID else None


class ReasonForm(FlaskForm):
    """``reason`` stands in the audit log."""

    reason = StringField(
        _("Reason, for the audit log"),
        [readable_line, Length(max=LONGEST_REASON, message=TOO_LONG)],
        filters=[tidied],
    )


class MoveForm(ReasonForm):
    board = SelectField(_("Board"), [InputRequired()], coerce=int)


class MergeForm(ReasonForm):
    into = StringField(
        _("Address of the topic that the posts go to"),
        [DataRequired(_("Give the address of a topic."))],
        filters=[tidied],
    )


class SplitForm(ReasonForm):
    """``to`` says whether ``title`` and ``board`` count, or ``into``."""

    to = RadioField(
        _("Where the posts go"),
        choices=[
            SelectChoice(NEW, _("Into a new topic")),
            SelectChoice(EXISTING, _("To the end of another topic")),
        ],
        default=NEW,
    )
    title = StringField(
        _("Title of the new topic"),
        [readable_line, Length(max=LONGEST_TITLE, message=TOO_LONG)],
        filters=[tidied],
    )
    board = SelectField(_("Board of the new topic"), coerce=int)
    into = StringField(_("Address of the other topic"), filters=[tidied])

    def refuse(self, name: str, sentence: str) -> None:
        field = self[name]
        field.errors = [*field.errors, sentence]

    def is_complete(self) -> bool:
        """Whether what counts is there; to be asked after ``validate``."""
        if self.to.data == NEW and not self.title.data:
            self.refuse("title", str(_("Give the new topic a title.")))
        if self.to.data == EXISTING and topic_named(self.into.data) is None:
            self.refuse("into", str(_("Give the address of a topic.")))
        return not self.errors
