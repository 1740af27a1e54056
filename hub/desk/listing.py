"""What the pages of the desk show: what waits, and the fields of the filter bar over people."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import current_app, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session

from hub.accounts.models import Role
from hub.accounts.visitor import Visitor
from hub.accounts.wording import role_name
from hub.desk import queries, words
from hub.desk.filters import ROLES, Filters, State
from hub.filter_bar import Field
from hub.mail.models import MailState
from hub.mail.queries import count as count_mails
from hub.moderation.queries import open_cases

ADMINISTRATORS = frozenset({Role.ADMINISTRATOR})


@dataclass(frozen=True, slots=True)
class Task:
    """A link on the desk: a place, and how much is there or waits there."""

    label: str
    text: str
    url: str
    waits: bool


def tasks(session: Session, visitor: Visitor) -> list[Task]:
    """What this visitor looks after, first what waits. Parts that this hub lacks are left out."""
    found = [
        make(session)
        for endpoint, roles, make in PARTS
        if visitor.may(*roles) and endpoint in current_app.view_functions
    ]
    return sorted(found, key=lambda task: not task.waits)


def filter_fields(filters: Filters) -> list[Field]:
    roles = tuple((role, role_name(role)) for role in ROLES)
    states = tuple((str(state), words.state_words(state)) for state in State)
    return [
        Field("q", _("Pseudonym or e-mail address"), filters.q, "search"),
        Field("role", _("Role"), filters.role, options=(("", _("All")), *roles)),
        Field("state", _("Account"), filters.state, options=(("", _("All")), *states)),
    ]


def _memberships(session: Session) -> Task:
    waiting = queries.open_requests(session)
    text = ngettext("%(num)s request waits", "%(num)s requests wait", waiting)
    return Task(_("LEA memberships"), text, url_for("membership.queue"), waiting > 0)


def _moderation(session: Session) -> Task:
    waiting = open_cases(session)
    text = ngettext("%(num)s case waits", "%(num)s cases wait", waiting)
    return Task(_("Moderation"), text, url_for("moderation.queue"), waiting > 0)


def _mail(session: Session) -> Task:
    failed = count_mails(session, [MailState.FAILED])
    text = ngettext("%(num)s mail could not be sent", "%(num)s mails could not be sent", failed)
    return Task(_("Mail"), text, url_for("mail.index"), failed > 0)


def _people(session: Session) -> Task:
    people = queries.people_count(session)
    text = ngettext("%(num)s person", "%(num)s people", people)
    return Task(_("People"), text, url_for("desk.people"), False)


def _groups(_session: Session) -> Task:
    text = _("Closed rooms and who keeps them")
    return Task(_("Groups"), text, url_for("groups.desk"), False)


def _forum(_session: Session) -> Task:
    text = _("Categories and boards, who reads them and who moderates them")
    return Task(_("Forum"), text, url_for("forum_desk.index"), False)


def _audit(_session: Session) -> Task:
    text = _("Who did what that only some may do")
    return Task(_("Audit log"), text, url_for("audit.index"), False)


def _library(_session: Session) -> Task:
    text = _("Each document says on its page who may read it")
    return Task(_("Library"), text, url_for("library.index"), False)


Part = tuple[str, frozenset[Role], Callable[[Session], Task]]
PARTS: tuple[Part, ...] = (
    ("membership.queue", ADMINISTRATORS, _memberships),
    ("moderation.queue", frozenset({Role.MODERATOR, Role.ADMINISTRATOR}), _moderation),
    ("mail.index", ADMINISTRATORS, _mail),
    ("desk.people", ADMINISTRATORS, _people),
    ("groups.desk", ADMINISTRATORS, _groups),
    ("forum_desk.index", ADMINISTRATORS, _forum),
    ("audit.index", ADMINISTRATORS, _audit),
    ("library.index", frozenset(Role), _library),
)
