"""The audit log for administrators: read, checked, and taken out as a file."""

from collections.abc import Iterator
from zoneinfo import ZoneInfo

from flask import (
    Blueprint,
    Response,
    abort,
    current_app,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    stream_with_context,
    url_for,
)
from flask_babel import get_timezone
from werkzeug.wrappers import Response as AnyResponse

from hub.accounts.models import Role
from hub.accounts.visitor import visitor
from hub.audit import exporting, listing, log, queries, words
from hub.audit.chain import key_from
from hub.audit.filters import Filters, filters_from
from hub.audit.forms import ExportForm
from hub.audit.verifying import verify as verify_chain
from hub.clock import now
from hub.extensions import db
from hub.guards import only
from knowledge.orm import reading

blueprint = Blueprint("audit", __name__, url_prefix="/desk/audit")
LARGEST_ID = 2**31 - 1


@blueprint.get("")
@only(Role.ADMINISTRATOR)
def index() -> str:
    return _page(filters_from(request.args), ExportForm(formdata=None))


@blueprint.post("/verify")
@only(Role.ADMINISTRATOR)
def verify() -> AnyResponse:
    """Checks the whole chain. Reads only, so that the others can write meanwhile."""
    db.session.commit()  # what the guard read holds the write lock no longer
    with reading(db.engine) as session:
        check = verify_chain(session, [key_from(current_app.config["SECRET_KEY"])])
    flash(words.outcome(check), "success" if check.is_whole else "danger")
    return redirect(url_for(".index"), 303)


@blueprint.post("/export")
@only(Role.ADMINISTRATOR, fresh=True)
def export() -> AnyResponse:
    """The entries that the filters of the address leave, up to now. Taking them is an act too."""
    filters = filters_from(request.args)
    form = ExportForm(request.form)
    if not form.validate():
        return make_response(_page(filters, form), 422)
    entry = log.note(
        db.session(),
        "audit.exported",
        _own_id(),
        now(),
        after={"format": form.format.data, **queries.in_numbers(db.session(), filters)},
        reason=form.reason.data,
    )
    db.session.commit()
    return _file(filters, form.format.data, entry.id)


def _own_id() -> int:
    person = visitor().person
    return person.id if person else abort(403)


def _page(filters: Filters, form: ExportForm) -> str:
    found = queries.find_entries(db.session(), filters, _zone(), _before())
    return render_template(
        "audit/page.html",
        fields=listing.filter_fields(filters, queries.acts(db.session())),
        filters=filters,
        form=form,
        found=found,
        is_first=_before() is None,
        rows=[listing.row(line) for line in found.lines],
    )


def _zone() -> ZoneInfo:
    """That of the reader; the same by name, because pytz wants to be asked in its own way."""
    return ZoneInfo(str(get_timezone()))


def _before() -> int | None:
    text = request.args.get("before", "")
    if not text:
        return None
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 9 else abort(404)


def _file(filters: Filters, form: str, before: int) -> Response:
    """Written while it is sent, with a session of its own that only reads."""
    zone = _zone()

    def content() -> Iterator[str]:
        with reading(db.engine) as session:
            lines = queries.all_entries(session, filters, zone, before)
            yield from exporting.WRITERS[form](lines)

    response = Response(stream_with_context(content()), mimetype=exporting.MEDIA_TYPES[form])
    name = f"audit-{now():%Y-%m-%d}-{before}.{form}"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
