"""Every route, as everybody, with what is not theirs: each answer equals the policy table.

A route without a row in ``tests/hub/policy.py``, with another guard than its row says, or that
changes something without the token against forged requests, fails here.
"""

from collections.abc import Iterator
from functools import cache

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from hub.extensions import db
from hub.security import HEADERS
from tests.hub.conftest import make_app
from tests.hub.policy import (
    ADMINISTRATORS,
    CURATORS,
    FRESH,
    FRESH_ADMINISTRATORS,
    FRESH_CURATORS,
    POLICY,
    PUBLIC,
    SIGNED_IN,
    STAFF,
    Row,
)
from tests.hub.tables import empty_tables
from tests.hub.world import ROLES, SEES, STAFF_ROLES, Thing, World

# Nobody answers there: what the walk needs is that the routes exist.
PROVIDER = {
    "HUB_OIDC_ISSUER": "http://127.0.0.1:9",
    "HUB_OIDC_CLIENT_ID": "hub",
    "HUB_OIDC_CLIENT_SECRET": "secret",
    "HUB_OIDC_NAME": "Elsewhere",
}
WAYS = sorted(POLICY)


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    app = make_app(tmp_path_factory.mktemp("world"), environ=PROVIDER)
    with app.app_context():
        empty_tables()
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture(scope="module")
def world(app: Flask) -> World:
    return World(app)


def ways(app: Flask) -> set[tuple[str, str]]:
    """Every endpoint with every method that it takes by itself."""
    return {
        (rule.endpoint, method)
        for rule in app.url_map.iter_rules()
        for method in rule.methods or ()
        if rule.endpoint != "static" and method not in ("HEAD", "OPTIONS")
    }


def test_every_route_has_a_row_and_every_row_a_route(app):
    assert ways(app) - POLICY.keys() == set(), "these routes have no row in tests/hub/policy.py"
    assert POLICY.keys() - ways(app) == set(), "these rows have no route"


@pytest.mark.parametrize("way", WAYS, ids=" ".join)
def test_the_guard_is_that_of_the_table(app, way):
    assert app.view_functions[way[0]].guard == POLICY[way].guard


@pytest.mark.parametrize("way", WAYS, ids=" ".join)
def test_everybody_gets_what_the_table_says(app, world, way):
    row = POLICY[way]
    # Looking changes nothing (test_leak_changes): one browser of each role looks at all things.
    browser = cache(world.client) if way[1] == "GET" else world.client
    for thing in world.things(row.about):
        for role in sorted(ROLES, key=lambda role: is_let_in(role, row, thing)):
            answer = call(world, browser(role), way, thing)
            told = f"{' '.join(way)} {thing.kind} as {role}: {answer.status} {answer.location}"
            assert_as_expected(answer, role, row, thing, told)
            assert_headers(answer, told)
            read = everything(answer).lower()
            for word in world.secrets_from(role):
                assert word.lower() not in read, f"{told} holds {word}"


def call(world: World, client: FlaskClient, way: tuple[str, str], thing: Thing) -> TestResponse:
    url = address(world, way, thing.name)
    return client.open(url, method=way[1], data=POLICY[way].form, buffered=True)


def address(world: World, way: tuple[str, str], thing: str) -> str:
    row, named = POLICY[way], {**world.numbers, "$thing": thing}
    values = {name: named.get(value, value) for name, value in row.values.items()}
    url = str(world.app.url_map.bind("localhost").build(way[0], values, way[1]))
    return f"{url}?{row.query}" if row.query else url


def is_let_in(role: str, row: Row, thing: Thing) -> bool:
    knows = not thing.kind or thing.kind in SEES[role]
    return gate(role, row.guard) == "" and knows and role not in row.forbidden


def gate(role: str, guard: str) -> str:
    """What the guard does with this role: "" lets it in."""
    if guard == PUBLIC:
        return ""
    if role in ("citizen", "ended"):
        return "/sign-in?"
    if guard == SIGNED_IN:
        return ""
    if guard == FRESH:
        return "/account/confirm?" if role == "stale" else ""
    if role == "weak":
        return "/account/second-factor"
    wanted = {
        CURATORS: {"curator", "stale", "administrator"},
        FRESH_CURATORS: {"curator", "stale", "administrator"},
        STAFF: set(STAFF_ROLES),
        ADMINISTRATORS: {"stale", "administrator"},
        FRESH_ADMINISTRATORS: {"stale", "administrator"},
    }[guard]
    if role not in wanted:
        return "forbidden"
    is_asked = role == "stale" and guard in (FRESH_ADMINISTRATORS, FRESH_CURATORS)
    return "/account/confirm?" if is_asked else ""


def assert_as_expected(answer: TestResponse, role: str, row: Row, thing: Thing, told: str) -> None:
    kept_out = gate(role, row.guard)
    if kept_out == "forbidden":
        assert answer.status_code == 403, told
    elif kept_out:
        assert answer.status_code == 303, told
        assert answer.location.startswith(kept_out), told
    elif thing.kind and thing.kind not in SEES[role]:
        assert answer.status_code == 404, told
    elif role in row.forbidden:
        assert answer.status_code == 403, told
    else:
        assert answer.status_code in row.answers, told


def assert_headers(answer: TestResponse, told: str) -> None:
    for name in HEADERS:
        assert answer.headers.get(name), f"{told} lacks {name}"
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    assert answer.headers.get("Cache-Control"), f"{told} says nothing about being kept"


def everything(answer: TestResponse) -> str:
    """What somebody gets to see of an answer, but for their own name for what they asked."""
    headers = "\n".join(value for name, value in answer.headers if name != "Location")
    return f"{headers}\n{answer.data.decode('utf-8', 'replace')}"
