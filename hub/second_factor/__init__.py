"""The second factor: codes of an app, passkeys, recovery codes."""

from importlib import import_module

from flask import Flask

PAGES = ("views", "account_views", "passkey_views")


def register(app: Flask) -> None:
    from hub.second_factor.blueprint import second_factor

    for pages in PAGES:
        import_module(f"{__name__}.{pages}")
    app.register_blueprint(second_factor)
