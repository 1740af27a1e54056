"""Dates and moments as each language writes them."""

from datetime import UTC, datetime

import pytest
from flask_babel import force_locale

from hub.dates import spelled_moment

LATE_IN_LONDON = datetime(2026, 11, 23, 23, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("language", "moment"),
    [
        ("en", "24 November 2026, 00:30 CET"),
        ("de", "24. November 2026, 00:30 MEZ"),
        ("sk", "24. novembra 2026, 00:30 SEČ"),
        ("es", "24 de noviembre de 2026, 00:30 CET"),
    ],
)
def test_a_moment_is_written_as_in_the_language_and_in_the_zone_of_the_hub(app, language, moment):
    with app.test_request_context(), force_locale(language):
        assert spelled_moment(LATE_IN_LONDON).replace("\N{NO-BREAK SPACE}", " ") == moment
