"""Telling people what is new, in the page and by mail."""

from flask import Flask


def register(app: Flask) -> None:
    from hub.forum import happenings
    from hub.mail.kinds import kind
    from hub.mail.worker import HOURLY
    from hub.notifications import hearing, keeping, mailing
    from hub.notifications.digests import send_digests
    from hub.notifications.views import notifications

    app.register_blueprint(notifications)
    happenings.listen("notifications", hearing.hear)
    kind(mailing.SINGLE)(mailing.single)
    kind(mailing.DIGEST)(mailing.digest)
    for chore in (send_digests, keeping.withdraw_from_lapsed, keeping.forget_read):
        if chore not in HOURLY:
            HOURLY.append(chore)
