"""The ask box."""

from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import Field, TextAreaField
from wtforms.validators import ValidationError

from hub.assistant import rules, wording
from hub.texts import tidied


class AskForm(FlaskForm):
    question = TextAreaField(
        lazy_gettext("Your question"), filters=[lambda text: tidied(text or "")]
    )

    def validate_question(self, field: Field) -> None:
        problem = rules.question_problem(field.data)
        if problem:
            raise ValidationError(wording.question_problem(problem))
