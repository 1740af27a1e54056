"""Nothing changes without the token against forged requests, and nothing by looking."""

import hashlib
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from hub.extensions import db
from hub.security import HEADERS
from knowledge.orm import Base
from tests.hub.conftest import checked, make_app
from tests.hub.policy import POLICY, PROVEN_BY_ADDRESS, PUBLIC
from tests.hub.tables import empty_tables
from tests.hub.test_leak_walk import PROVIDER, address, call
from tests.hub.world import ROLES, World

CHANGES = sorted(way for way in POLICY if way[1] != "GET" and way not in PROVEN_BY_ADDRESS)
LOOKS = sorted(way for way in POLICY if way[1] == "GET")
# What a visit notes: when somebody was last seen.
NOTED = {("sign_in", "seen_at")}


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    app = make_app(tmp_path_factory.mktemp("changes"), environ=PROVIDER, WTF_CSRF_ENABLED=True)
    with app.app_context():
        empty_tables()
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture(scope="module")
def world(app: Flask) -> World:
    return World(app)


def token_for(client: FlaskClient) -> str:
    from lxml.html import document_fromstring

    root = document_fromstring(client.get("/assistant").text)
    return str(root.xpath("//input[@name='csrf_token']/@value")[0])


def state(app: Flask) -> str:
    """A digest of every row of every table."""
    digest = hashlib.sha256()
    with app.app_context(), db.engine.connect() as connection:
        for table in Base.metadata.sorted_tables:
            columns = [column for column in table.columns if (table.name, column.name) not in NOTED]
            rows = connection.execute(select(*columns).order_by(*table.primary_key.columns))
            digest.update(f"{table.name}: {[tuple(map(str, row)) for row in rows]}".encode())
    return digest.hexdigest()


@pytest.mark.parametrize("way", CHANGES, ids=" ".join)
def test_a_change_without_the_token_is_refused(app, world, way):
    row = POLICY[way]
    thing = world.things(row.about)[0]
    for role in ("citizen", "owner", "administrator"):
        client = world.client(role)
        before = state(app)
        assert call(world, client, way, thing).status_code == 400, role
        assert state(app) == before, role


@pytest.mark.parametrize("way", CHANGES, ids=" ".join)
def test_the_token_of_somebody_else_is_refused(app, world, way):
    client, foreign = world.client("administrator"), token_for(world.client("member"))
    client.get("/assistant")
    before = state(app)
    row = POLICY[way]
    url = address(world, way, world.things(row.about)[0].name if row.about else "")
    before = state(app)
    answer = client.post(url, data={**row.form, "csrf_token": foreign})
    assert answer.status_code == 400
    assert state(app) == before


def test_with_its_own_token_a_change_is_made(app, world):
    """Else the refusals above would say nothing."""
    client = world.client("owner")
    answer = client.post("/account/sign-ins/end-others", data={"csrf_token": token_for(client)})
    assert answer.status_code == 303


def test_a_foreign_place_of_origin_is_refused(app, world):
    """Under TLS the form must come from a page of this hub."""
    client = world.client("owner")
    token = token_for(client)
    answer = client.post(
        "/account/sign-ins/end-others",
        data={"csrf_token": token},
        base_url="https://localhost",
        headers={"Referer": "https://evil.example/"},
    )
    assert answer.status_code == 400


@pytest.mark.parametrize("way", LOOKS, ids=" ".join)
def test_looking_changes_nothing(app, world, way):
    row = POLICY[way]
    things = world.things(row.about)
    clients = {role: world.client(role) for role in ("citizen", "owner", "administrator")}
    before = state(app)
    for thing in things:
        for client in clients.values():
            call(world, client, way, thing)
    assert state(app) == before


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "TRACE"])
@pytest.mark.parametrize("way", LOOKS[::7], ids=" ".join)
def test_other_methods_are_refused(app, world, way, method):
    row = POLICY[way]
    url = address(world, way, world.things(row.about)[0].name if row.about else "")
    answer = world.client("administrator").open(url, method=method)
    assert answer.status_code in (400, 405)
    assert all(answer.headers.get(name) for name in HEADERS)


ERRORS = {
    400: ("GET", "/library?q=%ff"),
    404: ("GET", "/nowhere"),
    405: ("PUT", "/library"),
    410: ("GET", "/reset/x"),
    413: ("POST", "/sign-in"),
    400.5: ("POST", "/sign-in"),
}


@pytest.mark.parametrize("status", ERRORS)
def test_error_pages_carry_the_headers_and_say_nothing_of_others(app, world, status):
    method, url = ERRORS[status]
    for role in ROLES:
        body = {"data": b"x" * 2_000_000} if status == 413 else {}
        answer = world.client(role).open(url, method=method, **body)
        assert answer.status_code in (int(status), 400)
        assert all(answer.headers.get(name) for name in HEADERS)
        assert answer.headers["Cache-Control"]
        for word in world.secrets_from(role):
            assert word.lower() not in answer.text.lower()


def test_a_fault_carries_the_headers(app, world, monkeypatch):
    def broken(*_args: object) -> None:
        raise RuntimeError("Kingfisher")

    monkeypatch.setitem(app.view_functions, "library.index", broken)
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    answer = world.client("member").get("/library")
    assert answer.status_code == 500
    assert "Kingfisher" not in answer.text
    assert all(answer.headers.get(name) for name in HEADERS)


LISTS = (
    "/",
    "/library",
    *(
        f"/library?q={word}"
        for word in ("protocol", "nightjar", "kingfisher", "goshawk", "bittern")
    ),
    "/library?type=kingfisher+type",
    "/library?language=en&sort=title",
    "/assistant",
)


@pytest.mark.parametrize("role", ROLES)
def test_lists_counts_and_filters_hold_only_what_is_theirs(app, world, role):
    client = world.client(role)
    for url in LISTS:
        text = checked(client.get(url).text).xpath("//main")[0].text_content().lower()
        for word in world.secrets_from(role):
            assert word.lower() not in text, f"{url} as {role} holds {word}"


def test_counts_are_those_of_a_library_without_the_hidden(app, world):
    from tests.hub.world import SEES

    for role in ROLES:
        readable = 1 + len(SEES[role] & {"members", "lea", "staff", "group"})
        text = world.client(role).get("/library").text
        words = "1 document" if readable == 1 else f"{readable} documents"
        assert words in " ".join(text.split()), role


def test_hidden_and_missing_documents_look_the_same(app, world):
    for role in ("citizen", "member"):
        client = world.client(role)
        for way in LOOKS:
            if POLICY[way].about != "document" or POLICY[way].guard != PUBLIC:
                continue
            missing = client.get(address(world, way, "4711"))
            hidden = client.get(address(world, way, str(world.documents["staff"])))
            assert hidden.status_code == missing.status_code == 404
            assert same(hidden) == same(missing)


def same(answer) -> tuple[str, list[tuple[str, str]]]:
    import re

    text = re.sub(r"next=[^\"]*|value=\"[\w.-]{60,}\"", "", answer.text)
    kept = ("Date", "Content-Length", "Set-Cookie")
    return text, sorted((k, v) for k, v in answer.headers if k not in kept)
