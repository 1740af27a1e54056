"""Dates as the reader's language writes them."""

from datetime import UTC, date, datetime, tzinfo
from functools import lru_cache

from babel import Locale
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
    """Date, time and zone, in the zone of the reader."""
    zone, locale = get_timezone(), _locale()
    try:
        there = value.astimezone(zone)
    except OverflowError:  # at either end of the calendar, where the zone has another year
        zone, there = UTC, value.astimezone(UTC)
    abbreviation = _abbreviation(there.tzname(), zone, there, locale)
    return f"{_day(there.date(), locale)}, {there:%H:%M} {abbreviation}"


@lru_cache(4096)
def _day(value: date, locale: str) -> str:
    """A page of a forum has many moments, few days, and one or two names of zones."""
    return format_date(value, "long", locale=locale)


_ABBREVIATIONS: dict[tuple[object, ...], str] = {}


def _abbreviation(name: str | None, zone: tzinfo, there: datetime, locale: str) -> str:
    """Of the zone, as it is called at that time of the year."""
    key = (str(zone), name, there.utcoffset(), there.dst(), locale)
    if key not in _ABBREVIATIONS:
        _ABBREVIATIONS[key] = format_datetime(there, "zzz", tzinfo=zone, locale=locale)
    return _ABBREVIATIONS[key]


def _locale() -> str:
    """With the day before the month in English too, as in the rest of Europe."""
    return _european(get_locale())


@lru_cache(100)
def _european(locale: Locale | None) -> str:
    code = str(locale or "en")
    return "en_GB" if code == "en" else code
