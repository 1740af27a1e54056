"""A field of a filter bar, as filter_bar in macros/form.html draws it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Field:
    """``kind``: "select", which has ``options`` (value, label), "search" or "date"."""

    name: str
    label: str
    value: str
    kind: str = "select"
    options: tuple[tuple[str, str], ...] = ()
