"""New posts in an open page."""

from flask import Flask


def register(app: Flask) -> None:
    from hub.forum import happenings
    from hub.live.sockets import bind_events
    from hub.live.telling import hear

    happenings.listen("live", hear)
    bind_events()
