"""The entry of gunicorn and of the flask command."""

from hub import create_app, warming

app = create_app()
warming.begin(app)
