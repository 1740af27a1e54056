"""Attempts to sign in are counted so that guessing stops and the owner still gets in."""

import threading

import pytest
from flask import Flask, Response

from hub.accounts import throttle
from hub.accounts.throttle import Attempt, LimitsUnavailable, network_of
from hub.config import MissingSetting, settings
from hub.extensions import limiter
from tests.hub.people import PASSWORD

ANNA = throttle.account_key_of("anna@example.org")


@pytest.fixture(autouse=True)
def context(app: Flask):
    with app.app_context():
        limiter.reset()
        yield
        limiter.reset()


def addresses():
    number = 0
    while True:
        number += 1
        yield f"10.0.{number // 250}.{number % 250}"


def allowed(attempts) -> int:
    """How many of them may be made before the first that must wait."""
    for count, attempt in enumerate(attempts):
        if throttle.seconds_to_wait(attempt):
            return count
    raise AssertionError("nothing stopped them")


def test_one_account_is_guessed_five_times_from_however_many_addresses() -> None:
    assert allowed(Attempt(ANNA, address) for address in addresses()) == 5


def test_one_address_guesses_twenty_times_at_however_many_accounts() -> None:
    assert allowed(Attempt(f"account {number}", "10.1.1.1") for number in range(99)) == 20


def test_everybody_together_guesses_three_hundred_times() -> None:
    attempts = (Attempt(f"account {n}", address) for n, address in enumerate(addresses()))
    assert allowed(attempts) == 300


def test_what_is_refused_to_one_address_leaves_the_others_their_attempts() -> None:
    for number in range(301):
        throttle.seconds_to_wait(Attempt(f"account {number % 30}", "203.0.113.9"))
    assert throttle.seconds_to_wait(Attempt(ANNA, "198.51.100.7")) == 0


def test_what_is_refused_on_one_account_leaves_its_address_the_others() -> None:
    for _ in range(99):
        throttle.seconds_to_wait(Attempt(ANNA, "10.1.1.1"))
    assert allowed(Attempt(f"account {number}", "10.1.1.1") for number in range(99)) == 15


def test_what_is_refused_to_an_address_is_not_counted_for_the_account() -> None:
    for number in range(20):
        throttle.seconds_to_wait(Attempt(f"account {number}", "10.1.1.1"))
    for _ in range(9):
        assert throttle.seconds_to_wait(Attempt(ANNA, "10.1.1.1")) > 0
    assert allowed(Attempt(ANNA, "10.2.2.2") for _ in range(9)) == 5


def test_one_address_that_posts_without_end_keeps_nobody_else_out(app: Flask, people) -> None:
    people.add("Anna", password=True)
    with app.app_context():
        rude = app.test_client()
        for number in range(301):
            fields = {"email": f"x{number % 30}@example.org", "password": "x" * 1_100}
            rude.post("/sign-in", data=fields, environ_overrides={"REMOTE_ADDR": "203.0.113.9"})
        own = {"email": "anna@example.org", "password": PASSWORD}
        elsewhere = {"REMOTE_ADDR": "198.51.100.7"}
        answer = app.test_client().post("/sign-in", data=own, environ_overrides=elsewhere)
    assert answer.status_code == 303


@pytest.mark.parametrize("place", ["/reset", "/sign-up"])
def test_one_address_that_asks_without_end_keeps_no_mail_from_others(
    app: Flask, place: str
) -> None:
    rude = app.test_client()
    for number in range(201):
        fields = {"email": f"x{number}@example.org"}
        rude.post(place, data=fields, environ_overrides={"REMOTE_ADDR": "203.0.113.9"})
    elsewhere = {"REMOTE_ADDR": "198.51.100.7"}
    fields = {"email": "anna@example.org"}
    answer = app.test_client().post(place, data=fields, environ_overrides=elsewhere)
    assert answer.status_code < 400


def test_a_known_device_gets_in_whatever_others_have_tried() -> None:
    own = Attempt(ANNA, "10.1.1.1", "her browser")
    for number in range(400):
        throttle.seconds_to_wait(Attempt(ANNA, "10.1.1.1"))
        throttle.seconds_to_wait(Attempt(f"account {number}", "10.1.1.1"))
    assert throttle.seconds_to_wait(Attempt(ANNA, "10.1.1.1")) > 0
    assert throttle.seconds_to_wait(own) == 0


def test_a_known_device_has_ten_attempts_of_its_own() -> None:
    assert allowed(Attempt(ANNA, address, "her browser") for address in addresses()) == 10
    assert throttle.seconds_to_wait(Attempt(ANNA, "10.1.1.1")) == 0
    assert throttle.seconds_to_wait(Attempt(ANNA, "10.1.1.1", "her telephone")) == 0


def test_the_wait_ends_within_the_quarter_of_an_hour() -> None:
    for _ in range(6):
        seconds = throttle.seconds_to_wait(Attempt(ANNA, "10.1.1.1"))
    assert 0 < seconds <= 900


def test_a_success_forgets_the_failures_and_counts_against_nobody() -> None:
    for _ in range(30):
        for _ in range(4):
            assert throttle.seconds_to_wait(Attempt(ANNA, "10.1.1.1")) == 0
            throttle.note_success(Attempt(ANNA, "10.1.1.1"))
    assert allowed(Attempt(ANNA, "10.1.1.1") for _ in range(9)) == 5


def test_a_success_does_not_pay_for_the_failures_of_its_address() -> None:
    for number in range(15):
        throttle.seconds_to_wait(Attempt(f"account {number}", "10.1.1.1"))
    throttle.seconds_to_wait(Attempt("own", "10.1.1.1"))
    throttle.note_success(Attempt("own", "10.1.1.1"))
    assert allowed(Attempt(f"other {number}", "10.1.1.1") for number in range(99)) == 5


def test_fifty_at_once_find_no_gap() -> None:
    passed: list[int] = []
    from flask import current_app

    app = current_app._get_current_object()

    def attempt() -> None:
        with app.app_context():
            if throttle.seconds_to_wait(Attempt(ANNA, "10.1.1.1")) == 0:
                passed.append(1)

    threads = [threading.Thread(target=attempt) for _ in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert 1 <= len(passed) <= 5


def test_codes_are_counted_for_the_person_and_a_day() -> None:
    def try_code() -> int:
        return throttle.seconds_to_wait_for_code(7, "10.1.1.1", "device")

    assert [try_code() for _ in range(5)] == [0] * 5
    assert try_code() > 0
    assert throttle.seconds_to_wait_for_code(8, "10.1.1.1", "device") == 0


def test_a_right_code_is_given_back() -> None:
    for _ in range(40):
        assert throttle.seconds_to_wait_for_code(7, "10.1.1.1") == 0
        throttle.note_right_code(7, "10.1.1.1")


def test_when_the_counters_are_gone_nobody_signs_in(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unreachable(*_names: object, **_options: object) -> bool:
        raise ConnectionError

    monkeypatch.setattr(limiter.limiter, "hit", unreachable)
    for count in (
        lambda: throttle.seconds_to_wait(Attempt(ANNA, "10.1.1.1")),
        lambda: throttle.seconds_to_wait_for_code(7, "10.1.1.1"),
        lambda: throttle.request_allowance("reset", "10.1.1.1", "anna@example.org"),
    ):
        with pytest.raises(LimitsUnavailable):
            count()
    with app.test_request_context():
        shown = app.make_response(app.handle_user_exception(LimitsUnavailable()))
    assert shown.status_code == 503
    assert shown.headers["Retry-After"] == "30"


def test_one_mailbox_gets_three_mails_an_hour_without_anybody_learning_it() -> None:
    spellings = (
        "anna@example.org",
        "Anna@Example.org ",
        "anna+1@example.org",
        "anna+2@example.org",
    )
    sent = [
        throttle.request_allowance("reset", address, spelling)
        for address, spelling in zip(addresses(), spellings, strict=False)
    ]
    assert [bool(allowance) for allowance in sent] == [True, True, True, False]
    assert {allowance.seconds_to_wait for allowance in sent} == {0}


def test_one_address_asks_for_ten_mails_an_hour_and_is_told() -> None:
    asked = [throttle.request_allowance("reset", "10.1.1.1", f"{n}@x.org") for n in range(11)]
    assert [bool(allowance) for allowance in asked] == [True] * 10 + [False]
    assert 0 < asked[-1].seconds_to_wait <= 3600
    assert throttle.request_allowance("sign-up", "10.1.1.1", "another@x.org")


def test_two_hundred_mails_an_hour_are_asked_for_in_all() -> None:
    asked = [
        bool(throttle.request_allowance("reset", address, f"{n}@x.org"))
        for n, address in zip(range(201), addresses(), strict=False)
    ]
    assert asked == [True] * 200 + [False]


def test_what_is_refused_to_one_address_leaves_the_others_their_mails() -> None:
    for number in range(201):
        throttle.request_allowance("reset", "203.0.113.9", f"{number}@x.org")
    assert throttle.request_allowance("reset", "198.51.100.7", "anna@example.org")


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:aaaa::1", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:bbbb::9", "2001:db8:1:2::/64"),
        ("no address", "no address"),
        ("", ""),
    ],
)
def test_an_address_of_ipv6_counts_as_its_network(address: str, network: str) -> None:
    assert network_of(address) == network


def device_cookie(app: Flask, person_id: int, sent: str = "") -> str:
    headers = {"Cookie": sent} if sent else {}
    with app.test_request_context(headers=headers):
        response = Response()
        throttle.remember_device(response, person_id)
    return response.headers["Set-Cookie"]


def number(app: Flask, person_id: int, cookie: str) -> str:
    with app.test_request_context(headers={"Cookie": cookie}):
        return throttle.attempt_on("anna@example.org", person_id).device


def test_a_device_is_known_for_the_person_who_signed_in_on_it(app: Flask) -> None:
    cookie = device_cookie(app, 7).split(";")[0]
    assert number(app, 7, cookie)
    assert not number(app, 8, cookie)
    assert not number(app, 0, cookie)
    assert number(app, 7, device_cookie(app, 7, cookie).split(";")[0]) == number(app, 7, cookie)
    assert number(app, 7, device_cookie(app, 7).split(";")[0]) != number(app, 7, cookie)


@pytest.mark.parametrize("forged", ["", "x", "[7,1].x", '"', "é", "a" * 5000, "W10.x.y"])
def test_a_forged_device_is_unknown(app: Flask, forged: str) -> None:
    assert not number(app, 7, f"hub_device={forged}")
    real = device_cookie(app, 7).split(";")[0]
    assert not number(app, 7, real[:-2] + ("AA" if real[-2:] != "AA" else "BB"))


def test_the_cookie_of_a_device_is_kept_from_scripts_and_other_hosts(app: Flask) -> None:
    local = device_cookie(app, 7)
    assert "HttpOnly" in local
    assert "SameSite=Lax" in local
    app.config["PRODUCTION"] = True
    cookie = device_cookie(app, 7)
    assert cookie.startswith("__Host-device=")
    assert "Secure" in cookie
    assert "Path=/" in cookie
    assert "Domain" not in cookie


def test_a_limit_that_cannot_be_read_is_named(tmp_path) -> None:
    environ = {"HUB_DATA": str(tmp_path), "HUB_SIGN_IN_ACCOUNT_LIMIT": "many"}
    with pytest.raises(MissingSetting, match="HUB_SIGN_IN_ACCOUNT_LIMIT is “many”"):
        settings(environ)
