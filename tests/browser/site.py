"""The app that the browser tests visit: the real one, which can be asked to take its time."""

from dataclasses import replace

from hub import create_app
from hub.wiring import parts
from tests.fakes import UnhurriedAssistant

app = create_app()
with app.app_context():
    built = parts()
    app.extensions["parts"] = replace(built, assistant=UnhurriedAssistant(built.assistant))
