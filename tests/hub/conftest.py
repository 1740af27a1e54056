"""An app with its tables, a client, pages that are checked while they are read, and a shelf."""

import atexit
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from jinja2 import FileSystemBytecodeCache
from lxml.html import HtmlElement, document_fromstring
from werkzeug.routing import Rule

from hub import create_app
from hub.accounts import passwords
from hub.extensions import db
from tests.hub.people import People
from tests.hub.shelf import Shelf
from tests.hub.tables import empty_tables

Page = Callable[..., HtmlElement]
# Each test has an app of its own; the templates are compiled once for all of them.
FOLDER = tempfile.mkdtemp()
atexit.register(shutil.rmtree, FOLDER, ignore_errors=True)
COMPILED = FileSystemBytecodeCache(FOLDER)


class RuleBuiltOnce(Rule):
    """Werkzeug takes each route apart and compiles two functions for it: nearly all of what
    making an app costs. They are the same for the same rule, so they are made once."""

    def compile(self) -> None:
        if self.defaults:  # the one thing beside its text that counts
            return super().compile()
        if self.rule not in BUILT:
            super().compile()
            BUILT[self.rule] = self
            return None
        model = BUILT[self.rule]
        self._parts, self._trace = list(model._parts), list(model._trace)
        self._converters, self.arguments = model._converters, set(model.arguments)
        self._build = model._build.__func__.__get__(self)
        self._build_unknown = model._build_unknown.__func__.__get__(self)
        return None


BUILT: dict[str, RuleBuiltOnce] = {}
Flask.url_rule_class = RuleBuiltOnce


@pytest.fixture(scope="module", autouse=True)
def quick_hashes() -> Iterator[None]:
    """Passwords are hashed the same way, with fewer and smaller rounds: the real ones were half of
    the time of what signs in. ``test_passwords`` has the real ones, and so have the browsers."""
    with pytest.MonkeyPatch.context() as patch:
        quick = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
        patch.setattr(passwords, "_hasher", quick)
        passwords._dummy_hash.cache_clear()
        yield
    passwords._dummy_hash.cache_clear()


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Flask]:
    """On SQLite, or on the PostgreSQL that HUB_TEST_DATABASE_URL names, emptied first."""
    app = make_app(tmp_path)
    with app.app_context():
        empty_tables()
    yield app
    app.extensions["open_channels"]._sign_in_of.clear()  # or a thread looks for them for ever
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def make_app(folder: Path, environ: dict[str, str] | None = None, **overrides: object) -> Flask:
    environment = {
        "HUB_DATA": str(folder),
        "HUB_SECRET_KEY": "only for tests",
        "HUB_EMBEDDER": "hashing",
        "DATABASE_URL": os.environ.get("HUB_TEST_DATABASE_URL", ""),
        **(environ or {}),
    }
    # Whether limits count is kept by the limiter, not by the app: it is said anew for each.
    usual = {"TESTING": True, "WTF_CSRF_ENABLED": False, "RATELIMIT_ENABLED": True}
    app = create_app({**usual, **overrides}, environment)
    app.jinja_env.bytecode_cache = COMPILED
    return app


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def page(client: FlaskClient) -> Page:
    """Reads a page and checks what every page promises."""

    def read(url: str, status: int = 200, **options: object) -> HtmlElement:
        response = client.get(url, **options)
        assert response.status_code == status, f"{url}: {response.status}"
        assert response.mimetype == "text/html"
        return checked(response.text)

    return read


def checked(markup: str) -> HtmlElement:
    root = document_fromstring(markup)
    heading = root.xpath("//h1")
    assert len(heading) == 1
    title = " ".join(root.findtext(".//title").split())
    assert title.startswith(" ".join(heading[0].text_content().split()))
    assert root.get("lang")
    assert not root.xpath("//@style | //style | //script[not(@src)]")
    assert not root.xpath("//@*[starts-with(name(), 'on')]")
    ids = root.xpath("//@id")
    assert len(ids) == len(set(ids))
    return root


@pytest.fixture
def shelf(app: Flask) -> Shelf:
    return Shelf(app)


@pytest.fixture
def people(app: Flask) -> People:
    return People(app)
