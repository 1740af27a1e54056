"""Becoming, being and ceasing to be a verified member of a law enforcement authority."""

from flask import Flask


def register(app: Flask) -> None:
    from hub.mail.worker import HOURLY
    from hub.membership import countries, wording
    from hub.membership import desk_views as _desk_views  # noqa: F401 - its routes
    from hub.membership.reminders import remind
    from hub.membership.views import membership

    if remind not in HOURLY:
        HOURLY.append(remind)

    app.register_blueprint(membership)
    app.add_template_filter(countries.name_of, "country_name")
    app.add_template_filter(wording.state_name, "membership_state")
