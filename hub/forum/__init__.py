"""The forum: categories, boards, topics and posts."""

from flask import Flask


def register(app: Flask) -> None:
    import hub.forum.desk_more_views
    import hub.forum.topic_views  # noqa: F401 - its routes
    from hub.forum import links, models, own_texts, pages  # noqa: F401 - its tables
    from hub.forum.desk_views import forum_desk
    from hub.forum.views import forum
    from hub.own_data import content

    app.register_blueprint(forum)
    app.register_blueprint(forum_desk)
    app.jinja_env.globals.update(
        board_url=links.board_url,
        list_choices=pages.list_choices,
        post_links=links.post_links,
        topic_url=links.topic_url,
    )
    leaving = content.Content(remove=own_texts.remove, keep=own_texts.keep)
    content.register("forum posts", leaving)
