"""Who may call a view. Every route carries exactly one of these marks; a test walks them all.

A guard decides about persons. What of a page's subject they may see, a document or a group, is
decided by ``knowledge.access`` and the feature's rules.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from flask import abort, flash, redirect, request, url_for
from flask_babel import gettext as _

from hub.accounts.models import Role
from hub.accounts.visitor import visitor

View = TypeVar("View", bound=Callable[..., Any])


def public(view: View) -> View:
    """Anyone may call it, signed in or not. ``knowledge.access`` says what they see."""
    view.guard = "public"  # type: ignore[attr-defined]
    return view


def signed_in(view: View) -> View:
    """Anyone with an account; others are led to sign in and come back."""
    return _guarded(view, "signed in", lambda: _sign_in_first())


def freshly_confirmed(view: View) -> View:
    """Anyone with an account who has just proven again that it is theirs."""
    return _guarded(view, "freshly confirmed", lambda: _sign_in_first() or _confirm_first())


def only(*roles: Role, fresh: bool = False) -> Callable[[View], View]:
    """Those in whom one of these roles is in effect; 403 for the others."""

    def check() -> Any:
        return _sign_in_first() or _role_first(roles) or (_confirm_first() if fresh else None)

    name = " or ".join(roles) + (", freshly confirmed" if fresh else "")
    return lambda view: _guarded(view, name, check)


def _guarded(view: View, name: str, check: Callable[[], Any]) -> View:
    @wraps(view)
    def guarded(*args: Any, **values: Any) -> Any:
        refused = check()
        return view(*args, **values) if refused is None else refused

    guarded.guard = name  # type: ignore[attr-defined]
    return guarded  # type: ignore[return-value]


def _sign_in_first() -> Any:
    if visitor().is_signed_in:
        return None
    if _asks_for_json():
        abort(401)
    return redirect(url_for("accounts.sign_in", next=_back()), 303)


def _role_first(roles: tuple[Role, ...]) -> Any:
    who = visitor()
    if who.may(*roles):
        return None
    if not who.held.roles.intersection(roles):
        abort(403)
    flash(_("Your role takes effect once you use a second factor. Set one up here."), "warning")
    return redirect(url_for("second_factor.index"), 303)


def _confirm_first() -> Any:
    if visitor().is_fresh:
        return None
    if _asks_for_json():
        abort(401)
    return redirect(url_for("second_factor.confirm", next=_back()), 303)


def _back() -> str:
    """Where to go afterwards: this page, or the one whose form was sent."""
    if request.method in ("GET", "HEAD"):
        return request.full_path.rstrip("?")
    return request.form.get("next", "") or (request.referrer or "").removeprefix(
        request.host_url.rstrip("/")
    )


def _asks_for_json() -> bool:
    accepted = request.accept_mimetypes
    return request.is_json or accepted["application/json"] > accepted["text/html"]
