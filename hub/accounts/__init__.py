"""Accounts: signing up, signing in and out, passwords, addresses, and where one is signed in."""

from flask import Flask


def register(app: Flask) -> None:
    import hub.accounts.link_views  # noqa: F401 - its routes
    from hub.accounts import links, sessions
    from hub.accounts.account_views import account
    from hub.accounts.views import accounts
    from hub.mail.worker import HOURLY

    for chore in (links.sweep, sessions.sweep):
        if chore not in HOURLY:
            HOURLY.append(chore)
    app.register_blueprint(accounts)
    app.register_blueprint(account)
