"""The forum: categories, boards, topics and posts."""

from flask import Flask


def register(app: Flask) -> None:
    import hub.forum.desk_more_views
    import hub.forum.topic_views  # noqa: F401 - its routes
    from hub.forum import models, own_texts  # noqa: F401 - its tables
    from hub.forum.desk_views import forum_desk
    from hub.forum.views import forum
    from hub.own_data import content

    app.register_blueprint(forum)
    app.register_blueprint(forum_desk)
    leaving = content.Content(remove=own_texts.remove, keep=own_texts.keep)
    content.register("forum posts", leaving)
