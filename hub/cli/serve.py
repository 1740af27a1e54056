"""flask serve: the web server and the worker, together."""

import os
import sys

import click
from flask import current_app
from flask.cli import with_appcontext

from hub import serve as supervisor


@click.command("serve")
@with_appcontext
def serve() -> None:
    """Serve the hub, index what is uploaded and send mail, until Ctrl-C.

    PORT (8000) and HUB_HOST (127.0.0.1) say where.
    """
    environ = {
        **os.environ,
        "HUB_ENV": "production" if current_app.config["PRODUCTION"] else "local",
    }
    try:
        address = supervisor.address(environ)
        sys.exit(supervisor.serve(address, environ))
    except supervisor.CannotServe as problem:
        raise click.ClickException(str(problem)) from problem
