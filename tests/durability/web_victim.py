"""The hub as gunicorn serves it, for tests that kill it: nothing slows down whoever sends."""

from hub import create_app
from hub.cli.measuring.prepared import UNLIMITED

# Testing: the tables are there, nothing has to be migrated.
app = create_app({**UNLIMITED, "TESTING": True, "WTF_CSRF_ENABLED": False})
