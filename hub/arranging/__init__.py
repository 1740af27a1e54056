"""Arranging topics: pin, lock, move, split, merge, and the answer that was accepted."""

from flask import Flask


def register(app: Flask) -> None:
    import hub.arranging.merge_views
    import hub.arranging.split_views  # noqa: F401 - their routes
    from hub.arranging import models, own_titles  # noqa: F401 - its table
    from hub.arranging.views import arranging
    from hub.own_data import content

    app.register_blueprint(arranging)
    content.register("merged topics", content.Content(remove=own_titles.remove))
