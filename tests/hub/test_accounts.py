"""Signing up, signing in and out, choosing a password, changing an address."""

from datetime import timedelta

import pytest
from sqlalchemy import delete, select, update
from structlog.testing import capture_logs

from hub.accounts import cookie, links, passwords
from hub.accounts.models import MailedLink, Person, Purpose, SignIn
from hub.clock import now
from hub.extensions import db
from hub.mail.models import Mail
from tests.hub.conftest import checked
from tests.hub.people import PASSWORD

NEW = "copper meadow violin thirteen"
NOTIFICATIONS = "/account/profile/notifications"


@pytest.fixture
def anna(people):
    return people.add("Anna", password=True)


def token_of(app, purpose):
    """The text of the newest link with this purpose, as its mail would have it."""
    with app.app_context():
        link = db.session.scalars(
            select(MailedLink).where(MailedLink.purpose == purpose).order_by(MailedLink.id.desc())
        ).first()
        assert link, "no link was made"
        return links.signed(link)


def mails(app):
    with app.app_context():
        return [(mail.kind, mail.recipient) for mail in db.session.scalars(select(Mail))]


def person(app, person_id):
    with app.app_context():
        return db.session.get_one(Person, person_id)


def sign_in(client, email="anna@example.org", password=PASSWORD, **more):
    return client.post("/sign-in", data={"email": email, "password": password, **more})


def is_signed_in(client):
    return client.get("/account").status_code == 200


def test_somebody_signs_up(app, client):
    assert client.get("/sign-up").status_code == 200
    answer = client.post("/sign-up", data={"email": " Berta@Example.org "})
    assert (answer.status_code, answer.location) == (303, "/sign-up/sent")
    assert mails(app) == [("sign-up", "berta@example.org")]
    place = f"/sign-up/{token_of(app, Purpose.SIGN_UP)}"
    page = checked(client.get(place).text)
    assert "berta@example.org" in page.text_content()
    made = client.post(place, data={"pseudonym": "Berta", "password": NEW})
    assert made.status_code == 303
    assert is_signed_in(client)
    with app.app_context():
        berta = db.session.scalars(select(Person)).one()
        assert (berta.email, berta.pseudonym) == ("berta@example.org", "Berta")
        assert berta.password_hash.startswith("$argon2id$")
    assert client.get(place).status_code == 410
    assert client.post(place, data={"pseudonym": "Other", "password": NEW}).status_code == 410


def test_nothing_tells_whether_an_address_is_known(app, client, anna):
    """The same answer, the same rows: what becomes of the mail is decided when it is sent."""
    known = client.post("/sign-up", data={"email": "anna@example.org"})
    fresh = client.post("/sign-up", data={"email": "nobody@example.org"})
    assert (known.status_code, known.location) == (fresh.status_code, fresh.location)
    known = client.post("/reset", data={"email": "anna@example.org"})
    fresh = client.post("/reset", data={"email": "nobody@example.org"})
    assert (known.status_code, known.location) == (fresh.status_code, fresh.location)
    assert [kind for kind, _ in mails(app)] == ["sign-up", "sign-up", "reset", "reset"]
    wrong = sign_in(client, password="not the password at all")
    nobody = sign_in(client, email="nobody@example.org")
    assert wrong.status_code == nobody.status_code == 422
    same = [answer.text.replace("nobody@", "anna@") for answer in (wrong, nobody)]
    assert without_token(same[0]) == without_token(same[1])


def without_token(markup):
    root = checked(markup)
    for field in root.xpath("//input[@name='csrf_token']"):
        field.getparent().remove(field)
    return root.text_content()


@pytest.mark.parametrize(
    "pseudonym",
    ["", "ab", "x" * 41, "Administrator", "a\0b", "a\ud800b", "\u202eanna", "ANNA", "Аnna"],
)
def test_names_that_cannot_be_are_refused_beside_the_field(app, client, anna, pseudonym):
    client.post("/sign-up", data={"email": "berta@example.org"})
    place = f"/sign-up/{token_of(app, Purpose.SIGN_UP)}"
    data = {"pseudonym": pseudonym.encode("utf-8", "surrogatepass"), "password": NEW}
    answer = client.post(place, data=data)
    assert answer.status_code == 422
    page = checked(answer.text)
    assert page.xpath("//input[@name='pseudonym'][@aria-invalid]")
    assert NEW not in answer.text
    assert client.get(place).status_code == 200, "the link still works"


@pytest.mark.parametrize(
    "password", ["", "short", "password1234", "x" * 1025, "anna anna anna", "a\0" * 9]
)
def test_weak_passwords_are_refused(app, client, password):
    client.post("/sign-up", data={"email": "berta@example.org"})
    place = f"/sign-up/{token_of(app, Purpose.SIGN_UP)}"
    answer = client.post(place, data={"pseudonym": "Anna", "password": password})
    assert answer.status_code == 422
    assert checked(answer.text).xpath("//input[@name='password'][@aria-invalid]")


@pytest.mark.parametrize(
    "email",
    [
        "",
        "anna",
        "a@b@c",
        "x" * 300 + "@example.org",
        "a\0@example.org",
        "Anna <a@example.org>",
        "a@example.org\nBcc: b@example.org",
    ],
)
def test_what_is_no_address_gets_no_mail(app, client, email):
    for place in ("/sign-up", "/reset"):
        answer = client.post(place, data={"email": email})
        assert answer.status_code == 422
        assert checked(answer.text).xpath("//input[@name='email'][@aria-invalid]")
    assert mails(app) == []


@pytest.mark.parametrize("purpose", ["sign-up", "reset", "confirm-address"])
@pytest.mark.parametrize("token", ["x", "MQ.abc", "%F0%9F%98%80", "x" * 500])
def test_a_link_that_was_never_sent_is_over(client, purpose, token):
    for answer in (client.get(f"/{purpose}/{token}"), client.post(f"/{purpose}/{token}")):
        assert answer.status_code == 410
        assert "does not work any more" in answer.text


def test_a_link_is_for_one_purpose_and_for_a_time(app, client, anna):
    client.post("/reset", data={"email": "anna@example.org"})
    token = token_of(app, Purpose.RESET)
    assert client.get(f"/sign-up/{token}").status_code == 410
    assert client.get(f"/reset/{token}").status_code == 200
    with app.app_context():
        db.session.execute(update(MailedLink).values(expires_at=now() - timedelta(seconds=1)))
        db.session.commit()
    assert client.get(f"/reset/{token}").status_code == 410
    assert client.post(f"/reset/{token}", data={"password": NEW}).status_code == 410


def test_somebody_signs_in_and_out(client, anna):
    answer = sign_in(client, next="/library?q=act")
    assert (answer.status_code, answer.location) == (303, "/library?q=act")
    assert is_signed_in(client)
    assert client.get("/sign-in").status_code == 303
    assert client.post("/sign-out").status_code == 303
    assert not is_signed_in(client)


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "/\\evil.example"])
def test_signing_in_leads_nowhere_else(client, anna, target):
    assert sign_in(client, next=target).location == "/"


def test_a_page_that_asks_for_an_account_is_come_back_to(client, anna):
    asked = client.get("/account/sign-ins")
    assert asked.status_code == 303
    page = checked(client.get(asked.location).text)
    target = page.xpath("//input[@name='next']/@value")[0]
    assert sign_in(client, next=target).location == "/account/sign-ins"


def test_every_proof_gives_a_new_key_and_a_new_form_token(app, client, anna):
    with client.session_transaction() as session:
        session["csrf_token"] = "planted"
        session["language"] = "fr"
    client.set_cookie("hub_sign_in", "planted")
    sign_in(client)
    key = client.get_cookie("hub_sign_in").value
    assert key != "planted"
    with client.session_transaction() as session:
        assert "csrf_token" not in session
    with app.app_context():
        row = db.session.scalars(select(SignIn)).one()
        assert key not in (row.key_hash, "")


def test_a_key_is_worth_nothing_after_its_end(app, client, people, anna):
    """Signed out here, elsewhere, by a new password, by being disabled, or by time."""
    for end in ("here", "elsewhere", "password", "disabled", "time", "idle"):
        stolen, owner = people.client(anna), people.client(anna)
        assert is_signed_in(stolen)
        if end == "here":
            key = stolen.get_cookie("hub_sign_in").value
            stolen.post("/sign-out")
            stolen.set_cookie("hub_sign_in", key)
        elif end == "elsewhere":
            owner.post("/account/sign-ins/end-others")
        elif end == "password":
            answer = owner.post("/account/password", data={"password": NEW})
            assert answer.status_code == 303
            assert is_signed_in(owner)
        else:
            change = {
                "disabled": update(Person).values(disabled_at=now()),
                "time": update(SignIn).values(expires_at=now()),
                "idle": update(SignIn).values(seen_at=now() - timedelta(days=15)),
            }[end]
            with app.app_context():
                db.session.execute(change)
                db.session.commit()
        assert not is_signed_in(stolen), end
        with app.app_context():
            db.session.execute(update(Person).values(disabled_at=None))
            db.session.commit()


def test_one_browser_is_signed_out_by_another(app, people, anna):
    here, there = people.client(anna), people.client(anna)
    page = checked(here.get("/account/sign-ins").text)
    assert page.text_content().count("Firefox · Linux") == 2
    places = page.xpath("//form[contains(@action, '/end')]/@action")
    for place in places:
        if not place.endswith("others"):
            here.post(place)
    assert not is_signed_in(there)
    assert not is_signed_in(here)


def test_nobody_ends_the_sign_in_of_somebody_else(app, people, anna):
    victim, other = people.client(anna), people.signed_in("Otto")
    with app.app_context():
        ids = db.session.scalars(select(SignIn.id).where(SignIn.person_id == anna)).all()
    assert other.post(f"/account/sign-ins/{ids[0]}/end").status_code == 404
    assert other.post("/account/sign-ins/4711/end").status_code == 404
    assert is_signed_in(victim)


def test_a_forgotten_password_is_replaced(app, client, people, anna):
    elsewhere = people.client(anna)
    client.post("/reset", data={"email": "anna@example.org"})
    place = f"/reset/{token_of(app, Purpose.RESET)}"
    assert client.post(place, data={"password": "short"}).status_code == 422
    assert client.post(place, data={"password": NEW}).status_code == 303
    assert is_signed_in(client)
    assert not is_signed_in(elsewhere)
    assert ("password-changed", "anna@example.org") in mails(app)
    assert client.post(place, data={"password": NEW}).status_code == 410
    other = app.test_client()
    assert sign_in(other).status_code == 422
    assert sign_in(other, password=NEW).status_code == 303


def test_links_asked_for_before_a_new_password_are_over(app, client, people, anna):
    client.post("/reset", data={"email": "anna@example.org"})
    client.post("/reset", data={"email": "anna@example.org"})
    with app.app_context():
        tokens = [links.signed(link) for link in db.session.scalars(select(MailedLink))]
    client.post(f"/reset/{tokens[0]}", data={"password": NEW})
    assert client.get(f"/reset/{tokens[1]}").status_code == 410


def test_an_address_is_changed_by_its_owner_only(app, people, anna):
    browser = people.client(anna)
    answer = browser.post("/account/address", data={"email": "anna@new.example.org"})
    assert answer.location == "/sign-up/sent"
    place = f"/confirm-address/{token_of(app, Purpose.ADDRESS)}"
    assert person(app, anna).email == "anna@example.org"
    stranger = app.test_client()
    assert "anna@new.example.org" in stranger.get(place).text
    assert stranger.post(place).status_code == 303
    assert person(app, anna).email == "anna@new.example.org"
    assert ("address-changed", "anna@example.org") in mails(app)
    assert stranger.post(place).status_code == 410


def test_an_address_of_somebody_else_is_not_taken(app, people, anna):
    people.add("Otto")
    browser = people.client(anna)
    known = browser.post("/account/address", data={"email": "otto@example.org"})
    fresh = browser.post("/account/address", data={"email": "ott@example.org"})
    assert (known.status_code, known.location) == (fresh.status_code, fresh.location)
    with app.app_context():
        first = db.session.scalars(select(MailedLink).order_by(MailedLink.id)).first()
        place = f"/confirm-address/{links.signed(first)}"
    assert browser.post(place).status_code == 410
    assert person(app, anna).email == "anna@example.org"


@pytest.mark.parametrize("place", ["/account/password", "/account/address"])
def test_what_matters_asks_for_a_fresh_proof(people, anna, place):
    stale = people.client(anna, is_fresh=False)
    for answer in (stale.get(place), stale.post(place, data={"password": NEW, "email": "a@b.org"})):
        assert answer.status_code == 303
        assert answer.location.startswith("/account/confirm?next=")


def test_attempts_are_slowed_down_and_the_owner_still_gets_in(app, client, anna):
    owner = app.test_client()
    assert sign_in(owner).status_code == 303
    owner.post("/sign-out")
    refused = [sign_in(client, password=f"wrong guess {n}") for n in range(7)]
    assert [answer.status_code for answer in refused] == [422] * 5 + [429] * 2
    assert int(refused[-1].headers["Retry-After"]) > 0
    assert sign_in(client).status_code == 429, "an unknown browser waits also with the right one"
    assert sign_in(owner).status_code == 303, "a browser that the account knows does not"


def test_the_cookie_is_kept_to_this_host_and_from_scripts(app, client, anna):
    answer = sign_in(client)
    cookies = answer.headers.getlist("Set-Cookie")
    mine = next(text for text in cookies if text.startswith("hub_sign_in="))
    assert "HttpOnly" in mine
    assert "SameSite=Lax" in mine
    assert "Path=/" in mine
    assert "Domain" not in mine
    with app.app_context():
        app.config["PRODUCTION"] = True
        assert cookie.name() == "__Host-sign-in"


def test_pages_of_people_are_kept_nowhere(people, client, anna):
    assert people.client(anna).get("/library").headers["Cache-Control"] == "no-store"
    assert client.get("/library").headers["Cache-Control"] == "private, no-cache"


def test_a_disabled_person_does_not_get_in(app, client, anna):
    with app.app_context():
        db.session.execute(update(Person).values(disabled_at=now()))
        db.session.commit()
    answer = sign_in(client)
    assert answer.status_code == 422
    assert "is not right" in answer.text
    client.post("/reset", data={"email": "anna@example.org"})
    assert client.get(f"/reset/{token_of(app, Purpose.RESET)}").status_code == 410


@pytest.mark.parametrize("key", ["", "x", "x" * 4000, "\u00e9", "a;b"])
def test_a_cookie_that_was_never_given_is_nobody(client, key):
    client.set_cookie("hub_sign_in", key)
    assert client.get("/").status_code == 200
    assert not is_signed_in(client)


def test_two_links_make_one_account(app, client):
    for _ in range(2):
        client.post("/sign-up", data={"email": "berta@example.org"})
    with app.app_context():
        tokens = [links.signed(link) for link in db.session.scalars(select(MailedLink))]
    first = app.test_client().post(
        f"/sign-up/{tokens[0]}", data={"pseudonym": "Berta", "password": NEW}
    )
    second = app.test_client().post(
        f"/sign-up/{tokens[1]}", data={"pseudonym": "Bertha", "password": NEW}
    )
    assert (first.status_code, second.status_code) == (303, 410)


@pytest.mark.parametrize("place", ["/sign-up", "/reset"])
def test_messages_cannot_be_asked_for_without_end(app, client, anna, place):
    """To one address three leave, and nothing tells; from one address ten, and the page says so."""
    for _ in range(4):
        assert client.post(place, data={"email": "anna@example.org"}).status_code == 303
    assert len(mails(app)) == 3
    for number in range(6):
        client.post(place, data={"email": f"other{number}@example.org"})
    answer = client.post(place, data={"email": "one.more@example.org"})
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0
    assert "Try again in" in checked(answer.text).text_content()


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_visit_is_noted_now_and_then(app, people, anna, method):
    browser = people.client(anna)
    with app.app_context():
        long_ago = now() - timedelta(hours=1)
        db.session.execute(update(SignIn).values(seen_at=long_ago))
        db.session.commit()
    place = {"get": "/account", "post": "/account/sign-ins/end-others"}[method]
    assert getattr(browser, method)(place).status_code < 400
    with app.app_context():
        assert now() - db.session.scalars(select(SignIn)).one().seen_at < timedelta(minutes=1)


def test_a_number_of_a_sign_in_or_a_link_is_never_given_twice(app, people, anna):
    """What still goes on knows them by it."""
    for number in (1, 2):
        people.client(anna)
        with app.app_context():
            link = links.make(db.session(), Purpose.RESET, "a@example.org", now())
            numbers = (db.session.scalars(select(SignIn.id)).one(), link.id)
            db.session.query(SignIn).delete()
            db.session.delete(link)
            db.session.commit()
        assert numbers == (number, number)


def test_what_has_run_out_is_removed(app, people, anna):
    from hub.mail.worker import HOURLY

    people.client(anna)
    client = app.test_client()
    client.post("/sign-up", data={"email": "never.came@example.org"})
    with app.app_context():
        for chore in HOURLY:
            chore(db.session(), now())
        assert db.session.scalars(select(MailedLink)).all()
        assert db.session.scalars(select(SignIn)).all()
        for chore in HOURLY:
            chore(db.session(), now() + timedelta(days=31))
        assert not db.session.scalars(select(MailedLink)).all()
        assert not db.session.scalars(select(SignIn)).all()


def test_a_time_zone_that_is_none_any_more_breaks_no_page(app, people, anna):
    with app.app_context():
        db.session.execute(update(Person).values(time_zone="Mars/Olympus"))
        db.session.commit()
    assert people.client(anna).get("/account/sign-ins").status_code == 200


def address_link(browser, app, purpose=Purpose.ADDRESS, email="thief@example.net"):
    """The place that a mail to another address names."""
    asked = {Purpose.ADDRESS: "/account/address", Purpose.NOTIFICATIONS: NOTIFICATIONS}[purpose]
    assert browser.post(asked, data={"email": email}).status_code == 303
    place = "/confirm-address" if purpose == Purpose.ADDRESS else NOTIFICATIONS
    return f"{place}/{token_of(app, purpose)}"


@pytest.mark.parametrize("purpose", [Purpose.ADDRESS, Purpose.NOTIFICATIONS])
@pytest.mark.parametrize("way", ["reset", "password", "address", "others"])
def test_what_locks_a_thief_out_voids_the_links_they_asked_for(app, people, anna, way, purpose):
    owner = people.client(anna)
    mine = address_link(owner, app, email="anna@new.example.org") if way == "address" else ""
    place = address_link(people.client(anna), app, purpose)
    if way == "reset":
        owner.post("/reset", data={"email": "anna@example.org"})
        owner.post(f"/reset/{token_of(app, Purpose.RESET)}", data={"password": NEW})
    elif way == "password":
        assert owner.post("/account/password", data={"password": NEW}).status_code == 303
    elif way == "address":
        assert owner.post(mine).status_code == 303
    else:
        assert owner.post("/account/sign-ins/end-others").status_code == 303
    assert app.test_client().get(place).status_code == 410
    assert app.test_client().post(place).status_code == 410
    assert person(app, anna).email == f"anna@{'new.' if mine else ''}example.org"
    assert person(app, anna).notification_email == ""


def test_links_of_other_people_stay_as_they_are(app, people, anna):
    place = address_link(people.signed_in("Otto"), app)
    people.client(anna).post("/account/password", data={"password": NEW})
    assert app.test_client().post(place).status_code == 303


@pytest.mark.parametrize("state", ["disabled_at", "erased_at"])
def test_whoever_is_disabled_or_erased_gets_no_other_address(app, people, anna, state):
    browser = people.client(anna)
    places = [address_link(browser, app, purpose) for purpose in (Purpose.NOTIFICATIONS,)]
    places.append(address_link(browser, app))
    change_person(app, **{state: now()})
    assert [app.test_client().post(place).status_code for place in places] == [410, 410]
    changed = person(app, anna)
    assert (changed.email, changed.notification_email) == ("anna@example.org", "")


def change_person(app, **values):
    """As another process does, in a transaction of its own."""
    with app.app_context(), db.engine.begin() as connection:
        connection.execute(update(Person).values(**values))


def meanwhile(monkeypatch, name, act):
    """Lets something happen while a password is hashed; says how often one was."""
    real, times = getattr(passwords, name), []

    def hashing(*args):
        times.append(name)
        result = real(*args)
        act()
        return result

    monkeypatch.setattr(passwords, name, hashing)
    return times


def test_a_taken_name_costs_no_hash(app, client, anna, monkeypatch):
    client.post("/sign-up", data={"email": "berta@example.org"})
    place = f"/sign-up/{token_of(app, Purpose.SIGN_UP)}"
    times = meanwhile(monkeypatch, "hash_password", lambda: None)
    answer = client.post(place, data={"pseudonym": "Anna", "password": NEW})
    assert (answer.status_code, times) == (422, [])
    assert checked(answer.text).xpath("//input[@name='pseudonym'][@aria-invalid]")
    change_person(app, email="berta@example.org")
    answer = client.post(place, data={"pseudonym": "Berta", "password": NEW})
    assert (answer.status_code, times) == (410, [])
    change_person(app, email="anna@example.org")
    assert client.post(place, data={"pseudonym": "Berta", "password": NEW}).status_code == 303
    assert times == ["hash_password"]


@pytest.mark.parametrize("way", ["sign-up", "reset", "account"])
def test_new_passwords_cannot_be_sent_without_end(app, client, people, anna, way):
    """Twenty for one link or person, forty from one address; a refused one counts too."""
    if way == "account":
        browser, place = people.client(anna), "/account/password"
    else:
        email = {"sign-up": "berta@example.org", "reset": "anna@example.org"}[way]
        client.post(f"/{way}", data={"email": email})
        purpose = {"sign-up": Purpose.SIGN_UP, "reset": Purpose.RESET}[way]
        browser, place = client, f"/{way}/{token_of(app, purpose)}"
    data = {"pseudonym": "Berta", "password": "short"}
    assert {browser.post(place, data=data).status_code for _ in range(20)} == {422}
    answer = browser.post(place, data={**data, "password": NEW})
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0
    assert "Try again in" in checked(answer.text).text_content()
    assert NEW not in answer.text


def test_new_passwords_from_one_address_are_counted_together(app, people):
    from hub.accounts import throttle

    with app.test_request_context():
        for number in range(40):
            assert not throttle.seconds_to_wait_for_hash(f"link {number}", "203.0.113.9")
        assert throttle.seconds_to_wait_for_hash("link 40", "203.0.113.9")
        assert not throttle.seconds_to_wait_for_hash("link 41", "198.51.100.7")


@pytest.mark.parametrize("change", ["password_hash", "disabled_at", "erased_at"])
def test_a_sign_in_that_compares_while_the_account_changes_is_refused(
    app, client, anna, monkeypatch, change
):
    value = "another" if change == "password_hash" else now()
    meanwhile(monkeypatch, "matches", lambda: change_person(app, **{change: value}))
    answer = sign_in(client)
    assert answer.status_code == 422
    assert "is not right" in answer.text
    with app.app_context():
        assert not db.session.scalars(select(SignIn)).all()


def test_a_sign_in_that_ends_while_it_hashes_changes_no_password(app, people, anna, monkeypatch):
    thief = people.client(anna)
    before = person(app, anna).password_hash

    def end():
        with app.app_context(), db.engine.begin() as connection:
            connection.execute(delete(SignIn))

    meanwhile(monkeypatch, "hash_password", end)
    answer = thief.post("/account/password", data={"password": NEW})
    assert answer.status_code == 303
    assert answer.location.startswith("/sign-in?next=")
    assert person(app, anna).password_hash == before


@pytest.mark.parametrize(
    "change",
    [{"disabled_at": now()}, {"erased_at": now()}, {"email": "anna@new.example.org"}],
    ids=["disabled", "erased", "moved"],
)
def test_a_reset_during_which_the_account_changes_is_over(app, client, anna, monkeypatch, change):
    client.post("/reset", data={"email": "anna@example.org"})
    place = f"/reset/{token_of(app, Purpose.RESET)}"
    before = person(app, anna).password_hash
    meanwhile(monkeypatch, "hash_password", lambda: change_person(app, **change))
    assert client.post(place, data={"password": NEW}).status_code == 410
    assert person(app, anna).password_hash == before
    assert not is_signed_in(client)


def test_signing_in_again_ends_the_sign_in_before(app, client, people, anna):
    """Also somebody else's in this browser, and one that awaits its second factor."""
    otto = people.add("Otto", password=True)
    sign_in(client)
    first = client.get_cookie("hub_sign_in").value
    sign_in(client)
    assert people.sign_ins(anna) == 1
    stolen = app.test_client()
    stolen.set_cookie("hub_sign_in", first)
    assert not is_signed_in(stolen)
    sign_in(client, email="otto@example.org")
    assert (people.sign_ins(anna), people.sign_ins(otto)) == (0, 1)
    change_person(app, totp_secret="sealed")
    sign_in(client, email="otto@example.org")
    assert client.get("/sign-in/second").status_code == 200
    sign_in(client)
    assert (people.sign_ins(anna), people.sign_ins(otto)) == (1, 0)


def test_each_attempt_to_sign_in_is_logged_by_number_only(client, anna):
    with capture_logs() as logs:
        sign_in(client, password="not the password at all")
        sign_in(client, email="nobody@example.org")
        sign_in(client)
    said = [(line["person"], line["outcome"]) for line in logs if line["event"] == "password given"]
    assert said == [(anna, "wrong"), (0, "wrong"), (anna, "right")]
    assert not any(word in str(logs) for word in ("anna@", "nobody@", PASSWORD, "not the password"))
