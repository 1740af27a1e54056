"""The second factor: what is asked, what proves it, and that everything works once."""

import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import pyotp
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from hub.accounts import sealing
from hub.accounts.models import (
    MailedLink,
    Passkey,
    Person,
    RecoveryCode,
    Role,
    RoleGrant,
    SignIn,
)
from hub.accounts.visitor import visitor
from hub.clock import now
from hub.extensions import db, limiter
from hub.mail.models import Mail
from hub.second_factor import operations, recovery, totp
from tests.hub.conftest import checked
from tests.hub.people import PASSWORD, People

HOME = "/account/second-factor"
COOKIE = "hub_sign_in"


@pytest.fixture(autouse=True)
def counters(app: Flask) -> Iterator[None]:
    with app.app_context():
        limiter.reset()
    yield
    with app.app_context():
        limiter.reset()


@pytest.fixture
def anna(people: People) -> int:
    return people.add("Anna", password=True)


def equip(app: Flask, person_id: int) -> tuple[str, list[str]]:
    """Gives a person an app and recovery codes; the secret and the codes."""
    secret = totp.new_secret()
    with app.app_context():
        person = db.session.get_one(Person, person_id)
        person.totp_secret = totp.sealed_for(person, secret)
        codes = recovery.renew(db.session(), person)
        db.session.commit()
    return secret, codes


def code_at(secret: str, steps: int = 0, moment: datetime | None = None) -> str:
    """What the app shows so many half minutes after that moment."""
    step = int((moment or now()).timestamp()) // 30
    return pyotp.TOTP(secret).generate_otp(step + steps)


def with_password(client: FlaskClient, next_page: str = "") -> TestResponse:
    return client.post(
        "/sign-in", data={"email": "anna@example.org", "password": PASSWORD, "next": next_page}
    )


def prove(client: FlaskClient, code: str, page: str = "/sign-in/second") -> TestResponse:
    return client.post(page, data={"code": code, "next": "/library"})


def is_signed_in(client: FlaskClient) -> bool:
    return client.get("/account").status_code == 200


def stored(app: Flask, person_id: int) -> Person:
    with app.app_context():
        return db.session.get_one(Person, person_id)


def mails(app: Flask, kind: str = "second-factor-changed") -> int:
    with app.app_context():
        return db.session.scalar(select(func.count(Mail.id)).where(Mail.kind == kind)) or 0


# --- Signing in


def test_the_password_alone_signs_nobody_in(app: Flask, anna: int) -> None:
    secret, _ = equip(app, anna)
    client = app.test_client()
    answer = with_password(client, "/library")
    assert (answer.status_code, answer.location) == (303, "/sign-in/second?next=/library")
    assert not is_signed_in(client)
    page = checked(client.get("/sign-in/second?next=/library").text)
    field = page.xpath("//input[@name='code']")[0]
    assert (field.get("autocomplete"), field.get("inputmode")) == ("one-time-code", "numeric")
    assert page.xpath("//input[@name='next']/@value") == ["/library"]
    answer = prove(client, code_at(secret))
    assert (answer.status_code, answer.location) == (303, "/library")
    assert is_signed_in(client)


def test_the_key_of_the_browser_is_a_new_one_afterwards(app: Flask, anna: int) -> None:
    secret, _ = equip(app, anna)
    client = app.test_client()
    with_password(client)
    before = client.get_cookie(COOKIE)
    assert before
    prove(client, code_at(secret))
    after = client.get_cookie(COOKIE)
    assert after
    assert before.value != after.value
    old = app.test_client()
    old.set_cookie(COOKIE, before.value)
    assert not is_signed_in(old)


def test_a_code_signs_in_once_and_not_in_another_browser(app: Flask, anna: int) -> None:
    secret, _ = equip(app, anna)
    first, second, code = app.test_client(), app.test_client(), code_at(secret)
    with_password(first)
    with_password(second)
    assert prove(first, code).status_code == 303
    refused = prove(second, code)
    assert refused.status_code == 422
    assert "not right" in checked(refused.text).text_content()
    assert code not in refused.text
    assert not is_signed_in(second)


def test_codes_of_the_steps_beside_this_one_are_taken_in_order_only(app: Flask, anna: int) -> None:
    secret, _ = equip(app, anna)
    moment = now()
    with app.app_context():
        person = db.session.get_one(Person, anna)

        def takes(steps: int) -> bool:
            code = code_at(secret, steps, moment)
            return operations.use_app_code(db.session(), person, code, moment)

        assert not takes(-2)
        assert not takes(2)
        assert takes(-1)
        assert not takes(-1)
        assert takes(0)
        assert takes(1)
        assert not takes(0)
        assert not takes(1)
        later = moment + timedelta(seconds=30)
        assert not operations.use_app_code(db.session(), person, code_at(secret, 1, moment), later)
        assert operations.use_app_code(db.session(), person, code_at(secret, 1, later), later)


@contextmanager
def at_once(count: int) -> Iterator[Callable[[Callable[[], bool]], list[bool]]]:
    """Runs something in so many threads that begin together; what each returned."""

    def run(work: Callable[[], bool]) -> list[bool]:
        gate, results = threading.Barrier(count), []

        def one() -> None:
            gate.wait()
            results.append(work())

        threads = [threading.Thread(target=one) for _ in range(count)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return results

    yield run


def test_of_many_requests_with_the_same_app_code_exactly_one_gets_in(app: Flask, anna: int) -> None:
    secret, _ = equip(app, anna)
    moment = now()
    code = code_at(secret, 0, moment)

    def work() -> bool:
        with app.test_request_context(method="POST"):
            person = db.session.get_one(Person, anna)
            used = operations.use_app_code(db.session(), person, code, moment)
            db.session.commit()
            return used

    with at_once(8) as run:
        assert sorted(run(work)) == [False] * 7 + [True]


def test_of_many_requests_with_the_same_step_already_read_exactly_one_gets_in(
    app: Flask, anna: int
) -> None:
    """All have read the row before any has written it, as two processes may."""
    secret, _ = equip(app, anna)
    moment = now()
    code = code_at(secret, 0, moment)
    read = threading.Barrier(4)

    def work() -> bool:
        with app.test_request_context(method="GET"):
            person = db.session.get_one(Person, anna)
            db.session.expunge(person)
            db.session.close()
        read.wait()
        with app.test_request_context(method="POST"):
            used = operations.use_app_code(db.session(), person, code, moment)
            db.session.commit()
            return used

    with at_once(4) as run:
        assert sorted(run(work)) == [False] * 3 + [True]


def test_a_recovery_code_signs_in_once_and_it_is_said_how_many_are_left(
    app: Flask, anna: int
) -> None:
    _, codes = equip(app, anna)
    first, second = app.test_client(), app.test_client()
    with_password(first)
    with_password(second)
    typed = f" {codes[3][:4]}-{codes[3][4:8]} {codes[3][8:]}"
    assert prove(first, typed).status_code == 303
    assert "9 are left" in checked(first.get("/account").text).text_content()
    assert prove(second, codes[3]).status_code == 422
    assert prove(second, codes[4]).status_code == 303


def test_of_many_requests_with_the_same_recovery_code_exactly_one_gets_in(
    app: Flask, anna: int
) -> None:
    _, codes = equip(app, anna)

    def work() -> bool:
        with app.test_request_context(method="POST"):
            person = db.session.get_one(Person, anna)
            used = recovery.use(db.session(), person, codes[0], now())
            db.session.commit()
            return used

    with at_once(8) as run:
        assert sorted(run(work)) == [False] * 7 + [True]


def test_recovery_codes_of_somebody_else_open_nothing(
    app: Flask, anna: int, people: People
) -> None:
    equip(app, anna)
    _, others = equip(app, people.add("Boris"))
    client = app.test_client()
    with_password(client)
    assert prove(client, others[0]).status_code == 422


def test_after_five_wrong_codes_one_waits_whatever_sign_in_it_is(app: Flask, anna: int) -> None:
    secret, codes = equip(app, anna)
    for _ in range(5):  # a new sign-in each time, as somebody would who knows the password
        client = app.test_client()
        with_password(client)
        assert prove(client, "0" * 16).status_code == 422
    with_password(client)
    for right in (code_at(secret), codes[0]):
        refused = prove(client, right)
        assert refused.status_code == 429
        assert 0 < int(refused.headers["Retry-After"]) <= 900
        assert "too many wrong codes" in checked(refused.text).text_content()
    assert not is_signed_in(client)


def test_half_a_sign_in_makes_no_known_device(app: Flask, anna: int) -> None:
    """Else each would bring new attempts at the second factor."""
    secret, _ = equip(app, anna)
    client = app.test_client()
    with_password(client)
    assert client.get_cookie("hub_device") is None
    prove(client, code_at(secret))
    assert client.get_cookie("hub_device") is not None


def test_the_owner_on_a_known_device_is_not_locked_out(app: Flask, anna: int) -> None:
    secret, codes = equip(app, anna)
    own = app.test_client()
    with_password(own)
    prove(own, codes[0])
    own.post("/sign-out")
    thief = app.test_client()
    with_password(thief)
    for _ in range(9):
        prove(thief, "000000")
    assert prove(thief, "000000").status_code == 429
    with_password(own)
    assert prove(own, code_at(secret)).status_code == 303


def test_half_a_sign_in_runs_out_after_ten_minutes(app: Flask, anna: int) -> None:
    secret, _ = equip(app, anna)
    client = app.test_client()
    with_password(client)
    with app.app_context():
        pending = db.session.scalars(select(SignIn).where(SignIn.person_id == anna)).one()
        assert timedelta(minutes=9) < pending.expires_at - now() <= timedelta(minutes=10)
        pending.expires_at = now() - timedelta(seconds=1)
        db.session.commit()
    answer = prove(client, code_at(secret))
    assert (answer.status_code, answer.location) == (303, "/sign-in?next=/library")
    assert not is_signed_in(client)


@pytest.mark.parametrize(
    "code", ["", " ", "12345", "abcdef", "\0" * 6, "٣٣٣٣٣٣", "x" * 10_000, "💥", "1" * 17, "-" * 6]
)
def test_whatever_is_typed_as_a_code_is_refused_in_words(app: Flask, anna: int, code: str) -> None:
    equip(app, anna)
    client = app.test_client()
    with_password(client)
    answer = prove(client, code)
    assert answer.status_code == 422
    assert checked(answer.text).xpath("//*[@role='alert']")
    assert client.post("/sign-in/second").status_code == 422


@pytest.mark.parametrize("target", ["https://evil.example", "//evil.example", "/\\evil.example"])
def test_nobody_is_led_to_another_host_afterwards(app: Flask, anna: int, target: str) -> None:
    secret, _ = equip(app, anna)
    client = app.test_client()
    with_password(client)
    answer = client.post("/sign-in/second", data={"code": code_at(secret), "next": target})
    assert answer.location == "/"


def test_who_has_not_begun_to_sign_in_is_led_there(client: FlaskClient) -> None:
    assert client.get("/sign-in/second").location == "/sign-in"
    assert prove(client, "123456").location == "/sign-in?next=/library"


# --- Setting up


def set_up_page(client: FlaskClient) -> tuple[str, str]:
    """The secret that the page shows, and as its form carries it."""
    page = checked(client.get(f"{HOME}/app").text)
    picture = page.xpath("//div[@role='img'][@aria-label]/svg")
    assert len(picture) == 1
    assert 150 < int(picture[0].get("width")) <= 250
    assert not page.xpath("//svg//@style | //img[starts-with(@src, 'data:')]")
    secret = page.xpath("//code")[0].text_content()
    assert re.fullmatch(r"([A-Z2-7]{4} ){7}[A-Z2-7]{4}", secret)
    return secret.replace(" ", ""), page.xpath("//input[@name='secret']/@value")[0]


def test_an_app_counts_from_its_first_code_on(app: Flask, anna: int, people: People) -> None:
    client, elsewhere = people.client(anna, is_strong=False), people.client(anna)
    secret, sealed = set_up_page(client)
    wrong = client.post(f"{HOME}/app", data={"secret": sealed, "code": "000000"})
    assert wrong.status_code == 422
    assert secret in checked(wrong.text).xpath("//code")[0].text_content().replace(" ", "")
    assert not stored(app, anna).totp_secret
    code = code_at(secret)
    answer = client.post(f"{HOME}/app", data={"secret": sealed, "code": code})
    assert (answer.status_code, answer.location) == (303, f"{HOME}/codes")
    kept = stored(app, anna).totp_secret
    assert kept
    assert secret not in kept
    assert mails(app) == 1
    assert not is_signed_in(elsewhere)
    fresh = app.test_client()
    with_password(fresh)
    assert prove(fresh, code).status_code == 422  # its first code is used up
    assert prove(fresh, code_at(secret, 1)).status_code == 303


def test_the_picture_fits_a_telephone_whatever_the_name(app: Flask, people: People) -> None:
    set_up_page(people.client(people.add("Ω" * 40)))


def test_a_role_takes_effect_once_a_second_factor_is_set_up(people: People) -> None:
    client = people.client(people.add("Carla", Role.ADMINISTRATOR), is_strong=False)
    page = checked(client.get(HOME).text)
    assert "needs a second factor" in page.text_content()
    assert not roles_in(client)
    secret, sealed = set_up_page(client)
    client.post(f"{HOME}/app", data={"secret": sealed, "code": code_at(secret)})
    assert roles_in(client) == {Role.ADMINISTRATOR}
    assert "needs a second factor" in checked(client.get(HOME).text).text_content()


def roles_in(client: FlaskClient) -> frozenset[Role]:
    """Those in effect in that browser."""
    with client:
        client.get("/account")
        return visitor().roles


def test_the_secret_of_another_sign_in_or_of_long_ago_is_not_taken(
    app: Flask, anna: int, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine, thief = people.client(anna), people.client(people.add("Mallory"))
    secret, sealed = set_up_page(thief)
    sent = {"secret": sealed, "code": code_at(secret)}
    assert mine.post(f"{HOME}/app", data=sent).location == f"{HOME}/app"
    for broken in ("", "x", sealed[:-4], "é", "\0", "x" * 9999):
        answer = mine.post(f"{HOME}/app", data={"secret": broken, "code": "123456"})
        assert answer.location == f"{HOME}/app"
    assert not stored(app, anna).totp_secret
    monkeypatch.setattr(totp, "SECONDS_TO_CONFIRM", -1)
    assert thief.post(f"{HOME}/app", data=sent).location == f"{HOME}/app"


def test_recovery_codes_are_shown_until_they_are_kept_and_stored_as_digests(
    app: Flask, anna: int, people: People
) -> None:
    client = people.client(anna)
    secret, sealed = set_up_page(client)
    client.post(f"{HOME}/app", data={"secret": sealed, "code": code_at(secret)})
    page = checked(client.get(f"{HOME}/codes").text)
    codes = [code.text_content() for code in page.xpath("//ol/li/code")]
    assert len(set(codes)) == 10
    assert all(re.fullmatch(r"(\d{4}-){3}\d{4}", code) for code in codes)
    text = client.get(f"{HOME}/codes.txt")
    assert text.mimetype == "text/plain"
    assert "attachment" in text.headers["Content-Disposition"]
    assert all(code in text.text for code in codes)
    with app.app_context():
        hashes = db.session.scalars(select(RecoveryCode.code_hash)).all()
    assert all(len(digest) == 64 for digest in hashes)
    assert not any(code.replace("-", "") in digest for code in codes for digest in hashes)
    client.post(f"{HOME}/codes/kept")
    assert not checked(client.get(f"{HOME}/codes").text).xpath("//ol/li/code")
    assert client.get(f"{HOME}/codes.txt").status_code == 404
    assert "10 codes are left" in checked(client.get(HOME).text).text_content()


def test_new_recovery_codes_replace_the_old(app: Flask, anna: int, people: People) -> None:
    _, old = equip(app, anna)
    client = people.client(anna)
    assert client.post(f"{HOME}/codes").location == f"{HOME}/codes"
    new = checked(client.get(f"{HOME}/codes").text).xpath("//ol/li/code")[0].text_content()
    other = app.test_client()
    with_password(other)
    assert prove(other, old[0]).status_code == 422
    assert prove(other, new).status_code == 303
    assert mails(app) == 1


def test_the_last_factor_of_an_officer_stays(app: Flask, people: People) -> None:
    officer = people.add("Omar", lea=True)
    equip(app, officer)
    client = people.client(officer)
    assert not checked(client.get(HOME).text).xpath("//form[contains(@action, 'remove')]")
    client.post(f"{HOME}/app/remove")
    assert "needs a second factor" in checked(client.get(HOME).text).text_content()
    assert stored(app, officer).totp_secret


def test_a_member_may_remove_the_last_factor_and_its_codes_go_too(
    app: Flask, anna: int, people: People
) -> None:
    equip(app, anna)
    client, elsewhere = people.client(anna), people.client(anna)
    assert client.post(f"{HOME}/app/remove").location == HOME
    assert not stored(app, anna).totp_secret
    with app.app_context():
        assert not db.session.scalar(select(func.count(RecoveryCode.id)))
    assert not is_signed_in(elsewhere)
    assert mails(app) == 1
    fresh = app.test_client()
    with_password(fresh)
    assert is_signed_in(fresh)


def test_where_it_is_compulsory_for_nobody_everybody_may_remove_it(
    app: Flask, people: People
) -> None:
    app.config["SECOND_FACTOR_FOR"] = frozenset()
    officer = people.add("Omar", lea=True)
    equip(app, officer)
    people.client(officer).post(f"{HOME}/app/remove")
    assert not stored(app, officer).totp_secret


def test_a_role_given_after_the_last_factor_went_waits_for_another(
    app: Flask, anna: int, people: People
) -> None:
    """Also in a sign-in in which that factor was once proven."""
    equip(app, anna)
    client = people.client(anna)
    with app.app_context():
        db.session.add(Passkey(person_id=anna, created_at=now(), **PASSKEY))
        db.session.commit()
    client.post(f"{HOME}/app/remove")
    assert strong_sign_ins(app) == 1, "the passkey is left"
    client.post(f"{HOME}/passkeys/1/remove")
    assert strong_sign_ins(app) == 0
    assert is_signed_in(client)
    with app.app_context():
        db.session.add(RoleGrant(person_id=anna, role=Role.ADMINISTRATOR, granted_at=now()))
        db.session.commit()
    assert roles_in(client) == frozenset()


PASSKEY = {"credential_id": b"1", "public_key": b"2", "name": "telephone"}


def strong_sign_ins(app: Flask) -> int:
    with app.app_context():
        proven = select(func.count(SignIn.id)).where(SignIn.strong_at.is_not(None))
        return db.session.scalar(proven) or 0


def test_changing_the_factors_voids_links_to_another_address(
    app: Flask, anna: int, people: People
) -> None:
    client = people.client(anna)
    client.post("/account/address", data={"email": "thief@example.net"})
    equip(app, anna)
    client.post(f"{HOME}/codes")
    with app.app_context():
        assert db.session.scalars(select(MailedLink)).one().used_at


# --- Confirming afresh


CHANGES = ("app", "passkeys/new", "passkeys/1", "codes", "codes.txt")
POSTS = ("app", "app/remove", "codes", "passkeys/1", "passkeys/1/remove")


def test_changes_ask_again_who_it_is(app: Flask, anna: int, people: People) -> None:
    client = people.client(anna, is_fresh=False)
    for page in CHANGES:
        assert client.get(f"{HOME}/{page}").location.startswith("/account/confirm?next=")
    for page in POSTS:
        assert client.post(f"{HOME}/{page}").location.startswith("/account/confirm")
    stranger = app.test_client()
    for page in CHANGES:
        assert stranger.get(f"{HOME}/{page}").location.startswith("/sign-in")


def test_the_password_confirms_where_there_is_no_second_factor(
    app: Flask, anna: int, people: People
) -> None:
    client = people.client(anna, is_strong=False, is_fresh=False)
    checked(client.get(f"/account/confirm?next={HOME}/app").text)
    wrong = client.post("/account/confirm", data={"password": "wrong"})
    assert wrong.status_code == 422
    assert "wrong" not in checked(wrong.text).xpath("//input/@value")
    assert client.post("/account/confirm", data={}).status_code == 422
    right = {"password": PASSWORD, "next": f"{HOME}/app"}
    assert client.post("/account/confirm", data=right).location == f"{HOME}/app"
    assert client.get(f"{HOME}/app").status_code == 200


def test_the_second_factor_confirms_where_there_is_one_and_the_password_does_not(
    app: Flask, anna: int, people: People
) -> None:
    secret, _ = equip(app, anna)
    client = people.client(anna, is_strong=False, is_fresh=False)
    assert client.post("/account/confirm", data={"password": PASSWORD}).status_code == 422
    assert client.get(f"{HOME}/codes").status_code == 303
    before = client.get_cookie(COOKIE)
    assert prove(client, code_at(secret), "/account/confirm").location == "/library"
    assert before != client.get_cookie(COOKIE)
    assert client.get(f"{HOME}/codes").status_code == 200
    with app.app_context():
        assert db.session.scalars(select(SignIn.strong_at)).one() is not None


def test_wrong_passwords_and_codes_are_counted_here_too(
    app: Flask, anna: int, people: People
) -> None:
    client = people.client(anna, is_fresh=False)
    answers = [client.post("/account/confirm", data={"password": "x"}) for _ in range(6)]
    assert [answer.status_code for answer in answers] == [422] * 5 + [429]
    equip(app, anna)
    answers = [prove(client, "000000", "/account/confirm") for _ in range(6)]
    assert [answer.status_code for answer in answers] == [422] * 5 + [429]


def test_who_has_no_password_is_told_what_to_do(people: People) -> None:
    client = people.signed_in("Dora", is_fresh=True)
    page = checked(client.get("/account/confirm").text)
    assert not page.xpath("//input[@name='password']")
    assert client.post("/account/confirm", data={"password": "x"}).status_code == 422


# --- What is sealed


def test_what_is_sealed_opens_for_its_purpose_and_secret_alone(app: Flask) -> None:
    with app.app_context():
        sealed = sealing.seal("secret", "one")
        assert sealing.opened(sealed, "one") == "secret"
        assert sealing.opened(sealed, "two") is None
        assert sealing.opened(sealed, "one", -1) is None
        assert sealing.digest("secret", "one") != sealing.digest("secret", "two")
        app.config["SECRET_KEY"] = "another"
        assert sealing.opened(sealed, "one") is None


def test_a_secret_that_is_moved_to_another_person_is_worth_nothing(
    app: Flask, anna: int, people: People
) -> None:
    secret, _ = equip(app, anna)
    boris = people.add("Boris", totp_secret=stored(app, anna).totp_secret)
    moment = now()
    with app.app_context():
        person = db.session.get_one(Person, boris)
        code = code_at(secret, 0, moment)
        assert not operations.use_app_code(db.session(), person, code, moment)
