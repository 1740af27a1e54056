"""Signing in with an account at an OpenID provider: a good one, a hostile one, and none."""

import os
import threading
import time
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
import requests
from flask import Flask
from flask.testing import FlaskClient
from structlog.testing import capture_logs
from werkzeug.test import TestResponse

from hub.accounts.models import Identity, Person, Role, SignIn
from hub.accounts.pseudonyms import key_of
from hub.clock import now
from hub.config import MissingSetting, settings
from hub.extensions import db
from hub.mail.models import Mail
from hub.provider import connection
from hub.provider.models import UsedState
from tests.hub.conftest import checked, make_app
from tests.hub.openid_provider import Provider, new_key, openid_provider
from tests.hub.people import People
from tests.hub.tables import empty_tables

BACK = "/sign-in/provider/back"
FINISH = "/sign-in/provider/finish"
ADDRESS = "http://127.0.0.1:8000"
CONFIRMED = {"email": "alice@example.org", "email_verified": True}


def app_for(folder: Path, issuer: str, **overrides: object) -> Flask:
    app = make_app(
        folder,
        OIDC_ISSUER=issuer,
        OIDC_CLIENT_ID="the-hub",
        OIDC_CLIENT_SECRET="of the hub",
        OIDC_NAME="Police ID",
        **overrides,
    )
    with app.app_context():
        empty_tables()
    return app


@pytest.fixture
def provider() -> Iterator[Provider]:
    with openid_provider() as provider:
        yield provider


@pytest.fixture
def app(tmp_path: Path, provider: Provider) -> Iterator[Flask]:
    app = app_for(tmp_path, provider.issuer)
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def browser(client: FlaskClient) -> FlaskClient:
    return client


def begin(browser: FlaskClient, target: str = "", path: str = "/sign-in/provider") -> str:
    """Sets out; the address at the provider."""
    response = browser.post(path, data={"next": target})
    assert response.status_code == 200, response.text
    (url,) = checked(response.text).xpath("//main//a/@href")
    assert response.headers["Refresh"] == f"0; url={url}"
    return str(url)


def come_back(
    browser: FlaskClient, provider: Provider, target: str = "", path: str = "/sign-in/provider"
) -> TestResponse:
    """The whole way there and back."""
    return browser.get(BACK, query_string=provider.consent(begin(browser, target, path)))


def sign_up(browser: FlaskClient, provider: Provider, name: str = "Alice") -> TestResponse:
    assert come_back(browser, provider).headers["Location"] == FINISH
    return browser.post(FINISH, data={"pseudonym": name})


def is_signed_in(browser: FlaskClient) -> bool:
    return browser.get("/account").status_code == 200


def people_in(app: Flask) -> list[Person]:
    with app.app_context():
        return db.session.query(Person).order_by(Person.id).all()


def link_identity(app: Flask, person_id: int, issuer: str, subject: str = "alice") -> int:
    with app.app_context():
        identity = Identity(person_id=person_id, issuer=issuer, subject=subject, created_at=now())
        db.session.add(identity)
        db.session.commit()
        return identity.id


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of the package, about Authlib
def test_with_the_provider_of_the_package_one_signs_up_and_in_again(app: Flask) -> None:
    import oidc_provider_mock

    user = oidc_provider_mock.User(
        sub="alice", claims={"email": "alice@example.org", "email_verified": True}
    )
    with oidc_provider_mock.run_server_in_thread(require_nonce=True, user_claims=[user]) as server:
        app.config["OIDC_ISSUER"] = f"http://localhost:{server.server_port}"
        browser = app.test_client()
        assert browser.get(agreed(begin(browser))).headers["Location"] == FINISH
        page = checked(browser.get(FINISH).text)
        assert "alice@example.org" in page.text_content()
        response = browser.post(FINISH, data={"pseudonym": "Alice"})
        assert response.status_code == 303
        assert is_signed_in(browser)
        (person,) = people_in(app)
        assert (person.pseudonym, person.email, person.password_hash) == (
            "Alice",
            "alice@example.org",
            "",
        )
        again = app.test_client()
        assert (
            again.get(agreed(begin(again, "/account/data"))).headers["Location"] == "/account/data"
        )
        assert is_signed_in(again)
        assert len(people_in(app)) == 1
        denied = requests.post(
            begin(again), data={"action": "deny"}, allow_redirects=False, timeout=5
        )
        assert again.get(path_of(denied.headers["Location"])).status_code == 400


def agreed(url: str) -> str:
    """What the browser is sent back to after somebody agreed at the provider of the package."""
    response = requests.post(url, data={"sub": "alice"}, allow_redirects=False, timeout=5)
    assert response.status_code == 302, response.text
    return path_of(response.headers["Location"])


def path_of(url: str) -> str:
    parts = urlsplit(url)
    assert f"{parts.scheme}://{parts.netloc}{parts.path}" == ADDRESS + BACK
    return f"{parts.path}?{parts.query}"


def test_what_is_asked_of_the_provider(
    app: Flask, browser: FlaskClient, provider: Provider
) -> None:
    url = begin(browser)
    assert url.startswith(f"{provider.issuer}/authorize?")
    asked = dict(parse_qsl(urlsplit(url).query))
    assert asked["redirect_uri"] == ADDRESS + BACK
    assert (asked["response_type"], asked["scope"]) == ("code", "openid email")
    assert asked["code_challenge_method"] == "S256"
    assert len(asked["code_challenge"]) == 43
    assert len(asked["state"]) >= 20
    assert len(asked["nonce"]) >= 20
    assert "prompt" not in asked
    again = dict(parse_qsl(urlsplit(begin(browser)).query))
    for name in ("state", "nonce", "code_challenge"):
        assert again[name] != asked[name]
    browser.get(BACK, query_string=provider.consent(begin(browser)))
    (sent,) = provider.tokens
    assert len(sent["code_verifier"]) >= 43
    assert sent["redirect_uri"] == ADDRESS + BACK


def test_the_way_back_is_that_of_the_settings_whatever_host_was_named(
    browser: FlaskClient,
) -> None:
    response = browser.post("/sign-in/provider", headers={"Host": "evil.example"})
    assert "evil.example" not in response.headers["Refresh"]


def test_a_first_sign_in_asks_for_a_name_and_makes_a_person(
    app: Flask, browser: FlaskClient, provider: Provider
) -> None:
    provider.claims = CONFIRMED
    response = sign_up(browser, provider)
    assert response.status_code == 303
    (person,) = people_in(app)
    assert person.email == "alice@example.org"
    with app.app_context():
        (identity,) = db.session.query(Identity)
        assert (identity.issuer, identity.subject) == (provider.issuer, "alice")
        (sign_in,) = db.session.query(SignIn)
        assert (sign_in.method, sign_in.strong_at) == ("provider", None)


def test_before_a_name_is_chosen_nobody_is_made(
    app: Flask, browser: FlaskClient, provider: Provider
) -> None:
    assert come_back(browser, provider).headers["Location"] == FINISH
    assert people_in(app) == []
    assert not is_signed_in(browser)
    for name in ("", "x", "Admin", "\0", "x" * 10_000):
        assert browser.post(FINISH, data={"pseudonym": name}).status_code == 422
    assert people_in(app) == []


def test_a_name_that_is_taken_is_refused(
    app: Flask, browser: FlaskClient, provider: Provider, people: People
) -> None:
    people.add("Alice", pseudonym_key=key_of("Alice"))
    assert sign_up(browser, provider).status_code == 422
    assert browser.post(FINISH, data={"pseudonym": "Alice Two"}).status_code == 303


def test_the_address_may_be_told_elsewhere(
    app: Flask, browser: FlaskClient, provider: Provider
) -> None:
    provider.about = CONFIRMED
    sign_up(browser, provider)
    assert people_in(app)[0].email == "alice@example.org"


@pytest.mark.parametrize(
    "about",
    [
        {"email": "alice@example.org"},
        {"email": "alice@example.org", "email_verified": False},
        {"email": "alice@example.org", "email_verified": "true"},
        {"email": "alice@example.org", "email_verified": True, "sub": "mallory"},
        {"email": ["alice@example.org"], "email_verified": True},
        {"email": "\ud800@example.org", "email_verified": True},
        {"email": "no address", "email_verified": True},
        {"email": "\u212aate@example.org", "email_verified": True},
        {"email": "kate@\u212aelvin.example", "email_verified": True},
        {"email": "\u017fam@example.org", "email_verified": True},
        {"email": "\uff4bate@example.org", "email_verified": True},
        {"email": "\u0130x@example.org", "email_verified": True},
        {"email": "fu\u00dfball@example.org", "email_verified": True},
        {"email": "e\u0301va@example.org", "email_verified": True},
        {},
    ],
)
def test_an_address_that_is_not_confirmed_is_not_taken_over(
    app: Flask, browser: FlaskClient, provider: Provider, about: dict[str, Any]
) -> None:
    provider.about = about
    assert sign_up(browser, provider).status_code == 303
    assert people_in(app)[0].email is None


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        ("Alice@Example.ORG", "alice@example.org"),
        ("\u00e9va@example.org", "\u00e9va@example.org"),
        ("anna@m\u00fcnchen.example", "anna@m\u00fcnchen.example"),
    ],
)
def test_a_confirmed_address_is_taken_over_in_small_letters(
    app: Flask, browser: FlaskClient, provider: Provider, told: str, kept: str
) -> None:
    provider.about = {"email": told, "email_verified": True}
    sign_up(browser, provider)
    assert people_in(app)[0].email == kept


def test_an_address_that_looks_like_anothers_tells_nothing_of_theirs(
    app: Flask, browser: FlaskClient, provider: Provider, people: People
) -> None:
    people.add("Kate")
    provider.about = {"email": "\u212aate@example.org", "email_verified": True}
    come_back(browser, provider)
    assert "already" not in checked(browser.get(FINISH).text).text_content()


def test_an_address_that_somebody_has_links_nobody(
    app: Flask, browser: FlaskClient, provider: Provider, people: People
) -> None:
    owner = people.add("Owner", email="alice@example.org")
    provider.claims = CONFIRMED
    assert come_back(browser, provider).headers["Location"] == FINISH
    page = checked(browser.get(FINISH).text)
    assert "There is an account with your address already" in page.text_content()
    assert page.xpath("//a[@href='/sign-in?next=/account/provider']")
    assert not is_signed_in(browser)
    browser.post(FINISH, data={"pseudonym": "Second"})
    first, second = people_in(app)
    assert (first.id, first.email, second.email) == (owner, "alice@example.org", None)


def test_whether_an_address_is_known_is_not_told_who_has_not_confirmed_it(
    browser: FlaskClient, provider: Provider, people: People
) -> None:
    people.add("Owner", email="alice@example.org")
    provider.claims = {"email": "alice@example.org", "email_verified": False}
    come_back(browser, provider)
    assert "already" not in checked(browser.get(FINISH).text).text_content()


def test_people_are_found_by_issuer_and_subject(
    app: Flask, browser: FlaskClient, provider: Provider, people: People
) -> None:
    known = people.add("Known")
    other = people.add("Other")
    link_identity(app, known, provider.issuer)
    link_identity(app, other, "https://elsewhere.example", "bob")
    response = come_back(browser, provider, "/account/sign-ins")
    assert response.headers["Location"] == "/account/sign-ins"
    assert "Known" in browser.get("/account").text
    provider.subject = "bob"
    assert come_back(app.test_client(), provider).headers["Location"] == FINISH


def test_no_other_host_can_be_the_target(
    app: Flask, browser: FlaskClient, provider: Provider, people: People
) -> None:
    link_identity(app, people.add("Known"), provider.issuer)
    for target in ("https://evil.example/", "//evil.example", "/\\evil.example", "x" * 5_000):
        response = come_back(browser, provider, target)
        assert response.headers["Location"] == "/"


@pytest.mark.parametrize(
    ("claims", "is_strong"),
    [
        ({"amr": ["pwd", "mfa"]}, True),
        ({"acr": "https://refeds.org/profile/mfa"}, True),
        ({"amr": ["pwd"]}, False),
        ({"acr": "1"}, False),
        ({}, False),
    ],
)
def test_a_second_factor_there_counts_where_the_provider_says_so(
    app: Flask,
    browser: FlaskClient,
    provider: Provider,
    people: People,
    claims: Any,
    is_strong: bool,
) -> None:
    person_id = people.add("Known", Role.CURATOR, totp_secret="sealed")
    link_identity(app, person_id, provider.issuer)
    provider.claims = claims
    response = come_back(browser, provider)
    assert response.headers["Location"].startswith("/" if is_strong else "/sign-in/second")
    assert is_signed_in(browser) is is_strong
    with app.app_context():
        (sign_in,) = db.session.query(SignIn)
        assert (sign_in.strong_at is not None) is is_strong


def test_a_disabled_person_is_refused_in_words(
    app: Flask, browser: FlaskClient, provider: Provider, people: People
) -> None:
    link_identity(app, people.add("Known", disabled_at=now()), provider.issuer)
    response = come_back(browser, provider)
    assert response.status_code == 403
    assert "disabled" in checked(response.text).text_content()
    assert not is_signed_in(browser)


WRONG = {
    "another nonce": {"nonce": "another"},
    "no nonce": {"nonce": None},
    "another issuer": {"iss": "https://evil.example"},
    "no issuer": {"iss": None},
    "another audience": {"aud": "another-client"},
    "another audience, and us as party": {"aud": "another-client", "azp": "the-hub"},
    "two audiences and no party": {"aud": ["the-hub", "another-client"]},
    "another party": {"azp": "another-client"},
    "no audience": {"aud": None},
    "run out": {"exp": 1_000_000_000},
    "never runs out": {"exp": "never"},
    "no end": {"exp": None},
    "from the future": {"iat": 32_000_000_000},
    "another access token": {"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"},
    "no subject": {"sub": None},
    "an empty subject": {"sub": ""},
    "a number as subject": {"sub": 17},
    "a subject that cannot be kept": {"sub": "a\0b"},
    "half a character": {"sub": "a\ud800"},
    "a long subject": {"sub": "a" * 256},
    "methods that are no list": {"amr": "mfa"},
}


@pytest.mark.parametrize("what", WRONG)
def test_a_token_that_is_not_right_signs_nobody_in(
    app: Flask, browser: FlaskClient, provider: Provider, people: People, what: str
) -> None:
    link_identity(app, people.add("Known"), provider.issuer)
    provider.claims = WRONG[what]
    assert_refused(come_back(browser, provider), 502)
    assert not is_signed_in(browser)
    with app.app_context():
        assert db.session.query(SignIn).count() == 0


def assert_refused(response: TestResponse, status: int) -> None:
    assert response.status_code == status, response.text
    assert "Location" not in response.headers
    page = checked(response.text)
    assert "Traceback" not in response.text
    assert page.xpath("//main//a[@href='/sign-in']")


@pytest.mark.parametrize("how", ["tampered", "none", "HS256", "another key"])
def test_a_token_that_the_provider_did_not_sign_signs_nobody_in(
    app: Flask, browser: FlaskClient, provider: Provider, people: People, how: str
) -> None:
    link_identity(app, people.add("Known"), provider.issuer)
    provider.tampers = how == "tampered"
    provider.algorithm = how if how in ("none", "HS256") else "RS256"
    if how == "another key":
        provider.published = new_key()
    assert_refused(come_back(browser, provider), 502)
    assert not is_signed_in(browser)


def test_keys_that_were_changed_are_read_again(
    app: Flask, browser: FlaskClient, provider: Provider, people: People
) -> None:
    link_identity(app, people.add("Known"), provider.issuer)
    assert come_back(browser, provider).status_code == 303
    provider.key = new_key()
    assert come_back(app.test_client(), provider).status_code == 303


ANSWERS: dict[str, tuple[int, dict[str, str], bytes]] = {
    "garbage": (200, {}, b"<html>\xff"),
    "a list": (200, {}, b"[1]"),
    "null": (200, {}, b"null"),
    "a number": (200, {}, b"1" * 5_000),
    "nothing": (200, {}, b""),
    "an error": (400, {}, b'{"error": "invalid_grant", "error_description": "Ann Smith"}'),
    "deep": (200, {}, b"[" * 50_000),
    "a redirect": (302, {"Location": "http://127.0.0.1:9/"}, b""),
    "its own failure": (500, {}, b"oops"),
    "busy": (503, {"Retry-After": "5"}, b""),
    "too much": (200, {}, b" " * 1_100_000 + b"{}"),
}


@pytest.mark.parametrize("path", ["/.well-known/openid-configuration", "/token", "/jwks"])
@pytest.mark.parametrize("what", ANSWERS)
def test_whatever_it_answers_there_is_a_page_in_words(
    app: Flask, browser: FlaskClient, provider: Provider, path: str, what: str
) -> None:
    provider.answers[path] = ANSWERS[what]
    with capture_logs() as logs:
        if path.startswith("/.well-known"):
            response = browser.post("/sign-in/provider")
        else:
            response = come_back(browser, provider)
    status = 503 if what in ("its own failure", "busy", "too much") else 502
    assert_refused(response, status)
    assert "Ann Smith" not in response.text + str(logs)
    assert [entry for entry in logs if entry["event"] == "provider failed"]
    assert not is_signed_in(browser)
    provider.answers.clear()
    assert come_back(browser, provider).headers["Location"] == FINISH


def test_no_redirect_is_followed(app: Flask, browser: FlaskClient, provider: Provider) -> None:
    with openid_provider() as other:
        to_other = (307, {"Location": f"{other.issuer}/token"}, b"")
        provider.answers["/token"] = to_other
        assert_refused(come_back(browser, provider), 502)
        assert other.visits == []


@pytest.mark.parametrize(
    "metadata",
    [
        {"issuer": "https://evil.example"},
        {"issuer": None},
        {"token_endpoint": "http://evil.example/token"},
        {"jwks_uri": "file:///etc/passwd"},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"userinfo_endpoint": 17},
        {"token_endpoint": None},
        {"id_token_signing_alg_values_supported": ["none"]},
    ],
)
def test_a_discovery_document_that_is_not_right_leads_nowhere(
    browser: FlaskClient, provider: Provider, metadata: dict[str, Any]
) -> None:
    provider.metadata = metadata
    assert_refused(browser.post("/sign-in/provider"), 502)


def test_a_provider_that_is_down_is_said_to_be(
    app: Flask, browser: FlaskClient, provider: Provider
) -> None:
    app.config["OIDC_ISSUER"] = "http://127.0.0.1:9"
    response = browser.post("/sign-in/provider")
    assert_refused(response, 503)
    assert response.headers["Retry-After"] == "60"
    assert "Police ID does not answer" in checked(response.text).text_content()


def test_a_provider_that_hangs_is_given_up_and_holds_few(
    app: Flask, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "READ_SECONDS", 1.0)
    monkeypatch.setattr(connection, "SECONDS_FOR_A_LINE", 0.2)
    provider.delay = 3.0
    statuses: list[int] = []
    threads = [
        threading.Thread(
            target=lambda: statuses.append(app.test_client().post("/sign-in/provider").status_code)
        )
        for _ in range(8)
    ]
    began = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert statuses == [503] * 8
    assert time.monotonic() - began < 3
    assert len(provider.visits) <= 4


def test_while_the_provider_is_asked_others_can_write(
    app: Flask, provider: Provider, people: People
) -> None:
    browser = app.test_client()
    sent = provider.consent(begin(browser))
    provider.delay = 1.5
    thread = threading.Thread(target=lambda: browser.get(BACK, query_string=sent))
    thread.start()
    time.sleep(0.5)
    began = time.monotonic()
    people.add("Meanwhile")
    assert time.monotonic() - began < 1
    thread.join()


@pytest.mark.parametrize("error", ["access_denied", "server_error", "<script>", "x" * 5_000, ""])
def test_what_the_provider_says_of_an_error_is_put_in_our_words(
    browser: FlaskClient, provider: Provider, error: str
) -> None:
    sent = provider.consent(begin(browser))
    sent |= {"error": error, "error_description": "<b>Dear</b> Ann Smith"}
    response = browser.get(BACK, query_string=sent)
    assert_refused(response, 400)
    assert "Ann Smith" not in response.text
    assert "Police ID did not sign you in" in unescape(response.text)
    assert provider.visits.count("/token") == 0
    del sent["error"]
    assert_refused(browser.get(BACK, query_string=sent), 400)  # the journey is over


def test_a_state_works_once(app: Flask, provider: Provider, people: People) -> None:
    link_identity(app, people.add("Known"), provider.issuer)
    browser = app.test_client()
    sent = provider.consent(begin(browser))
    cookie = browser.get_cookie("hub_session")
    assert cookie
    assert browser.get(BACK, query_string=sent).status_code == 303
    assert_refused(app.test_client().get(BACK, query_string=sent), 400)
    thief = app.test_client()  # who has copied the cookie and the address of the way back
    thief.set_cookie("hub_session", cookie.value, domain="localhost")
    assert_refused(thief.get(BACK, query_string=sent), 400)
    assert provider.visits.count("/token") == 1


def test_of_two_that_come_back_at_once_one_is_let_in(
    app: Flask, provider: Provider, people: People
) -> None:
    link_identity(app, people.add("Known"), provider.issuer)
    browser = app.test_client()
    sent = provider.consent(begin(browser))
    cookie = browser.get_cookie("hub_session")
    assert cookie
    copies = [app.test_client() for _ in range(4)]
    for copy in copies:
        copy.set_cookie("hub_session", cookie.value, domain="localhost")
    statuses = at_once([lambda c=copy: c.get(BACK, query_string=sent) for copy in copies])
    assert sorted(statuses) == [303, 400, 400, 400]


def at_once(calls: list[Any]) -> list[int]:
    statuses: list[int] = []
    start = threading.Barrier(len(calls))

    def go(call: Any) -> None:
        start.wait()
        statuses.append(call().status_code)

    threads = [threading.Thread(target=go, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return statuses


def test_the_state_of_another_browser_is_worth_nothing(
    app: Flask, browser: FlaskClient, provider: Provider
) -> None:
    sent = provider.consent(begin(app.test_client()))
    assert_refused(browser.get(BACK, query_string=sent), 400)
    begin(browser)
    assert_refused(browser.get(BACK, query_string=sent), 400)
    assert provider.visits.count("/token") == 0


@pytest.mark.parametrize(
    "sent", [{}, {"state": ""}, {"state": "x" * 5_000, "code": "y"}, {"code": "y"}, {"state": "ü"}]
)
def test_who_comes_from_nowhere_goes_nowhere(
    browser: FlaskClient, provider: Provider, sent: dict[str, str]
) -> None:
    assert_refused(browser.get(BACK, query_string=sent), 400)
    assert_refused(browser.get(FINISH), 400)
    assert_refused(browser.post(FINISH, data={"pseudonym": "Alice"}), 400)
    assert provider.visits == []


@pytest.mark.parametrize("code", ["", "x" * 5_000])
def test_a_code_that_is_none_asks_nobody(
    browser: FlaskClient, provider: Provider, code: str
) -> None:
    sent = {**provider.consent(begin(browser)), "code": code}
    assert_refused(browser.get(BACK, query_string=sent), 502)
    assert provider.visits.count("/token") == 0


def test_a_journey_takes_ten_minutes_at_most(
    browser: FlaskClient, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = provider.consent(begin(browser))
    later = time.time() + 601
    with monkeypatch.context() as patched:
        patched.setattr("hub.provider.journey.time.time", lambda: later)
        assert_refused(browser.get(BACK, query_string=sent), 400)
    assert come_back(browser, provider).headers["Location"] == FINISH
    monkeypatch.setattr("hub.provider.journey.time.time", lambda: later)
    assert_refused(browser.post(FINISH, data={"pseudonym": "Alice"}), 400)


def test_two_first_sign_ins_at_once_make_one_person(app: Flask, provider: Provider) -> None:
    browsers = [app.test_client() for _ in range(3)]
    for browser in browsers:
        come_back(browser, provider)
    statuses = at_once(
        [
            lambda b=browser, n=number: b.post(FINISH, data={"pseudonym": f"Alice {'abc'[n]}"})
            for number, browser in enumerate(browsers)
        ]
    )
    assert statuses == [303] * 3
    assert len(people_in(app)) == 1
    assert all(is_signed_in(browser) for browser in browsers)
    with app.app_context():
        assert db.session.query(Identity).count() == 1


def test_used_states_are_forgotten_and_hold_only_digests(
    app: Flask, browser: FlaskClient, provider: Provider
) -> None:
    sent = provider.consent(begin(browser))
    browser.get(BACK, query_string=sent)
    with app.app_context():
        (used,) = db.session.query(UsedState)
        assert used.digest != sent["state"]
        used.expires_at = now()
        db.session.commit()
    come_back(browser, provider)
    with app.app_context():
        assert db.session.query(UsedState).count() == 1


def test_one_links_an_account_and_signs_in_with_it(
    app: Flask, provider: Provider, people: People
) -> None:
    person_id = people.add("Ada", password=True)
    browser = people.client(person_id)
    url = begin(browser, path="/account/provider/link")
    assert dict(parse_qsl(urlsplit(url).query))["prompt"] == "login"
    response = browser.get(BACK, query_string=provider.consent(url))
    assert response.headers["Location"] == "/account/provider"
    assert "alice" in checked(browser.get("/account/provider").text).text_content()
    with app.app_context():
        assert db.session.query(Mail).filter_by(kind="provider-changed").count() == 1
    other = app.test_client()
    assert come_back(other, provider).status_code == 303
    assert "Ada" in other.get("/account").text


def test_an_account_that_is_somebody_elses_is_not_linked(
    app: Flask, provider: Provider, people: People
) -> None:
    owner = people.add("Owner")
    link_identity(app, owner, provider.issuer)
    browser = people.client(people.add("Thief", password=True))
    response = come_back(browser, provider, path="/account/provider/link")
    assert response.status_code == 409
    checked(response.text)
    with app.app_context():
        assert db.session.query(Identity).one().person_id == owner


def test_what_one_began_to_link_is_not_linked_to_who_is_signed_in_by_then(
    app: Flask, provider: Provider, people: People
) -> None:
    browser = people.client(people.add("Ada", password=True))
    sent = provider.consent(begin(browser, path="/account/provider/link"))
    cookie = people.client(people.add("Bea")).get_cookie("hub_sign_in")
    assert cookie
    browser.set_cookie("hub_sign_in", cookie.value, domain="localhost")
    assert browser.get(BACK, query_string=sent).status_code == 400
    browser.delete_cookie("hub_sign_in", domain="localhost")
    with app.app_context():
        assert db.session.query(Identity).count() == 0


def test_linking_needs_a_fresh_proof(app: Flask, provider: Provider, people: People) -> None:
    stale = people.client(people.add("Ada", password=True), is_fresh=False)
    for path in ("/account/provider/link", "/account/provider/1/unlink"):
        assert stale.post(path).headers["Location"].startswith("/account/confirm")
        assert app.test_client().post(path).headers["Location"].startswith("/sign-in?")
    assert app.test_client().get("/account/provider").headers["Location"].startswith("/sign-in?")


def test_the_only_way_in_cannot_be_unlinked(app: Flask, provider: Provider, people: People) -> None:
    for fields in ({}, {"password": True, "email": None}):
        person_id = people.add(f"Ada {len(fields)}", **fields)  # type: ignore[arg-type]
        identity = link_identity(app, person_id, provider.issuer, f"s{person_id}")
        browser = people.client(person_id)
        assert not checked(browser.get("/account/provider").text).xpath(
            "//form[contains(@action, 'unlink')]"
        )
        browser.post(f"/account/provider/{identity}/unlink")
        with app.app_context():
            assert db.session.get(Identity, identity)


def test_with_a_password_it_can_be_unlinked(app: Flask, provider: Provider, people: People) -> None:
    person_id = people.add("Ada", password=True)
    identity = link_identity(app, person_id, provider.issuer)
    stranger = people.client(people.add("Bea", password=True))
    assert stranger.post(f"/account/provider/{identity}/unlink").status_code == 404
    browser = people.client(person_id)
    assert browser.post(f"/account/provider/{identity}/unlink").status_code == 303
    with app.app_context():
        assert db.session.get(Identity, identity) is None
    assert come_back(app.test_client(), provider).headers["Location"] == FINISH


def test_who_is_signed_in_proves_afresh_who_they_are(
    app: Flask, provider: Provider, people: People
) -> None:
    person_id = people.add("Ada")
    link_identity(app, person_id, provider.issuer)
    browser = people.client(person_id, is_fresh=False)
    url = begin(browser, "/account/data/erase")
    asked = dict(parse_qsl(urlsplit(url).query))
    assert (asked["prompt"], asked["max_age"]) == ("login", "0")
    response = browser.get(BACK, query_string=provider.consent(url))
    assert response.headers["Location"] == "/account/data/erase"
    assert browser.get("/account/data/erase").status_code == 200
    assert people.sign_ins(person_id) == 1


# When the provider says that it asked who it is, in seconds from now; None: it does not say.
NOT_ANEW: list[float | None] = [None, 0, -86_400, -120, 86_400, 10**400, float("nan")]


def said_at(moment: float | None) -> dict[str, Any]:
    return {"auth_time": time.time() + moment if moment and abs(moment) < 10**9 else moment}


@pytest.mark.parametrize("moment", NOT_ANEW)
def test_who_was_not_asked_anew_has_proven_nothing(
    app: Flask, provider: Provider, people: People, moment: float | None
) -> None:
    """The browser takes out of the address what asks the provider to ask."""
    person_id = people.add("Ada")
    link_identity(app, person_id, provider.issuer)
    browser = people.client(person_id, is_fresh=False)
    url = begin(browser).replace("&prompt=login", "").replace("&max_age=0", "")
    provider.claims = said_at(moment)
    response = browser.get(BACK, query_string=provider.consent(url))
    assert response.status_code == 403
    assert "did not ask you again who you are" in checked(response.text).text_content()
    assert is_signed_in(browser)
    assert browser.get("/account/data/erase").headers["Location"].startswith("/account/confirm")
    assert people.sign_ins(person_id) == 1


def test_an_account_is_linked_by_who_was_asked_anew(
    app: Flask, provider: Provider, people: People
) -> None:
    browser = people.client(people.add("Ada", password=True))
    provider.claims = said_at(-3_600)
    assert come_back(browser, provider, path="/account/provider/link").status_code == 403
    with app.app_context():
        assert db.session.query(Identity).count() == 0


@pytest.mark.parametrize("methods", [["pwd"], ["mfa"]])
@pytest.mark.parametrize(
    ("moment", "is_fresh"),
    [*((moment, False) for moment in (None, 0, -1_000, 86_400)), (-30, True), (30, True)],
)
def test_a_sign_in_is_as_fresh_as_the_provider_says(
    app: Flask,
    browser: FlaskClient,
    provider: Provider,
    people: People,
    moment: float | None,
    is_fresh: bool,
    methods: list[str],
) -> None:
    link_identity(app, people.add("Ada"), provider.issuer)
    provider.claims = {**said_at(moment), "amr": methods}
    assert come_back(browser, provider).status_code == 303
    assert is_signed_in(browser)
    assert (browser.get("/account/data/erase").status_code == 200) is is_fresh
    with app.app_context():
        confirmed_at = db.session.query(SignIn).one().confirmed_at
        assert confirmed_at is None or confirmed_at <= now()


def test_a_first_sign_in_is_as_fresh_as_the_provider_says(
    browser: FlaskClient, provider: Provider
) -> None:
    sign_up(browser, provider)
    assert is_signed_in(browser)
    assert browser.get("/account/data/erase").headers["Location"].startswith("/account/confirm")


def test_a_time_that_is_no_number_proves_nothing(
    app: Flask, browser: FlaskClient, provider: Provider, people: People
) -> None:
    link_identity(app, people.add("Ada"), provider.issuer)
    provider.claims = {"auth_time": "now"}
    assert_refused(come_back(browser, provider), 502)


def test_the_sign_in_page_offers_it_and_the_profile_leads_there(
    app: Flask, client: FlaskClient, people: People
) -> None:
    page = checked(client.get("/sign-in").text)
    assert page.xpath("//form[@action='/sign-in/provider']//button/text()") == [
        "Sign in with Police ID"
    ]
    profile = checked(people.client(people.add("Ada")).get("/account/profile").text)
    assert profile.xpath("//a[@href='/account/provider']")


def test_without_a_provider_there_is_nothing_of_it(tmp_path: Path) -> None:
    app = make_app(tmp_path / "other")
    client = app.test_client()
    assert client.post("/sign-in/provider").status_code == 404
    assert "provider" not in client.get("/sign-in").text


GOOD = {
    "HUB_OIDC_ISSUER": "https://id.example.org/realm",
    "HUB_OIDC_CLIENT_ID": "hub",
    "HUB_OIDC_CLIENT_SECRET": "secret",
    "HUB_ADDRESS": "https://hub.example.org",
    "HUB_SECRET_KEY": "x",
}


def test_the_settings(tmp_path: Path) -> None:
    made = settings({**GOOD, "HUB_DATA": str(tmp_path)})
    assert made["OIDC_NAME"] == "id.example.org"
    named = settings({**GOOD, "HUB_DATA": str(tmp_path), "HUB_OIDC_NAME": "Police ID"})
    assert named["OIDC_NAME"] == "Police ID"
    assert settings({"HUB_DATA": str(tmp_path), "HUB_SECRET_KEY": "x"})["OIDC_ISSUER"] == ""


@pytest.mark.parametrize(
    "wrong",
    [
        {"HUB_OIDC_ISSUER": "http://id.example.org"},
        {"HUB_OIDC_ISSUER": "http://10.0.0.1"},
        {"HUB_OIDC_ISSUER": "http://localhost.evil.example"},
        {"HUB_OIDC_ISSUER": "https://id.example.org/?x"},
        {"HUB_OIDC_ISSUER": "id.example.org"},
        {"HUB_OIDC_ISSUER": "https://[::1"},
        {"HUB_OIDC_CLIENT_ID": ""},
        {"HUB_OIDC_CLIENT_SECRET": ""},
        {"HUB_ADDRESS": "", "HUB_ENV": "production"},
    ],
)
def test_settings_that_are_not_right_are_said_at_the_start(
    tmp_path: Path, wrong: dict[str, str]
) -> None:
    with pytest.raises(MissingSetting, match=r"HUB_(OIDC|ADDRESS)"):
        settings({**GOOD, "HUB_DATA": str(tmp_path), **wrong})


@pytest.mark.parametrize("issuer", ["http://127.0.0.1:9", "http://localhost:9", "http://[::1]:9"])
def test_a_provider_on_this_machine_needs_no_tls(tmp_path: Path, issuer: str) -> None:
    made = settings({**GOOD, "HUB_DATA": str(tmp_path), "HUB_OIDC_ISSUER": issuer})
    assert made["OIDC_ISSUER"] == issuer


def test_the_libraries_are_loaded_when_somebody_comes(tmp_path: Path) -> None:
    import subprocess
    import sys

    code = "import sys; from wsgi import app; print('authlib' in sys.modules)"
    environ = {**os.environ, **GOOD, "HUB_DATA": str(tmp_path), "HUB_ENV": "local"}
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=environ, check=False
    )
    assert run.stdout.strip().endswith("False"), run.stderr
