"""Who may call a view. Every route carries exactly one of these marks; a test walks them all."""

from collections.abc import Callable
from typing import Any, TypeVar

View = TypeVar("View", bound=Callable[..., Any])


def public(view: View) -> View:
    """Anyone may call it, signed in or not. ``knowledge.access`` says what they see."""
    view.guard = "public"  # type: ignore[attr-defined]
    return view
