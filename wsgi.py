"""The entry of gunicorn and of the flask command."""

from hub import create_app

app = create_app()
