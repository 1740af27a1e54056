"""The forms in which people write. Beside the fields they carry what makes sending safe: the key
of the form, and the revision of what it started from."""

import re
import secrets
import unicodedata

from flask_babel import gettext, ngettext
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import BooleanField, Field, HiddenField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length, ValidationError

from hub.forum.models import LONGEST_POST, LONGEST_TAG, LONGEST_TITLE, MOST_TAGS
from hub.markup import is_too_tangled
from hub.texts import LONGEST_COMPOSED, readable_line, readable_lines, tidied
from hub.writing.tags import is_tag, typed_tags

LONGEST_NOTE = 200
TOO_LONG = _("Use at most %(max)d characters.")
KEPT = ("text", "title", "tags")
_KEY = re.compile(r"[A-Za-z0-9_-]{16,64}")
_BLANK_LINES = re.compile(r"(?:[ \t]*\r?\n)*")


def tidied_text(text: str | None) -> str:
    """As ``tidied``, but the first line keeps what it is set in by: that makes it code."""
    lines = _BLANK_LINES.sub("", text or "", count=1).replace("\r\n", "\n").replace("\r", "\n")
    lines = lines.rstrip()
    return unicodedata.normalize("NFC", lines) if len(lines) <= LONGEST_COMPOSED else lines


def whole(text: str | None) -> int:
    """The number in a hidden field; 0 for anything else."""
    number = text or ""
    return int(number) if number.isascii() and number.isdigit() and len(number) < 17 else 0


class WritingForm(FlaskForm):
    """A text. ``submission`` is the key of this form, ``draft`` the revision of the draft that it
    holds, 0 for none."""

    text = TextAreaField(
        _("Text"),
        [
            DataRequired(_("Write something.")),
            readable_lines,
            Length(max=LONGEST_POST, message=TOO_LONG),
        ],
        filters=[tidied_text],
    )
    # With a label, if an empty one: for a field without, WTForms makes one and loads translations.
    submission = HiddenField("")
    draft = HiddenField("")

    def validate_text(self, field: Field) -> None:
        if len(field.data) <= LONGEST_POST and is_too_tangled(field.data):
            raise ValidationError(
                gettext("This holds more markup than can be shown. Use less of it.")
            )

    @property
    def key(self) -> str:
        """What was sent, or a new one."""
        if not _KEY.fullmatch(self.submission.data or ""):
            self.submission.data = secrets.token_urlsafe(24)
        return str(self.submission.data)

    @property
    def draft_revision(self) -> int:
        return whole(self.draft.data)

    def is_keepable(self) -> bool:
        """Whether it may be kept as a draft: nothing has to be there yet."""
        self.validate()
        return not any(field.data and field.errors for field in self if field.name in KEPT)


class HeadForm(WritingForm):
    """With what stands over a topic."""

    title = StringField(
        _("Title"),
        [
            DataRequired(_("Give it a title.")),
            readable_line,
            Length(max=LONGEST_TITLE, message=TOO_LONG),
        ],
        filters=[tidied],
    )
    tags = StringField(_("Tags"), [readable_line], filters=[tidied])
    is_wiki = BooleanField(_("Wiki: everybody who may write here may edit it"))

    def validate_title(self, field: Field) -> None:
        if not any(map(str.isalnum, field.data)):
            raise ValidationError(gettext("Use letters or digits too."))

    def validate_tags(self, field: Field) -> None:
        tags = typed_tags(field.data[: LONGEST_TITLE * 10])
        if len(tags) > MOST_TAGS or len(field.data) > LONGEST_TITLE * 10:
            raise ValidationError(
                ngettext("Use at most %(num)d tag.", "Use at most %(num)d tags.", MOST_TAGS)
            )
        if any(len(tag) > LONGEST_TAG for tag in tags):
            raise ValidationError(
                gettext("A tag has at most %(count)s characters.", count=LONGEST_TAG)
            )
        if not all(map(is_tag, tags)):
            raise ValidationError(
                gettext("A tag is made of letters, digits and the signs - . + #.")
            )

    @property
    def typed_tags(self) -> list[str]:
        return typed_tags(self.tags.data or "")


class TopicForm(HeadForm):
    """A new topic."""


class ReplyForm(WritingForm):
    """``to``: the post that is answered; "" for the topic as a whole."""

    to = HiddenField("")
    is_wiki = BooleanField(_("Wiki: everybody who may write here may edit it"))


class _EditFields:
    based_on = HiddenField("")
    note = StringField(
        _("What you changed, and why"),
        [readable_line, Length(max=LONGEST_NOTE, message=TOO_LONG)],
        filters=[tidied],
    )

    @property
    def revision(self) -> int:
        return whole(self.based_on.data)  # type: ignore[attr-defined]


class EditForm(_EditFields, WritingForm):
    """A reply. ``based_on``: the revision that the editor saw."""

    is_wiki = BooleanField(_("Wiki: everybody who may write here may edit it"))


class FirstPostForm(_EditFields, HeadForm):
    """The first post, with what stands over the topic."""


class DraftForm(FlaskForm):
    """What script sends to be kept. Nothing of it needs to be there."""

    place = HiddenField()
    title = StringField(
        filters=[tidied], validators=[readable_line, Length(max=LONGEST_TITLE, message=TOO_LONG)]
    )
    text = TextAreaField(
        filters=[tidied_text],
        validators=[readable_lines, Length(max=LONGEST_POST, message=TOO_LONG)],
    )
    tags = StringField(filters=[tidied], validators=[readable_line, Length(max=LONGEST_TITLE * 2)])
    revision = HiddenField()


class PlainForm(FlaskForm):
    """A button: it carries nothing but the token against forged requests."""
