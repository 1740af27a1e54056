"""Passkeys: registered, proven, and refused where anything about the answer is wrong."""

import copy
import json
import threading
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from structlog.testing import capture_logs
from werkzeug.test import TestResponse

from hub.accounts.models import Passkey, SignIn
from hub.accounts.visitor import visitor
from hub.extensions import db, limiter
from hub.second_factor import passkeys, rules
from hub.second_factor.passkeys import Ceremony
from tests.hub.authenticator import USER_VERIFIED, Authenticator
from tests.hub.conftest import checked
from tests.hub.people import PASSWORD, People

HOME = "/account/second-factor"
QUESTION, ANSWER = "/second-factor/passkey/question", "/second-factor/passkey/answer"


@pytest.fixture(autouse=True)
def counters(app: Flask) -> None:
    with app.app_context():
        limiter.reset()


@pytest.fixture
def anna(people: People) -> int:
    return people.add("Anna", password=True)


@pytest.fixture
def key(people: People, anna: int) -> Authenticator:
    """A passkey that Anna has registered."""
    device = Authenticator()
    assert register(people.client(anna), device).status_code == 200
    return device


def register(client: FlaskClient, device: Authenticator, **changed: Any) -> TestResponse:
    asked = client.post(f"{HOME}/passkeys/question")
    assert asked.status_code == 200, asked.text
    sent = {"credential": device.create(asked.json, **changed), "name": "Key ring"}
    return client.post(f"{HOME}/passkeys", json=sent)


def half_signed_in(app: Flask) -> FlaskClient:
    client = app.test_client()
    client.post("/sign-in", data={"email": "anna@example.org", "password": PASSWORD})
    return client


def question(client: FlaskClient) -> dict[str, Any]:
    asked = client.post(QUESTION)
    assert asked.status_code == 200, asked.text
    return asked.json


def answer(client: FlaskClient, credential: object, next_page: str = "/library") -> TestResponse:
    return client.post(ANSWER, json={"credential": credential, "next": next_page})


def is_signed_in(client: FlaskClient) -> bool:
    return client.get("/account").status_code == 200


def kept(app: Flask) -> list[Passkey]:
    with app.app_context():
        return list(db.session.scalars(select(Passkey).order_by(Passkey.id)))


def is_refused(said: TestResponse, status: int = 422) -> bool:
    return said.status_code == status and said.json["error"]["explanation"].endswith(".")


# --- Registering


def test_a_passkey_is_registered_and_recovery_codes_are_shown(
    app: Flask, people: People, anna: int
) -> None:
    client = people.client(anna, is_strong=False)
    said = register(client, device := Authenticator())
    assert said.json == {"next": f"{HOME}/codes"}
    assert len(checked(client.get(f"{HOME}/codes").text).xpath("//ol/li/code")) == 10
    (passkey,) = kept(app)
    assert (passkey.name, passkey.credential_id) == ("Key ring", device.credential_id)
    assert "Key ring" in checked(client.get(HOME).text).text_content()
    assert register(client, Authenticator()).json == {"next": HOME}
    with client:
        client.get("/account")
        assert visitor().sign_in.strong_at  # having it in hand is the proof


def test_the_question_names_the_hub_and_no_person(people: People, anna: int, key) -> None:
    asked = people.client(anna).post(f"{HOME}/passkeys/question").json
    assert asked["rp"]["id"] == "localhost"
    assert asked["user"]["name"] == "Anna"
    assert "example.org" not in json.dumps(asked)
    assert asked["authenticatorSelection"]["userVerification"] == "preferred"
    assert asked["attestation"] == "none"
    assert len(asked["excludeCredentials"]) == 1


@pytest.mark.parametrize(
    "changed",
    [
        {"origin": "https://evil.example"},
        {"origin": "http://localhost:8001"},
        {"challenge": "AAAA"},
        {"type": "webauthn.get"},
    ],
)
def test_a_forged_registration_is_refused(
    app: Flask, people: People, anna: int, changed: dict[str, str]
) -> None:
    assert is_refused(register(people.client(anna), Authenticator(), **changed))
    assert not kept(app)


def test_a_challenge_registers_once(app: Flask, people: People, anna: int) -> None:
    client = people.client(anna)
    asked = client.post(f"{HOME}/passkeys/question").json
    first = {"credential": Authenticator().create(asked)}
    assert client.post(f"{HOME}/passkeys", json=first).status_code == 200
    assert is_refused(
        client.post(f"{HOME}/passkeys", json={"credential": Authenticator().create(asked)})
    )
    assert len(kept(app)) == 1


def test_a_wrong_answer_uses_the_challenge_up_too(app: Flask, people: People, anna: int) -> None:
    client = people.client(anna)
    asked = client.post(f"{HOME}/passkeys/question").json
    assert is_refused(client.post(f"{HOME}/passkeys", json={"credential": {}}))
    right = {"credential": Authenticator().create(asked)}
    assert is_refused(client.post(f"{HOME}/passkeys", json=right))
    assert not kept(app)


def test_the_same_passkey_is_registered_once(people: People, anna: int, key) -> None:
    assert is_refused(register(people.client(anna), key), 409)
    assert is_refused(register(people.signed_in("Boris"), key), 409)


def test_ten_passkeys_are_enough(app: Flask, people: People, anna: int) -> None:
    client = people.client(anna)
    for _ in range(rules.MOST_PASSKEYS):
        assert register(client, Authenticator()).status_code == 200
    assert is_refused(client.post(f"{HOME}/passkeys/question"), 409)
    assert "as many passkeys as there may be" in checked(client.get(HOME).text).text_content()


def test_a_passkey_is_renamed_and_removed_by_its_owner_alone(
    app: Flask, people: People, anna: int, key
) -> None:
    client, page = people.client(anna), f"{HOME}/passkeys/{kept(app)[0].id}"
    stranger = people.signed_in("Boris")
    assert stranger.get(page).status_code == 404
    assert stranger.post(page, data={"name": "Mine"}).status_code == 404
    assert stranger.post(f"{page}/remove").status_code == 404
    checked(client.get(page).text)
    for wrong in ("", " ", "x" * 61, "a\0b", "a\u202eb"):
        assert client.post(page, data={"name": wrong}).status_code == 422
    assert client.post(page, data={"name": "Safe"}).location == HOME
    assert kept(app)[0].name == "Safe"
    assert client.post(f"{page}/remove").location == HOME
    assert not kept(app)
    assert client.post(f"{page}/remove").status_code == 404


def test_the_last_passkey_of_an_officer_stays_however_many_ask_at_once(
    app: Flask, people: People
) -> None:
    officer = people.add("Omar", lea=True)
    first, second = people.client(officer), None
    for _ in range(2):
        assert register(first, Authenticator()).status_code == 200
    second = people.client(officer)
    pages = [f"{HOME}/passkeys/{passkey.id}/remove" for passkey in kept(app)]
    threads = [
        threading.Thread(target=client.post, args=(page,))
        for client, page in zip((first, second), pages, strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(kept(app)) == 1
    (left,) = kept(app)
    browser = people.client(officer)
    browser.post(f"{HOME}/passkeys/{left.id}/remove")
    assert "needs a second factor" in checked(browser.get(HOME).text).text_content()
    assert len(kept(app)) == 1


def test_the_page_says_what_it_needs_and_offers_the_app(people: People, anna: int) -> None:
    page = checked(people.client(anna).get(f"{HOME}/passkeys/new").text)
    assert "needs a browser that runs scripts" in page.text_content()
    assert page.xpath(f"//main//a[@href='{HOME}/app']")
    assert page.xpath("//*[@data-passkey-with][@hidden]")


def test_there_are_no_passkeys_under_an_address_in_figures(people: People, anna: int) -> None:
    client = people.client(anna)
    key = client.get_cookie("hub_sign_in").value
    client.set_cookie("hub_sign_in", key, domain="127.0.0.1")
    said = client.post(f"{HOME}/passkeys/question", base_url="http://127.0.0.1")
    assert is_refused(said, 409)


# --- Proving


def test_a_passkey_completes_the_sign_in(app: Flask, key: Authenticator) -> None:
    client = half_signed_in(app)
    page = checked(client.get("/sign-in/second").text)
    assert page.xpath("//*[@data-passkey='prove']//button[@hidden]")
    asked = question(client)
    assert asked["rpId"] == "localhost"
    assert len(asked["allowCredentials"]) == 1
    before = client.get_cookie("hub_sign_in").value
    said = answer(client, key.get(asked))
    assert said.json == {"next": "/library"}
    assert client.get_cookie("hub_sign_in").value != before
    assert is_signed_in(client)
    assert kept(app)[0].sign_count == key.count
    assert kept(app)[0].used_at


def test_an_answer_works_once(app: Flask, key: Authenticator) -> None:
    first, second = half_signed_in(app), half_signed_in(app)
    given = key.get(question(first))
    question(second)
    assert is_refused(answer(second, given))
    assert answer(first, given).status_code == 200
    first.post("/sign-out")
    assert answer(first, given).status_code == 401
    third = half_signed_in(app)
    question(third)
    assert is_refused(answer(third, given))
    assert not is_signed_in(second)
    assert not is_signed_in(third)


@pytest.mark.parametrize(
    "changed",
    [
        {"origin": "https://evil.example"},
        {"origin": "http://localhost.evil.example"},
        {"origin": "https://localhost"},
        {"challenge": "AAAA"},
        {"type": "webauthn.create"},
        {"rp_id": "evil.example"},
    ],
)
def test_an_answer_from_elsewhere_is_refused(
    app: Flask, key: Authenticator, changed: dict[str, str]
) -> None:
    client = half_signed_in(app)
    assert is_refused(answer(client, key.get(question(client), **changed)))
    assert not is_signed_in(client)


def test_a_changed_signature_is_refused(app: Flask, key: Authenticator) -> None:
    client = half_signed_in(app)
    given = key.get(question(client))
    given["response"]["signature"] = given["response"]["signature"][:-6] + "AAAAAA"
    assert is_refused(answer(client, given))
    other = Authenticator(credential_id=key.credential_id)  # another key under the same name
    assert is_refused(answer(client, other.get(question(client))))
    assert not is_signed_in(client)


def test_the_passkey_of_somebody_else_is_refused(
    app: Flask, people: People, key: Authenticator
) -> None:
    register(people.signed_in("Boris"), other := Authenticator())
    client = half_signed_in(app)
    assert is_refused(answer(client, other.get(question(client))))


def test_a_copy_of_a_passkey_is_refused_and_noted(app: Flask, key: Authenticator) -> None:
    clone = copy.copy(key)
    client = half_signed_in(app)
    assert answer(client, key.get(question(client))).status_code == 200
    client = half_signed_in(app)
    with capture_logs() as logs:
        assert is_refused(answer(client, clone.get(question(client))))
    assert not is_signed_in(client)
    (noted,) = [entry for entry in logs if "there may be a copy of it" in entry["event"]]
    assert noted["passkey"] == kept(app)[0].id


def test_a_passkey_that_does_not_count_is_welcome(app: Flask, people: People, anna: int) -> None:
    register(people.client(anna), device := Authenticator(step=0))
    for _ in range(2):
        client = half_signed_in(app)
        assert answer(client, device.get(question(client))).status_code == 200


def test_somebody_must_be_there_but_need_not_be_verified(app: Flask, key: Authenticator) -> None:
    client = half_signed_in(app)
    key.flags = USER_VERIFIED
    assert is_refused(answer(client, key.get(question(client))))
    key.flags = 0x01
    assert answer(client, key.get(question(client))).status_code == 200


def test_a_challenge_is_for_its_ceremony_and_five_minutes(
    app: Flask, people: People, anna: int, key: Authenticator, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = people.client(anna)
    asked = client.post(f"{HOME}/passkeys/question").json
    assert is_refused(answer(client, key.get({"rpId": "localhost", **asked})))
    asked = question(client)
    monkeypatch.setattr(passkeys, "SECONDS_TO_ANSWER", -1)
    assert is_refused(answer(client, key.get(asked)))


def test_of_many_requests_exactly_one_takes_the_challenge(
    app: Flask, people: People, anna: int
) -> None:
    client = people.client(anna)
    client.post(f"{HOME}/passkeys/question")
    gate, taken = threading.Barrier(6), []

    def take() -> None:
        from hub.clock import now

        with app.test_request_context(method="GET"):
            sign_in = db.session.scalars(select(SignIn).where(SignIn.challenge != "")).one()
            db.session.expunge_all()
        gate.wait()
        with app.test_request_context(method="POST"):
            try:
                passkeys.take_challenge(db.session(), sign_in, Ceremony.REGISTER, now())
                taken.append(True)
            except passkeys.NotProven:
                taken.append(False)
            db.session.commit()

    threads = [threading.Thread(target=take) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(taken) == [False] * 5 + [True]


def test_a_passkey_confirms_afresh(app: Flask, people: People, anna: int, key) -> None:
    client = people.client(anna, is_strong=False, is_fresh=False)
    assert client.get(f"{HOME}/codes").status_code == 303
    assert answer(client, key.get(question(client)), f"{HOME}/codes").json["next"]
    assert client.get(f"{HOME}/codes").status_code == 200


@pytest.mark.parametrize("target", ["https://evil.example", "//evil.example", "\ud800", None, 7])
def test_nobody_is_led_to_another_host(app: Flask, key: Authenticator, target: object) -> None:
    client = half_signed_in(app)
    assert answer(client, key.get(question(client)), target).json == {"next": "/"}


# --- Whatever is sent


HOSTILE = [
    b"", b"null", b"[]", b'"x"', b"{", b"[" * 100_000, b'{"credential": null}', b"\xff\xfe",
    b'{"credential": []}', b'{"credential": {}}', b'{"credential": {"rawId": 7}}',
    b'{"credential": {"rawId": "\\ud800"}}', b'{"credential": {"id": "AA", "rawId": "AA"}}',
    b'{"credential": {"rawId": "' + b"A" * 100_000 + b'"}}',
    b'{"credential": {"rawId": "\\u0000"}}',
]  # fmt: skip


@pytest.mark.parametrize("body", HOSTILE)
def test_any_body_is_refused_in_words(app: Flask, people: People, anna: int, key, body) -> None:
    client = people.client(anna)
    for page in (ANSWER, f"{HOME}/passkeys"):
        client.post(QUESTION if page == ANSWER else f"{HOME}/passkeys/question")
        said = client.post(page, data=body, content_type="application/json")
        assert is_refused(said)


@pytest.mark.parametrize("part", ["clientDataJSON", "authenticatorData", "signature"])
@pytest.mark.parametrize(
    "value", ["", "AAAA", "!!", "\ud800", None, 7, [], "oWOhY6FjoWM", "_" * 9999]
)
def test_a_broken_part_is_refused(app: Flask, key: Authenticator, part: str, value) -> None:
    client = half_signed_in(app)
    given = key.get(question(client))
    given["response"][part] = value
    assert is_refused(answer(client, given))


@pytest.mark.parametrize("value", ["", "AAAA", "!!", None, 7, "oWOhY6FjoWM", "n5-fn5-f" * 4000])
def test_a_broken_attestation_is_refused(people: People, anna: int, value: object) -> None:
    client = people.client(anna)
    given = Authenticator().create(client.post(f"{HOME}/passkeys/question").json)
    given["response"]["attestationObject"] = value
    assert is_refused(client.post(f"{HOME}/passkeys", json={"credential": given}))


@pytest.mark.parametrize(
    ("name", "stored"),
    [
        ("", "Unknown"),
        ("x" * 99, "x" * 60),
        ("a\0b", ""),
        (None, ""),
        ([], ""),
        ("  Ring ", "Ring"),
    ],
)
def test_a_passkey_has_a_name_in_any_case(
    app: Flask, people: People, anna: int, name, stored
) -> None:
    client = people.client(anna)
    given = Authenticator().create(client.post(f"{HOME}/passkeys/question").json)
    said = client.post(f"{HOME}/passkeys", json={"credential": given, "name": name})
    assert said.status_code == 200
    assert rules.is_name(kept(app)[0].name)
    if stored in ("Ring", "x" * 60):
        assert kept(app)[0].name == stored


def test_who_has_not_signed_in_is_asked_nothing(client: FlaskClient) -> None:
    headers = {"Accept": "application/json"}
    for page in (QUESTION, ANSWER, f"{HOME}/passkeys/question", f"{HOME}/passkeys"):
        assert is_refused(client.post(page, json={}, headers=headers), 401)


def test_the_token_of_the_page_is_needed(app: Flask, people: People, anna: int) -> None:
    client = people.client(anna)
    app.config["WTF_CSRF_ENABLED"] = True
    headers = {"Accept": "application/json"}
    page = f"{HOME}/passkeys/question"
    assert is_refused(client.post(page, json={}, headers=headers), 400)
    shown = checked(client.get(f"{HOME}/passkeys/new").text)
    token = shown.xpath("//@data-token")[0]
    assert client.post(page, json={}, headers={**headers, "X-CSRFToken": token}).status_code == 200


@pytest.mark.parametrize(
    ("address", "name", "origin"),
    [
        ("https://hub.example.org", "hub.example.org", "https://hub.example.org"),
        ("https://hub.example.org:8443/base", "hub.example.org", "https://hub.example.org:8443"),
    ],
)
def test_in_production_passkeys_belong_to_the_address_of_the_hub(
    app: Flask, address: str, name: str, origin: str
) -> None:
    app.config.update(PRODUCTION=True, ADDRESS=address)
    with app.test_request_context(base_url="https://another.example"):
        assert passkeys.site() == passkeys.Site(name, origin)
    app.config.update(PRODUCTION=False)
    with app.test_request_context(base_url="http://localhost:8000"):
        assert passkeys.site() == passkeys.Site("localhost", "http://localhost:8000")
