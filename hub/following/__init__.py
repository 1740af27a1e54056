"""How far somebody has read, and what they follow."""

from flask import Flask


def register(app: Flask) -> None:
    from hub.following.operations import hear
    from hub.following.views import following
    from hub.forum import happenings

    app.register_blueprint(following)
    happenings.listen("following", hear)
