"""Mail: queued by whoever wants it sent, in their own transaction, and sent by a worker."""

from flask import Flask


def register(app: Flask) -> None:
    """The page of the mails that were only written exists where nobody else could read it."""
    from hub.mail.settings import FILES
    from hub.mail.views import desk, written

    app.register_blueprint(desk)
    if not app.config["PRODUCTION"] and app.config["MAIL"] == FILES:
        app.register_blueprint(written)
