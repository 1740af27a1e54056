"""Dates as the reader's language writes them."""

from datetime import date, datetime

from babel.dates import format_date, format_datetime, format_skeleton
from flask import Flask
from flask_babel import get_locale, get_timezone


def register(app: Flask) -> None:
    app.add_template_filter(spelled_date)
    app.add_template_filter(spelled_moment)


def spelled_date(value: str | date) -> str:
    """A date in words. An ISO 8601 text may hold only a year or a month; any other is kept."""
    if isinstance(value, date):
        return format_date(value, "long", locale=_locale())
    numbers = value.split("-")
    try:
        first = date(*(int(number) for number in [*numbers, "1", "1"][:3]))
    except ValueError:
        return value
    if len(numbers) == 1:
        return value
    if len(numbers) == 2:
        return format_skeleton("yMMMM", first, locale=_locale())
    return format_date(first, "long", locale=_locale())


def spelled_moment(value: datetime) -> str:
    """Date, time and zone, in the zone of the hub."""
    zone = get_timezone()
    day = format_date(value.astimezone(zone), "long", locale=_locale())
    return f"{day}, {format_datetime(value, 'HH:mm zzz', tzinfo=zone, locale=_locale())}"


def _locale() -> str:
    """With the day before the month in English too, as in the rest of Europe."""
    locale = str(get_locale() or "en")
    return "en_GB" if locale == "en" else locale
