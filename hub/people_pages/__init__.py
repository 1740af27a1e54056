"""People as the other members see them."""

from flask import Flask


def register(app: Flask) -> None:
    from hub.people_pages.views import people

    app.register_blueprint(people)
