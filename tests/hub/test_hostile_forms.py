"""Every form of the hub, filled in by somebody who means harm: no answer is a failure of the hub.

HUB_HYPOTHESIS_EXAMPLES makes the hunt longer; what it finds is found again by its number.
"""

import json
import os
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote_from_bytes

import pytest
from argon2 import PasswordHasher
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from lxml import etree
from werkzeug.test import TestResponse

from hub.accounts import passwords
from hub.cli.measuring.prepared import UNLIMITED
from hub.extensions import db
from tests.hub.conftest import checked, make_app
from tests.hub.hostile import (
    BARE,
    FILE_CONTENTS,
    FILE_NAMES,
    IN_JSON,
    LONG,
    VALUES,
    Fields,
    encoded,
    fitting,
    forms_of,
    in_parts,
    routes,
)
from tests.hub.policy import POLICY, UNREACHABLE
from tests.hub.stage import ROLES, Stage
from tests.hub.tables import empty_tables
from tests.hub.test_leak_walk import PROVIDER

LONGER = int(os.environ.get("HUB_HYPOTHESIS_EXAMPLES") or 0)
POSTS = sorted(endpoint for endpoint, method in POLICY if method == "POST")
GETS = sorted(endpoint for endpoint, method in POLICY if method == "GET")
# Nobody answers for the provider of these tests, which is no failure of the hub.
WITHOUT_PROVIDER = ("provider.begin", "provider.link")
HUNT: dict[str, Any] = {
    "derandomize": not LONGER,
    "database": None,
    "deadline": None,
    "suppress_health_check": list(HealthCheck),
    "phases": (Phase.explicit, Phase.generate) if not LONGER else tuple(Phase),
}
UGLY = st.one_of(
    st.sampled_from(VALUES),
    st.sampled_from(VALUES),
    st.sampled_from(LONG),
    st.text(max_size=40).map(lambda text: text.encode("utf-8", "surrogatepass")),
    st.binary(max_size=40),
)
# Longer ones do not get through a server of HTTP.
UGLY_IN_ADDRESS = UGLY.map(lambda octets: octets[:6_000])
JSON_TEXTS = [
    *("", "a", "\0", "\ud800", "\U0001f600", "x" * 99_999, "public-key", "AAAA", "_-", "====", "é"),
    *("webauthn.create", "eyJ0eXBlIjoid2ViYXV0aG4uY3JlYXRlIn0", "https://localhost"),
]
JSON_NAMES = [
    *(
        "id",
        "rawId",
        "type",
        "response",
        "clientDataJSON",
        "attestationObject",
        "name",
        "signature",
    ),
    *(
        "authenticatorData",
        "userHandle",
        "transports",
        "credential",
        "next",
        "clientExtensionResults",
    ),
]
NAMES = st.sampled_from([b"", b"\0", b"next", b"csrf_token", b"a[]", b"\xff", b"x" * 999])
FILE = st.tuples(st.sampled_from(FILE_NAMES), st.sampled_from(FILE_CONTENTS))


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    app = make_app(tmp_path_factory.mktemp("hostile"), environ=PROVIDER, **UNLIMITED)
    with app.app_context():
        empty_tables()
    with pytest.MonkeyPatch.context() as patch:
        cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
        patch.setattr(passwords, "_hasher", cheap)
        yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


class Found:
    """The forms that the pages have, and the names of what stands in queries of their addresses."""

    def __init__(self, app: Flask) -> None:
        self.stage = Stage(app)
        self.forms, asked = forms_of(self.stage)
        self.asked = sorted(asked - {""})


@pytest.fixture(scope="module")
def found(app: Flask) -> Found:
    return Found(app)


def test_every_form_is_sent(app, found):
    """Those that are on no page and in no list of ``tests/hub/hostile.py`` fail here."""
    assert set(routes(app, "POST")) == set(POSTS)
    assert set(POSTS) - found.forms.keys() - BARE - IN_JSON == set()


@st.composite
def bodies(draw: st.DrawFn, fields: Fields, fresh: dict[str, str]) -> tuple[bytes, str]:
    """Some fields as they should be, so that what is behind them is reached; some not at all."""
    pairs, files = [], []
    for name in fields:
        kind = draw(st.sampled_from(("fitting", "fitting", "ugly", "ugly", "missing", "twice")))
        values = st.sampled_from(fitting(name, fields[name], fresh))
        if "file" in fields[name]:
            if kind == "ugly":
                files.append((name.encode(), *draw(FILE)))
            continue
        if kind == "fitting":
            pairs.append((name.encode(), draw(values)))
        elif kind == "ugly":
            pairs.append((name.encode(), draw(UGLY)))
        elif kind == "twice":
            pairs += [(name.encode(), draw(UGLY)), (name.encode(), draw(values))]
    if draw(st.booleans()):
        pairs.append((draw(NAMES), draw(UGLY)))
    if files or draw(st.integers(0, 4)) == 0:
        return in_parts(pairs, files)
    return encoded(pairs), "application/x-www-form-urlencoded"


@st.composite
def packets(draw: st.DrawFn) -> bytes:
    """JSON, mostly: what script sends for a passkey, with anything in it."""
    leaf = st.none() | st.booleans() | st.integers() | st.floats() | st.sampled_from(JSON_TEXTS)
    tree = st.recursive(
        leaf,
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.sampled_from(JSON_NAMES), inner, max_size=6)
        ),
        max_leaves=12,
    )
    if draw(st.integers(0, 9)) == 0:
        return draw(st.sampled_from([b"", b"[" * 90_000, b"\xff", b'{"a":', b"1e999", b"nul"]))
    return json.dumps(draw(tree)).encode()


@pytest.mark.parametrize("endpoint", sorted(IN_JSON))
@settings(max_examples=LONGER or 10, **HUNT)
@given(data=st.data())
def test_no_packet_breaks_the_hub(found, endpoint, data):
    role = data.draw(st.sampled_from(ROLES))
    client, address = found.stage.client(role), found.stage.address(endpoint, "POST", role)
    if endpoint != "second_factor.question" and data.draw(st.booleans()):
        question = "second_factor.question_for_new_passkey"
        client.post(found.stage.address(question, "POST", role), json={})
    answer = client.post(address, data=data.draw(packets()), content_type="application/json")
    assert_sane(answer, endpoint, f"{endpoint} as {role}")


@st.composite
def queries(draw: st.DrawFn, asked: list[str]) -> bytes:
    names = draw(st.lists(st.sampled_from(asked), min_size=1, max_size=6))
    return encoded((name.encode(), draw(UGLY_IN_ADDRESS)) for name in names)


@pytest.mark.parametrize("endpoint", GETS)
@settings(max_examples=LONGER or 5, **HUNT)
@given(data=st.data())
def test_no_address_breaks_the_hub(found, endpoint, data):
    role = data.draw(st.sampled_from(ROLES))
    address = found.stage.address(endpoint, "GET", role)
    if data.draw(st.integers(0, 3)) == 0:
        address = without_name(address, data.draw(UGLY_IN_ADDRESS))
    query = data.draw(queries(found.asked)).decode()
    answer = found.stage.client(role).get(f"{address}?{query}", buffered=True)
    assert_sane(answer, endpoint, f"{endpoint} as {role}")


def without_name(address: str, ugly: bytes) -> str:
    """The address with this as its last part."""
    return f"{address.rpartition('/')[0]}/{quote_from_bytes(ugly, safe='')}"


@pytest.mark.parametrize("endpoint", [name for name in POSTS if name not in IN_JSON])
@settings(max_examples=LONGER or 8, **HUNT)
@given(data=st.data())
def test_no_form_breaks_the_hub(found, endpoint, data):
    stage = found.stage
    role = data.draw(st.sampled_from(ROLES if LONGER else ROLES[1:]))
    address = stage.address(endpoint, "POST", role)
    body, kind = data.draw(bodies(found.forms.get(endpoint, {}), stage.fresh))
    client = stage.client(role)
    answer = client.post(address, data=body, content_type=kind, buffered=True)
    assert_sane(answer, endpoint, f"{endpoint} as {role}")
    if answer.status_code == 303 and answer.location.startswith("/"):
        shown = client.get(answer.location, buffered=True)
        assert_sane(shown, "", f"{answer.location} after {endpoint} as {role}")


def assert_sane(answer: TestResponse, endpoint: str, told: str) -> None:
    if not (answer.status_code == UNREACHABLE and endpoint in WITHOUT_PROVIDER):
        assert answer.status_code < 500, f"{told}: {answer.status}"
    if answer.mimetype == "text/html" and answer.data.lstrip().startswith(b"<!doctype"):
        checked(answer.text)
        if answer.status_code == 422:
            assert says_what_is_wrong(answer), f"{told} says nothing of what is wrong"
    elif answer.mimetype == "application/atom+xml":
        etree.fromstring(answer.data)
    elif answer.is_json:
        json.loads(answer.data)


def says_what_is_wrong(answer: TestResponse) -> bool:
    """Beside the fields or, on a page without a form, in its words."""
    page = checked(answer.text)
    marked = page.xpath("//*[contains(@class, 'notice') or contains(@class, '__error')]")
    return bool(marked or (page.xpath("//main//p") and not page.xpath("//main//form")))
