"""Groups of people, each with its keepers."""

from flask import Flask


def register(app: Flask) -> None:
    import hub.groups.desk_views  # noqa: F401 - its routes
    from hub.groups.views import groups

    app.register_blueprint(groups)
