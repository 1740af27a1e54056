"""Erasing an account: what goes, what stays, who may, and that nothing is left anywhere."""

import json
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pyotp
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, text
from werkzeug.test import TestResponse

from hub.accounts import operations
from hub.accounts.models import MailedLink, Passkey, Person, Purpose, Role, SignIn
from hub.accounts.pseudonyms import key_of, problem_with
from hub.assistant.models import Answer, Conversation, Question
from hub.assistant.operations import add_question, start_conversation
from hub.audit import log
from hub.audit.models import AuditEntry
from hub.clock import now
from hub.extensions import db, limiter
from hub.feeds.models import FeedKey
from hub.following.models import Follow, ReadPosition
from hub.forum.models import Post
from hub.mail import outbox
from hub.mail.models import Mail, MailState
from hub.mail.transports import transport_of
from hub.mail.worker import Worker
from hub.membership.models import LeaMembership, MembershipState
from hub.moderation.models import Case, Objection, Sanction
from hub.notifications.models import Notification, NotificationChoice
from hub.own_data import content, erasing
from hub.own_data.content import Choice
from hub.polls.models import Poll, PollVote
from hub.reactions.models import Bookmark, Reaction
from hub.second_factor import recovery, totp
from hub.uploads.models import Attachment, Upload
from hub.writing.models import Draft
from knowledge.orm import Base
from tests.hub.conftest import checked
from tests.hub.mail_server import mail_server
from tests.hub.people import PASSWORD, People
from tests.hub.test_own_data import fill

ERASE = "/account/data/erase"
# Long and odd, so that they stand nowhere by chance.
NAME = "Quixotica Zebulon"
ADDRESS = "quixotica.zebulon@example.org"
NEWS = "news.quixotica@example.org"
OFFICIAL = "quixotica@police.example"
LEFT_NOWHERE = (
    *("quixotica", "zebulon", "may drones film a crowd", "realname", "annaland"),
    *("subject-of-", "key of ", "firefox · linux"),
    *("draft of anna", "note of anna", "picture of anna", "feed of anna"),
)
# What they wrote for others, in the forum and in its search.
TEXTS = ("topic of anna", "first words of anna", "state by anna")


@pytest.fixture(autouse=True)
def counters(app: Flask) -> Iterator[None]:
    with app.app_context():
        limiter.reset()
    yield
    with app.app_context():
        limiter.reset()


@pytest.fixture
def quixotica(app: Flask, people: People) -> int:
    """Somebody who has used everything that the hub offers."""
    other = people.add("Bert", Role.ADMINISTRATOR)
    me = people.add(
        NAME,
        Role.CURATOR,
        password=True,
        pseudonym_key=key_of(NAME),
        notification_email=NEWS,
        language="de",
        time_zone="Asia/Tokyo",
    )
    group = people.add_group("The group")
    with app.app_context():
        fill(me, other, "Anna", group)
        db.session.query(Mail).filter_by(person_id=None).delete()
        for membership in db.session.query(LeaMembership):
            membership.official_address = OFFICIAL
            membership.real_name = "Quixotica Realname"
        db.session.add(link_to(NEWS, Purpose.NOTIFICATIONS, me))
        db.session.add(link_to(ADDRESS, Purpose.SIGN_UP, None))
        outbox.post(db.session(), "sign-up", ADDRESS, "en", now())
        outbox.post(db.session(), "official-address", OFFICIAL, "en", now(), me, word=NAME)
        db.session.commit()
    return me


def link_to(address: str, purpose: Purpose, person_id: int | None) -> MailedLink:
    return MailedLink(
        purpose=purpose,
        address=address,
        person_id=person_id,
        created_at=now(),
        expires_at=now() + timedelta(hours=1),
    )


def erase(client: FlaskClient, choice: str = "stays", **proof: str) -> TestResponse:
    proof = proof or {"password": PASSWORD}
    return client.post(ERASE, data={"texts": choice, **proof})


def everything(app: Flask) -> dict[str, str]:
    """Every cell of every table, as text in small letters."""
    cells: dict[str, str] = {}
    with app.app_context(), db.engine.connect() as connection:
        for table in Base.metadata.sorted_tables:
            for number, row in enumerate(connection.execute(select(table)).mappings()):
                for column, value in row.items():
                    cells[f"{table.name}.{column} {number}"] = spelled(value).lower()
    return cells


def spelled(value: object) -> str:
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else str(value)


def found(app: Flask, *words: str) -> list[str]:
    return [place for place, cell in everything(app).items() if any(w in cell for w in words)]


def test_the_scan_sees_everything_that_is_to_go(app: Flask, quixotica: int, people: People) -> None:
    people.client(quixotica)
    for word in LEFT_NOWHERE:
        assert found(app, word), word


@pytest.mark.parametrize("choice", ["stays", "goes"])
def test_nothing_is_left_in_the_database_but_the_last_mail(
    app: Flask, people: People, quixotica: int, choice: str
) -> None:
    browser = people.client(quixotica)
    people.client(quixotica)
    response = erase(browser, choice)
    assert response.status_code == 303, response.text
    (place,) = found(app, *LEFT_NOWHERE, ADDRESS, NEWS, OFFICIAL)
    assert place.startswith("mail.recipient")
    with app.app_context():
        (mail,) = db.session.query(Mail).filter(Mail.recipient != "")
        assert (mail.kind, mail.recipient, mail.parameters) == ("erased", ADDRESS, {})
        assert mail.language == "de"


@pytest.mark.parametrize("choice", ["stays", "goes"])
def test_texts_stay_or_go_as_one_chose(
    app: Flask, people: People, quixotica: int, choice: str
) -> None:
    erase(people.client(quixotica), choice)
    for word in TEXTS:
        assert bool(found(app, word)) is (choice == "stays"), word


@pytest.mark.parametrize("choice", ["stays", "goes"])
def test_what_was_decided_keeps_its_evidence(
    app: Flask, people: People, quixotica: int, choice: str
) -> None:
    """Under a number: whoever answers an objection needs it, until its time is over."""
    erase(people.client(quixotica), choice)
    for word, column in (
        ("what anna wrote", "moderation_case.evidence"),
        ("what anna did", "moderation_decision.facts"),
    ):
        (place,) = found(app, word)
        assert place.startswith(column)
    with app.app_context():
        assert db.session.query(Case).one().author_id == quixotica
        assert db.session.query(Sanction).one().person_id == quixotica
        assert bool(db.session.query(Objection).one().text) is (choice == "stays")


@pytest.mark.parametrize("choice", ["stays", "goes"])
def test_what_one_did_beside_posts_goes(
    app: Flask, people: People, quixotica: int, choice: str
) -> None:
    """The counts hold it no longer; what others did stays, and what they were told."""
    erase(people.client(quixotica), choice)
    with app.app_context():
        for kind in (Reaction, Bookmark, PollVote, ReadPosition, Notification):
            left = {person_id for (person_id,) in db.session.query(kind.person_id)}
            assert quixotica not in left, kind
            assert left or (kind, choice) == (PollVote, "goes"), kind  # the poll was theirs
        for kind in (Follow, NotificationChoice, FeedKey, Draft):
            assert not db.session.query(kind).filter_by(person_id=quixotica).count(), kind
        assert db.session.query(Post).one().reactions == {"helpful": 1}
        polls = [(poll.voters, poll.options[0].votes) for poll in db.session.query(Poll)]
        assert polls == ([(1, 1)] if choice == "stays" else [])


@pytest.mark.parametrize(("choice", "names"), [("stays", ["picture.png"]), ("goes", [])])
def test_files_stay_with_their_posts_without_a_name_or_go(
    app: Flask, people: People, quixotica: int, choice: str, names: list[str]
) -> None:
    erase(people.client(quixotica), choice)
    with app.app_context():
        assert [upload.filename for upload in db.session.query(Upload)] == names
        assert db.session.query(Attachment).count() == len(names)


def test_nothing_is_left_in_files_nor_in_logs(
    app: Flask, people: People, quixotica: int, capfd: pytest.CaptureFixture[str]
) -> None:
    if app.config["SQLALCHEMY_DATABASE_URI"].startswith("postgresql"):
        pytest.skip("the files of PostgreSQL are not the hub's")
    folder = Path(app.config["DATA"])
    app.config["MAIL"] = ""  # the last mail holds the address until it is sent
    assert places(folder, b"uixotica")
    browser = people.client(quixotica)
    browser.post("/account/profile", data={"pseudonym": "Quixotica Other", "language": "en"})
    assert erase(browser).status_code == 303
    for word in (b"uixotica", b"ebulon", b"drones film", b"Realname", PASSWORD.encode()):
        assert not places(folder, word), word
    out, err = capfd.readouterr()
    assert "uixotica" not in out + err
    assert "ebulon" not in out + err


def places(folder: Path, word: bytes) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file() and word in path.read_bytes()]


def test_the_row_stays_and_is_empty(app: Flask, people: People, quixotica: int) -> None:
    erase(people.client(quixotica))
    with app.app_context():
        person = db.session.get_one(Person, quixotica)
        assert person.erased_at is not None
        assert person.pseudonym == f"former member {quixotica}"
        assert (person.email, person.notification_email, person.password_hash) == (None, "", "")
        assert (person.language, person.time_zone, person.totp_secret) == ("en", "", "")
        assert person.grants == []
        assert person.passkeys == []
        left = [Conversation, Question, Answer, SignIn]
        assert [db.session.query(model).count() for model in left] == [0, 0, 0, 0]


def test_nobody_can_be_called_like_a_former_member(app: Flask) -> None:
    for number in (1, 17, 2**31 - 1):
        name = erasing.former_name(number)
        assert problem_with(name)
        assert len(name) <= 40
        assert key_of(name) != f"erased {number}"


def test_decisions_about_others_keep_the_number(app: Flask, people: People, quixotica: int) -> None:
    other = people.add("Carla")
    with app.app_context():
        db.session.add(decision(other, quixotica))
        db.session.commit()
    erase(people.client(quixotica), "stays")
    with app.app_context():
        kept = db.session.query(LeaMembership).filter_by(person_id=other).one()
        assert (kept.decided_by, kept.reason) == (quixotica, "known to me")


def test_reasons_given_to_others_go_if_one_wants(
    app: Flask, people: People, quixotica: int
) -> None:
    other, third = people.add("Carla"), people.add("Dora")
    with app.app_context():
        db.session.add_all([decision(other, quixotica), decision(third, other)])
        invitation = link_to("new@police.example", Purpose.INVITATION, None)
        invitation.details = {"invited_by": quixotica, "note": "Come in", "country": "FR"}
        db.session.add(invitation)
        db.session.commit()
    erase(people.client(quixotica), "goes")
    with app.app_context():
        of_mine = db.session.query(LeaMembership).filter_by(person_id=other).one()
        of_theirs = db.session.query(LeaMembership).filter_by(person_id=third).one()
        assert (of_mine.decided_by, of_mine.reason) == (quixotica, "")
        assert of_theirs.reason == "known to me"
        note = db.session.query(MailedLink).filter_by(address="new@police.example").one().details
        assert note == {"invited_by": quixotica, "note": "", "country": "FR"}


def decision(about: int, by: int) -> LeaMembership:
    return LeaMembership(
        person_id=about,
        state=MembershipState.GRANTED,
        organisation="Police",
        official_address=f"x{about}@police.example",
        real_name="X",
        requested_at=now(),
        decided_by=by,
        decided_at=now(),
        reason="known to me",
    )


def test_features_can_register_what_becomes_of_texts(
    app: Flask, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[tuple[str, int]] = []
    posts = content.Content(
        keep=lambda _session, who: seen.append(("kept", who)),
        remove=lambda _session, who: seen.append(("removed", who)),
    )
    monkeypatch.setattr(content, "_REGISTERED", {})
    content.register("posts", posts)
    content.register("posts", posts)
    one, two = people.add("Ada", password=True), people.add("Bea", password=True)
    erase(people.client(one), "stays")
    erase(people.client(two), "goes")
    assert seen == [("kept", one), ("removed", two)]


def test_the_audit_log_keeps_the_number(app: Flask, people: People, quixotica: int) -> None:
    erase(people.client(quixotica), "goes")
    with app.app_context():
        (entry,) = db.session.query(AuditEntry).filter_by(act="person.erased")
        assert (entry.actor_id, entry.subject_kind, entry.subject_id) == (
            quixotica,
            "person",
            quixotica,
        )
        assert entry.after == {"content": "goes"}


def test_afterwards_one_is_signed_out_everywhere(
    app: Flask, people: People, quixotica: int
) -> None:
    browser, telephone = people.client(quixotica), people.client(quixotica)
    response = erase(browser)
    assert response.headers["Location"] == "/account/erased"
    assert "hub_sign_in=;" in "".join(response.headers.getlist("Set-Cookie"))
    checked(browser.get("/account/erased").text)
    for client in (browser, telephone):
        assert client.get("/account").headers["Location"].startswith("/sign-in")
    response = browser.post("/sign-in", data={"email": ADDRESS, "password": PASSWORD})
    assert response.status_code == 422


def test_the_same_address_and_name_can_be_had_again(
    app: Flask, people: People, quixotica: int
) -> None:
    erase(people.client(quixotica))
    again = people.add(NAME, pseudonym_key=key_of(NAME))
    assert again != quixotica
    with app.app_context():
        assert db.session.get_one(Person, again).email == ADDRESS
    data = people.client(again).post("/account/data/file").json
    assert data["person"] == again
    mails = [part for part in data["kept"] if part["table"] == "mail"]
    assert not any(part["rows"] for part in mails)  # that of the former member is not theirs


def test_signing_up_with_the_address_works_again(
    app: Flask, people: People, quixotica: int, client: FlaskClient
) -> None:
    from hub.accounts import links

    erase(people.client(quixotica))
    client.post("/sign-up", data={"email": ADDRESS})
    with app.app_context():
        link = db.session.query(MailedLink).filter_by(address=ADDRESS, used_at=None).one()
        token = links.signed(link)
    fields = {"pseudonym": NAME, "password": "walnut harbour lantern seventy"}
    assert client.post(f"/sign-up/{token}", data=fields).status_code == 303
    assert client.get("/account").status_code == 200


def test_the_last_mail_is_sent_and_then_forgotten(
    app: Flask, people: People, quixotica: int
) -> None:
    erase(people.client(quixotica))
    with mail_server() as server, app.app_context():
        app.config["MAIL"] = server.url
        worker = Worker(db.engine, transport_of(app))
        assert worker.step()
        (received,) = server.received
        assert ADDRESS in str(received["To"])
        (mail,) = db.session.query(Mail).filter_by(kind="erased")
        assert (mail.state, mail.recipient) == (MailState.SENT, "")
    assert found(app, *LEFT_NOWHERE) == []


def test_the_last_administrator_stays(app: Flask, people: People) -> None:
    person_id = people.add("Ada", Role.ADMINISTRATOR, password=True)
    people.add("Disabled", Role.ADMINISTRATOR, disabled_at=now())
    response = erase(people.client(person_id))
    assert response.status_code == 422
    assert "last administrator" in checked(response.text).text_content()
    with app.app_context():
        assert db.session.get_one(Person, person_id).erased_at is None
        assert db.session.query(Mail).count() == 0
        assert db.session.query(AuditEntry).count() == 0
    people.add("Bea", Role.ADMINISTRATOR)
    assert erase(people.client(person_id)).status_code == 303


def test_of_two_last_administrators_who_leave_at_once_one_stays(app: Flask, people: People) -> None:
    both = [people.add(name, Role.ADMINISTRATOR, password=True) for name in ("Ada", "Bea")]
    answers = at_once([people.client(person_id) for person_id in both])
    assert sorted(answers) == [303, 422]


def test_of_two_erasures_at_once_one_counts(app: Flask, people: People) -> None:
    person_id = people.add("Ada", password=True)
    answers = at_once([people.client(person_id) for _ in range(3)])
    assert set(answers) == {303}
    with app.app_context():
        assert db.session.query(AuditEntry).count() == 1
        assert db.session.query(Mail).count() == 1


def at_once(clients: list[FlaskClient]) -> list[int]:
    answers: list[int] = []
    start = threading.Barrier(len(clients))

    def go(client: FlaskClient) -> None:
        start.wait()
        answers.append(erase(client).status_code)

    threads = [threading.Thread(target=go, args=(client,)) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def test_the_page_says_what_goes_and_what_stays(app: Flask, people: People) -> None:
    group = people.add_group("Alone")
    person_id = people.add("Ada", password=True, keeps=[group])
    root = checked(people.client(person_id).get(ERASE).text)
    words = root.text_content()
    assert f"former member {person_id}" in words
    assert "Alone" in words
    assert root.xpath("//input[@name='password']")
    assert not root.xpath("//input[@name='code'] | //input[@name='word']")


def test_looking_at_the_page_erases_nothing(app: Flask, people: People) -> None:
    person_id = people.add("Ada", password=True)
    people.client(person_id).get(ERASE)
    with app.app_context():
        assert db.session.get_one(Person, person_id).erased_at is None


def test_a_wrong_password_erases_nothing_and_is_counted(app: Flask, people: People) -> None:
    person_id = people.add("Ada", password=True)
    browser = people.client(person_id)
    for wrong in ("", "wrong", "\0", "x" * 10_000):
        response = erase(browser, password=wrong)
        assert response.status_code == 422
        assert "x" * 100 not in response.text
    for _ in range(5):
        erase(browser, password="wrong")
    response = erase(browser)
    assert response.status_code == 422
    assert "too many attempts" in response.text
    with app.app_context():
        assert db.session.get_one(Person, person_id).erased_at is None


def test_who_has_an_app_gives_its_code_not_the_password(app: Flask, people: People) -> None:
    person_id = people.add("Ada", password=True)
    with app.app_context():
        person, secret = db.session.get_one(Person, person_id), totp.new_secret()
        person.totp_secret = totp.sealed_for(person, secret)
        db.session.commit()
    browser = people.client(person_id)
    assert not checked(browser.get(ERASE).text).xpath("//input[@name='password']")
    assert erase(browser).status_code == 422
    assert erase(browser, code="000000", password=PASSWORD).status_code == 422
    assert erase(browser, code=pyotp.TOTP(secret).now()).status_code == 303


def test_who_has_a_passkey_only_uses_it_first_or_a_recovery_code(
    app: Flask, people: People
) -> None:
    person_id = people.add("Ada", password=True)
    with app.app_context():
        person = db.session.get_one(Person, person_id)
        person.passkeys.append(
            Passkey(credential_id=b"1", public_key=b"2", name="Key", created_at=now())
        )
        codes = recovery.renew(db.session(), person)
        db.session.commit()
    browser = people.client(person_id, is_strong=False)
    root = checked(browser.get(ERASE).text)
    assert root.xpath("//a[starts-with(@href, '/account/confirm?next=')]")
    assert erase(browser, code="1234").status_code == 422
    just_used = people.client(person_id)
    assert not checked(just_used.get(ERASE).text).xpath("//input[@name='code']")
    age(app, minutes=6)
    assert checked(just_used.get(ERASE).text).xpath("//input[@name='code']")
    assert just_used.post(ERASE, data={"texts": "stays"}).status_code == 422
    assert erase(browser, code=codes[0]).status_code == 303


def age(app: Flask, minutes: int) -> None:
    with app.app_context():
        for sign_in in db.session.query(SignIn).filter(SignIn.strong_at.is_not(None)):
            sign_in.strong_at = now() - timedelta(minutes=minutes)
        db.session.commit()


def test_a_passkey_that_was_just_used_is_proof_enough(app: Flask, people: People) -> None:
    person_id = people.add("Ada")
    with app.app_context():
        person = db.session.get_one(Person, person_id)
        person.passkeys.append(
            Passkey(credential_id=b"1", public_key=b"2", name="Key", created_at=now())
        )
        db.session.commit()
    browser = people.client(person_id)
    assert browser.post(ERASE, data={"texts": "stays"}).status_code == 303


def test_who_signs_in_elsewhere_types_a_word(app: Flask, people: People) -> None:
    browser = people.client(people.add("Ada"))
    assert "Type “erase”" in checked(browser.get(ERASE).text).text_content()
    assert erase(browser, word="").status_code == 422
    assert erase(browser, word="no").status_code == 422
    assert erase(browser, word=" Erase ").status_code == 303


@pytest.mark.parametrize("choice", ["", "x", "\0", "stays" * 1_000])
def test_a_choice_that_is_none_is_refused(app: Flask, people: People, choice: str) -> None:
    browser = people.client(people.add("Ada", password=True))
    assert erase(browser, choice).status_code == 422


def test_who_has_not_just_proven_it_is_asked_first(
    app: Flask, people: People, client: FlaskClient
) -> None:
    stale = people.client(people.add("Ada", password=True), is_fresh=False)
    for browser, place in ((client, "/sign-in?"), (stale, "/account/confirm?")):
        assert browser.get(ERASE).headers["Location"].startswith(place)
        assert erase(browser).headers["Location"].startswith(place)


def test_other_people_lose_nothing(app: Flask, people: People, quixotica: int) -> None:
    other = people.add("Carla", password=True)
    with app.app_context():
        conversation = start_conversation(
            db.session(), f"person:{other}", "Whose?", "en", now(), other
        )
        add_question(db.session(), conversation, "Whose?", "en", now())
        outbox.post(db.session(), "sign-up", "somebody@example.org", "en", now())
        log.note(db.session(), "person.disabled", other, now(), ("person", other))
        db.session.commit()
    carla = people.client(other)
    erase(people.client(quixotica), "goes")
    with app.app_context():
        assert db.session.query(Question).count() == 1
        assert db.session.query(Mail).filter_by(recipient="somebody@example.org").count() == 1
    assert carla.get("/account").status_code == 200


def test_an_address_that_was_only_typed_in_takes_nothing_from_its_owner(
    app: Flask, people: People
) -> None:
    """Somebody may claim any official address; only one that they confirmed is theirs."""
    thief = people.add("Ada", password=True)
    with app.app_context():
        claim = decision(thief, people.add("Bea"))
        claim.official_address, claim.decided_by = "carla@example.org", None
        db.session.add(claim)
        outbox.post(db.session(), "reset", "carla@example.org", "en", now())
        db.session.add(link_to("carla@example.org", Purpose.RESET, None))
        db.session.commit()
    erase(people.client(thief))
    with app.app_context():
        assert db.session.query(Mail).filter_by(kind="reset").count() == 1
        assert db.session.query(MailedLink).count() == 1


def test_an_address_that_was_left_before_is_erased_too(app: Flask, people: People) -> None:
    """What was sent there while nobody had looked whose it is."""
    person_id = people.add("Quixotica", password=True)
    with app.app_context():
        for address in ("quixotica@example.org", "carla@example.org"):
            outbox.post(db.session(), "sign-up", address, "en", now())
            db.session.add(link_to(address, Purpose.SIGN_UP, None))
        person = db.session.get_one(Person, person_id)
        operations.set_address(db.session(), person, "moved@example.org", now())
        db.session.commit()
    assert erase(people.client(person_id)).status_code == 303
    assert found(app, "quixotica@example.org") == []
    with app.app_context():
        assert db.session.query(MailedLink).one().address == "carla@example.org"
        assert db.session.query(Mail).filter_by(recipient="carla@example.org").count() == 1


def test_without_mail_there_is_no_last_mail(app: Flask, people: People) -> None:
    app.config["MAIL"] = ""
    erase(people.client(people.add("Ada", password=True)))
    with app.app_context():
        assert db.session.query(Mail).count() == 0


def test_the_operation_can_be_used_without_the_page(app: Flask, people: People) -> None:
    person_id = people.add("Ada")
    with app.app_context():
        person = db.session.get_one(Person, person_id)
        erasing.erase(db.session(), person, Choice.STAYS, now())
        db.session.commit()
        with pytest.raises(erasing.AlreadyErased):
            erasing.erase(db.session(), person, Choice.STAYS, now())
        db.session.rollback()
        assert db.session.execute(text("SELECT count(*) FROM audit_entry")).scalar() == 1
