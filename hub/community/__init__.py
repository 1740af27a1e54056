"""Between the forum and the library: posts in the index, answers in posts."""

from flask import Flask


def register(app: Flask) -> None:
    from hub.community.hearing import hear
    from hub.community.own_words import remove
    from hub.community.views import community, similar_part
    from hub.forum.happenings import listen
    from hub.own_data import content

    listen("community", hear)
    content.register("contributions", content.Content(remove=remove))
    app.register_blueprint(community)
    app.add_template_global(similar_part)  # for the editor, where there is no script
