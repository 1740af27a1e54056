"""The filter bar over the list: the fields for filter_bar in macros/form.html."""

from collections import Counter
from collections.abc import Callable

from flask_babel import gettext as _

from hub.filter_bar import Field
from hub.library.filters import Filters
from hub.library.queries import Holdings
from hub.library.words import STATUSES, language_name, type_name


def filter_fields(filters: Filters, held: Holdings) -> list[Field]:
    """Only what the reader can find is offered."""
    return [
        Field("q", _("Words in the title"), filters.q, "search"),
        _choice("language", _("Language"), filters.language, held.languages, language_name),
        _choice("type", _("Type"), filters.type, held.types, type_name),
        _choice("status", _("Status"), filters.status, held.statuses, _status_name),
        Field("sort", _("Order"), filters.sort, options=_orders()),
    ]


def _choice(
    name: str, label: str, value: str, counts: Counter[str], words: Callable[[str], str]
) -> Field:
    named = sorted((words(code), code, count) for code, count in counts.items() if code)
    options = [(code, f"{shown} ({count})") for shown, code, count in named]
    return Field(name, label, value, options=(("", _("All")), *options))


def _status_name(code: str) -> str:
    return str(STATUSES.get(code, code))


def _orders() -> tuple[tuple[str, str], ...]:
    return (("newest", _("Newest first")), ("title", _("By title")))
