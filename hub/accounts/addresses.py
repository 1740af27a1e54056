"""E-mail addresses in the one form in which they are kept and compared."""

from email_validator import EmailNotValidError, validate_email
from flask_babel import lazy_gettext as _
from wtforms import Field, Form
from wtforms.validators import ValidationError

from hub.accounts.models import LONGEST_ADDRESS


def normal_address(text: str) -> str:
    """The address in lower case, its host as it is written in the DNS; "" for what is none.

    Whether somebody reads it there is found out by a mail, not by asking the host.
    """
    if len(text) > LONGEST_ADDRESS:
        return ""
    try:
        checked = validate_email(text, check_deliverability=False)
    except (EmailNotValidError, UnicodeError):
        return ""
    address = checked.normalized.lower()
    return address if len(address) <= LONGEST_ADDRESS else ""


def is_address(_form: Form, field: Field) -> None:
    """A validator that leaves the normal form in the field."""
    address = normal_address(field.data or "")
    if not address:
        raise ValidationError(_("This is no e-mail address. It looks like name@example.org."))
    field.data = address
