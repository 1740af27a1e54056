"""The keys of one's own feeds."""

from flask import (
    Blueprint,
    abort,
    current_app,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from hub.accounts.visitor import me, visitor
from hub.clock import now
from hub.extensions import db
from hub.feeds import operations, queries
from hub.feeds.forms import KeyForm
from hub.guards import freshly_confirmed, signed_in

feeds = Blueprint("feeds", __name__)


@feeds.get("/account/feeds")
@signed_in
def index() -> str:
    return _page(KeyForm(formdata=None))


@feeds.post("/account/feeds")
@freshly_confirmed
def make_key() -> Response:
    """Shows the key, this once: the page is the answer to the form, and nobody keeps it."""
    form = KeyForm(request.form)
    if not form.validate():
        return make_response(_page(form), 422)
    try:
        key = operations.make_key(db.session(), me(), form.name.data, now(), is_strong=_is_strong())
    except operations.TooManyKeys:
        db.session.rollback()
        form.name.errors = [_("You have as many keys as is possible. Revoke one first.")]
        return make_response(_page(form), 422)
    db.session.commit()
    return make_response(_page(KeyForm(formdata=None), key))


@feeds.post("/account/feeds/<int:key_id>/revoke")
@signed_in
def revoke(key_id: int) -> Response:
    if not operations.revoke(db.session(), me().id, key_id):
        abort(404)
    db.session.commit()
    flash(_("The key opens nothing any more."), "success")
    return redirect(url_for(".index"), 303)


def _is_strong() -> bool:
    return visitor().is_strong


def _page(form: KeyForm, key: str = "") -> str:
    return render_template(
        "feeds/index.html",
        form=form,
        key=key,
        keys=queries.keys_of(db.session(), me().id),
        address=current_app.config["ADDRESS"],
        is_strong=_is_strong(),
    )
