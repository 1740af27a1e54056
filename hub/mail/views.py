"""Two pages: for administrators, mails that did not go out; for developers, what would have gone.

A recipient is never shown whole to administrators, and a mail's text not at all.
"""

from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response

from hub.accounts.models import Role
from hub.accounts.visitor import visitor
from hub.audit.log import note
from hub.clock import now
from hub.extensions import db
from hub.guards import only, public
from hub.mail import outbox, queries
from hub.mail.models import Mail, MailState
from hub.mail.queries import OPEN
from hub.mail.written import mail_in, newest

MOST = 200
LOOPBACK = ("127.0.0.1", "::1")
LOCAL_HOSTS = ("localhost", *LOOPBACK)
WAITING = (MailState.WAITING, MailState.LEASED)
desk = Blueprint("mail", __name__, url_prefix="/desk/mail")
written = Blueprint("written_mail", __name__, url_prefix="/mail")


@desk.get("")
@only(Role.ADMINISTRATOR)
def index() -> str:
    state = request.args.get("state", "")
    states = _states(state)
    return render_template(
        "mail/desk.html",
        mails=queries.unsent(db.session(), states, MOST),
        count=queries.count(db.session(), states),
        most=MOST,
        state=state if states != OPEN else "",
        is_possible=outbox.is_possible(),
        form=FlaskForm(formdata=None),
        masked=masked,
    )


@desk.post("/<int:mail_id>/retry")
@only(Role.ADMINISTRATOR, fresh=True)
def retry(mail_id: int) -> Response:
    mail = db.session.get(Mail, mail_id) or abort(404)
    if outbox.retry(db.session(), mail, now()):
        who = visitor().person
        note(
            db.session(), "mail.retried", who.id if who else None, now(), subject=("mail", mail.id)
        )
        db.session.commit()
        flash(_("The mail is sent again within seconds."), "success")
    else:
        flash(_("This mail has left meanwhile, or nobody knows its recipient any more."), "warning")
    return redirect(url_for(".index", state=request.args.get("state") or None), 303)


@written.before_request
def refuse_others() -> None:
    """The links in these mails open accounts, so they are for whoever sits at this machine."""
    own = urlsplit(current_app.config["ADDRESS"]).hostname
    is_here = request.remote_addr in LOOPBACK
    if not (is_here and urlsplit(request.host_url).hostname in {*LOCAL_HOSTS, own}):
        abort(404)


@written.get("")
@public
def written_mails() -> str:
    return render_template("mail/written.html", mails=newest(_folder()))


@written.get("/<int:mail_id>")
@public
def written_mail(mail_id: int) -> str:
    mail = mail_in(_folder(), mail_id) or abort(404)
    pieces = mail.pieces(current_app.config["ADDRESS"])
    return render_template("mail/written_mail.html", mail=mail, pieces=pieces)


def masked(address: str) -> str:
    """Enough to recognise an address when one knows it."""
    name, at, host = address.rpartition("@")
    return f"{name[:1]}…@{host}" if at else ""


def _states(state: str) -> Sequence[MailState]:
    return {"failed": (MailState.FAILED,), "waiting": WAITING}.get(state, OPEN)


def _folder() -> Path:
    folder: Path = current_app.config["DATA"] / "mail"
    return folder
