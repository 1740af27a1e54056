"""The forms of moderation."""

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    EmailField,
    Field,
    HiddenField,
    IntegerField,
    RadioField,
    SelectChoice,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, Length, NumberRange, Optional, ValidationError
from wtforms.widgets import HiddenInput

from hub.accounts.addresses import is_address
from hub.addresses import LARGEST_ID
from hub.forum.models import LONGEST_POST, LONGEST_TITLE
from hub.moderation import wording
from hub.moderation.models import LONGEST_NOTE, LONGEST_REASON, Action, Ground, Offence
from hub.moderation.references import LONGEST_KEY
from hub.moderation.rules import LEAST_FACTS, REPORTABLE, Problem, Ruling
from hub.texts import readable_line, readable_lines, tidied

LEAST_REASON = 10
SPANS = (1, 3, 7, 14, 30, 90, 180, 365)


def _text(
    label: Any, missing: Any, longest: int, least: int = 0, html_id: str | None = None
) -> TextAreaField:
    """``html_id``: where several of these forms stand on one page."""
    lengths = [Length(max=longest, message=_("Use at most %(max)d characters."))]
    if least:
        lengths.append(Length(min=least, message=_("Use at least %(min)d characters.")))
    validators = [DataRequired(missing), readable_lines, *lengths]
    return TextAreaField(label, validators, filters=[tidied], id=html_id)


def _key() -> HiddenField:
    return HiddenField(validators=[Length(max=LONGEST_KEY), readable_line])


def _offence(*first: Any) -> SelectField:
    choices = [SelectChoice("", _("Choose"))]
    choices += [SelectChoice(str(kind), wording.OFFENCES[kind]) for kind in Offence]
    return SelectField(_("Which kind of law"), [*first], choices=choices, default="")


def _good_faith() -> BooleanField:
    return BooleanField(_("I believe in good faith that what I say here is right and complete"))


class ReportForm(FlaskForm):
    """For who has an account."""

    ground = RadioField(
        _("What is wrong with it"),
        [DataRequired(_("Choose what is wrong with the post."))],
        choices=[SelectChoice(str(ground), wording.GROUNDS[ground]) for ground in REPORTABLE],
    )
    offence = _offence(Optional())
    reason = _text(_("Why"), _("Say in a sentence why."), LONGEST_REASON, least=LEAST_REASON)
    good_faith = _good_faith()
    key = _key()

    def validate_good_faith(self, field: Field) -> None:
        """Regulation (EU) 2022/2065, Article 16(2)(d)."""
        if self.ground.data == Ground.ILLEGAL and not field.data:
            raise ValidationError(gettext("A notice of illegal content needs this."))


class StrangerForm(FlaskForm):
    """A notice of illegal content by anybody (Regulation (EU) 2022/2065, Article 16(2))."""

    offence = _offence(DataRequired(_("Choose which kind of law.")))
    reason = _text(
        _("Why it is illegal"),
        _("Say why you think that it is illegal."),
        LONGEST_REASON,
        least=LEAST_REASON,
    )
    name = StringField(
        _("Your name"),
        [readable_line, Length(max=120, message=_("Use at most %(max)d characters."))],
        filters=[tidied],
    )
    address = EmailField(_("Your e-mail address"), [Optional(), readable_line, is_address])
    good_faith = _good_faith()
    key = _key()

    def validate_good_faith(self, field: Field) -> None:
        if not field.data:
            raise ValidationError(gettext("A notice of illegal content needs this."))

    def validate(self, extra_validators: Any = None) -> bool:
        """Name and address are needed unless it is about the abuse of children."""
        is_valid = super().validate(extra_validators)
        if self.offence.data == Offence.CHILD_ABUSE:
            return is_valid
        missing = gettext("The law asks for this, except about the sexual abuse of children.")
        for field in (self.name, self.address):
            if not (field.data or "").strip():
                field.errors = [missing]
                is_valid = False
        return is_valid


class DecisionForm(FlaskForm):
    """``based_on`` is the revision of the post that the moderator saw."""

    action = RadioField(_("Decision"), [DataRequired(_("Choose what is to be done."))])
    ground = SelectField(
        _("Ground"),
        choices=[SelectChoice(str(ground), wording.GROUNDS[ground]) for ground in REPORTABLE],
    )
    facts = TextAreaField(
        _("Facts and reasons"),
        [
            readable_lines,
            Length(max=LONGEST_REASON, message=_("Use at most %(max)d characters.")),
        ],
        filters=[tidied],
    )
    rule = StringField(
        _("Rule or law"),
        [readable_line, Length(max=200, message=_("Use at most %(max)d characters."))],
        filters=[tidied],
    )
    days = SelectField(_("For how long"), [Optional()], coerce=int, default=0)
    takes_away = BooleanField(_("Take the post from view too"))
    title = StringField(
        _("Title"),
        [readable_line, Length(max=LONGEST_TITLE, message=_("Use at most %(max)d characters."))],
        filters=[tidied],
    )
    text = TextAreaField(
        _("The post as it is to read"),
        [
            readable_lines,
            Length(max=LONGEST_POST, message=_("Use at most %(max)d characters.")),
        ],
        filters=[tidied],
    )
    based_on = IntegerField(validators=[Optional()], widget=HiddenInput(), default=0)

    def offer(self, actions: Sequence[Action]) -> "DecisionForm":
        self.action.choices = [SelectChoice(str(act), wording.ACTIONS[act]) for act in actions]
        spans = [SelectChoice("0", _("not for a time"))]
        spans += [SelectChoice(str(days), _("%(days)s days", days=days)) for days in SPANS]
        self.days.choices = spans
        return self

    def ruling(self) -> Ruling:
        return Ruling(
            action=Action(self.action.data),
            ground=Ground(self.ground.data),
            facts=self.facts.data or "",
            rule=self.rule.data or "",
            days=self.days.data or 0,
            takes_away=self.takes_away.data,
            text=self.text.data or "",
            title=self.title.data or "",
            based_on=self.based_on.data or 0,
        )

    def refuse(self, problem: Problem) -> None:
        """Says beside the field what is wrong."""
        if problem is Problem.NO_REASONS:
            self.facts.errors = [wording.why_not(problem), wording.too_short()]
        elif problem is Problem.NO_END:
            self.days.errors = [wording.end_missing()]
        else:
            self.action.errors = [wording.why_not(problem)]


class NoteForm(FlaskForm):
    text = _text(_("Note"), _("Write the note."), LONGEST_NOTE, html_id="note-text")


class TakeOverForm(FlaskForm):
    """``holder`` is who had the case when the page was made."""

    text = _text(_("Why you take it over"), _("Say why."), LONGEST_NOTE, html_id="take-over-text")
    holder = IntegerField(
        validators=[DataRequired(), NumberRange(1, LARGEST_ID)], widget=HiddenInput()
    )


class ObjectionForm(FlaskForm):
    text = _text(
        _("Why the decision is wrong"),
        _("Say why you object."),
        LONGEST_REASON,
        least=LEAST_REASON,
    )


class AnswerForm(FlaskForm):
    outcome = RadioField(
        _("Answer"),
        [DataRequired(_("Choose an answer."))],
        choices=[
            SelectChoice("upheld", _("The objection is right: undo the decision")),
            SelectChoice("rejected", _("The decision stands")),
        ],
    )
    why = _text(_("Reasons"), _("Give the reasons."), LONGEST_REASON, least=LEAST_FACTS)

    @property
    def is_upheld(self) -> bool:
        return bool(self.outcome.data == "upheld")
