"""Accounts: signing up, signing in and out, passwords, addresses, and where one is signed in."""

from flask import Flask


def register(app: Flask) -> None:
    from hub.accounts.account_views import account
    from hub.accounts.views import accounts

    app.register_blueprint(accounts)
    app.register_blueprint(account)
