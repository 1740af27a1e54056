"""Feeds: valid Atom, of what anyone may read, or by a key of what its owner may read."""

import re
from datetime import datetime, timedelta
from xml.etree import ElementTree as xml

import pytest
from structlog.testing import capture_logs

from hub.accounts import operations as accounts
from hub.accounts.models import Person, Role
from hub.clock import now
from hub.extensions import db
from hub.feeds import atom, operations, queries
from hub.feeds.models import FeedKey
from hub.forum import operations as forum
from hub.forum.models import State
from knowledge.access import LEA, PUBLIC, STAFF, group_audience
from tests.hub.conftest import checked
from tests.hub.rooms import Rooms

A = "{http://www.w3.org/2005/Atom}"
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")


@pytest.fixture
def rooms(app):
    return Rooms(app)


@pytest.fixture
def author(people):
    return people.add("Anton")


@pytest.fixture
def board(rooms):
    return rooms.board("Open board", PUBLIC)


def key_of(app, person, *, is_strong=True):
    with app.app_context():
        who = db.session.get_one(Person, person)
        key = operations.make_key(db.session(), who, "Reader", now(), is_strong=is_strong)
        db.session.commit()
    return key


def give_second_factor(app, person):
    with app.app_context():
        db.session.get_one(Person, person).totp_secret = "sealed"
        db.session.commit()


def valid(answer):
    """The feed, held against the rules of RFC 4287."""
    assert answer.status_code == 200
    assert answer.mimetype == "application/atom+xml"
    root = xml.fromstring(answer.data)
    assert root.tag == f"{A}feed"
    check(root)  # 4.1.1
    assert len(root.findall(f"{A}link[@rel='self']")) == 1
    entries = root.findall(f"{A}entry")
    ids = [entry.findtext(f"{A}id") for entry in entries]
    assert len(ids) == len(set(ids))
    for entry in entries:  # 4.1.2
        check(entry)
        assert [author.findtext(f"{A}name") for author in entry.findall(f"{A}author")] != []
        assert len(entry.findall(f"{A}link[@rel='alternate']")) == 1
        assert len(entry.findall(f"{A}content")) <= 1
        assert len(entry.findall(f"{A}summary")) <= 1
        for content in entry.findall(f"{A}content"):
            assert content.get("type") == "html"
            assert len(content) == 0  # 4.1.3.3: escaped, no elements
    return root


def check(element):
    """What a feed and an entry have in common."""
    for name in ("id", "title", "updated"):
        assert len(element.findall(f"{A}{name}")) == 1, name
    assert re.match(r"https?://", element.findtext(f"{A}id"))
    for name in ("updated", "published"):
        for moment in element.findall(f"{A}{name}"):
            assert MOMENT.fullmatch(moment.text)
    for link in element.findall(f"{A}link"):
        assert link.get("href").startswith("http")


def titles(root):
    return [entry.findtext(f"{A}title") for entry in root.findall(f"{A}entry")]


def test_each_feed_is_valid(app, client, rooms, board, author):
    topic = rooms.topic(board, author, "Fish & <chips>", "A *word*\n\n<b>x</b>", tags=["drones"])
    rooms.reply(topic, author, "Another ]]> word")
    for place in ("latest", f"boards/{board}", f"topics/{topic}", "tags/drones"):
        root = valid(client.get(f"/feeds/{place}.atom"))
        assert "Fish & <chips>" in titles(root)
        assert "<" in root.find(f"{A}entry/{A}content").text


def test_an_empty_feed_is_valid_too(client):
    assert titles(valid(client.get("/feeds/latest.atom"))) == []


def test_what_xml_has_no_sign_for_is_left_out():
    entry = atom.Entry("http://x/1", "a\x0bb\ud800\uffff", "me", now(), now(), "<p>\x00</p>")
    feed = atom.Feed("http://x/", "T", "http://x/", "http://x/f", "http://x/", [entry])
    root = xml.fromstring(atom.octets_of(feed))
    assert root.findtext(f"{A}entry/{A}title") == "ab"


def test_a_feed_without_a_key_holds_what_anyone_may_read_whoever_asks(
    app, rooms, people, author, board
):
    rooms.topic(board, author, "Open topic", tags=["birds"])
    closed = rooms.board("Members board")
    hidden = rooms.topic(closed, author, "Heron topic", tags=["birds", "heron"])
    client = people.client(author)
    for place in ("latest", "tags/birds"):
        assert titles(valid(client.get(f"/feeds/{place}.atom"))) == ["Open topic"]
    for place in (f"boards/{closed}", f"topics/{hidden}", "tags/heron"):
        assert client.get(f"/feeds/{place}.atom").status_code == 404


@pytest.mark.parametrize("state", [State.HIDDEN, State.DELETED])
def test_what_was_taken_away_is_in_no_feed(app, client, rooms, board, author, state):
    topic = rooms.topic(board, author)
    post = rooms.reply(topic, author)
    with app.app_context():
        forum.take_away(db.session(), post, state, None, now())
        db.session.commit()
    assert len(titles(valid(client.get(f"/feeds/topics/{topic}.atom")))) == 1
    with app.app_context():
        forum.take_away(db.session(), rooms.first_post(topic), state, None, now())
        db.session.commit()
    assert client.get(f"/feeds/topics/{topic}.atom").status_code == 404
    assert titles(valid(client.get("/feeds/latest.atom"))) == []


def test_a_key_gives_what_its_owner_may_read(app, client, rooms, people, author):
    group = people.add_group("Circle")
    rooms.topic(rooms.board("M"), author, "For members")
    rooms.topic(rooms.board("S", STAFF), author, "For staff")
    rooms.topic(rooms.board("G", group_audience(group)), author, "For the group")
    insider = people.add("Ines", groups=[group])
    found = titles(valid(client.get(f"/feeds/latest.atom?key={key_of(app, insider)}")))
    assert sorted(found) == ["For members", "For the group"]


def test_what_needs_a_second_factor_needs_a_key_made_with_one(app, client, rooms, people, author):
    lea = people.add("Leo", lea=True)
    rooms.topic(rooms.board("L", LEA), author, "For LEA")
    weak, strong = key_of(app, lea, is_strong=False), key_of(app, lea)
    give_second_factor(app, lea)

    def found(key):
        return titles(valid(client.get(f"/feeds/latest.atom?key={key}")))

    assert found(weak) == []
    assert found(strong) == ["For LEA"]
    with app.app_context():
        db.session.get_one(Person, lea).totp_secret = ""
        db.session.commit()
    assert found(strong) == []
    give_second_factor(app, lea)
    people.end_lea_membership(lea)
    assert found(strong) == []


def test_marks_keep_words_and_topics_out(app, client, rooms, people, author):
    curator = people.add("Cora", Role.CURATOR)
    give_second_factor(app, curator)
    for mark in ("", "green", "amber"):
        audience = STAFF if mark == "amber" else LEA
        rooms.topic(rooms.board(f"B{mark}", audience, mark=mark), author, f"T{mark}", "Heron")
    root = valid(client.get(f"/feeds/latest.atom?key={key_of(app, curator)}"))
    assert sorted(titles(root)) == ["T", "Tgreen"]
    for entry in root.findall(f"{A}entry"):
        has_words = "Heron" in (entry.findtext(f"{A}content") or "")
        assert has_words == (entry.findtext(f"{A}title") == "T")


def test_a_key_that_is_over_gives_nothing_at_once(app, client, rooms, people, author, board):
    rooms.topic(board, author)
    person = people.add("Mira")
    key = key_of(app, person)
    url = f"/feeds/latest.atom?key={key}"
    assert client.get(url).status_code == 200
    with app.app_context():
        db.session.get_one(Person, person).disabled_at = now()
        db.session.commit()
    assert client.get(url).status_code == 404
    with app.app_context():
        db.session.get_one(Person, person).disabled_at = None
        operations.revoke(db.session(), person, db.session.query(FeedKey).one().id)
        db.session.commit()
    assert client.get(url).status_code == 404


@pytest.mark.parametrize("key", ["", "x", "x" * 5_000, "%C3%A9", "%F0%9F%98%80"])
def test_a_key_that_is_none_gives_nothing(client, rooms, board, author, key):
    rooms.topic(board, author)
    assert client.get(f"/feeds/latest.atom?key={key}").status_code == 404


def test_whoever_has_it_is_told_so(app, client, rooms, people, board, author):
    topic = rooms.topic(board, author)
    first = client.get("/feeds/latest.atom")
    assert first.headers["Cache-Control"] == "public, max-age=300"
    for header in (
        {"If-None-Match": first.headers["ETag"]},
        {"If-Modified-Since": first.headers["Last-Modified"]},
    ):
        again = client.get("/feeds/latest.atom", headers=header)
        assert (again.status_code, again.data) == (304, b"")
    rooms.reply(topic, author, at=now() + timedelta(seconds=5))
    changed = client.get("/feeds/latest.atom", headers={"If-None-Match": first.headers["ETag"]})
    assert changed.status_code == 200
    key = key_of(app, people.add("Mira"))
    private = client.get(f"/feeds/latest.atom?key={key}")
    assert private.headers["Cache-Control"] == "private, no-cache"
    assert private.headers["Referrer-Policy"] == "no-referrer"


def test_the_key_is_in_no_log_and_not_in_the_feed(
    app, client, rooms, people, board, author, caplog
):
    rooms.topic(board, author)
    key = key_of(app, people.add("Mira"))
    with capture_logs() as logged:
        answer = client.get(f"/feeds/latest.atom?key={key}")
        client.get(f"/feeds/boards/4711.atom?key={key}")
    assert key not in str(logged) + caplog.text + answer.text + str(answer.headers)


def test_it_is_noted_when_a_key_was_used(app, client, people):
    key = key_of(app, people.add("Mira"))

    def used_at() -> datetime | None:
        with app.app_context():
            return db.session.query(FeedKey).one().used_at

    assert used_at() is None
    client.get(f"/feeds/latest.atom?key={key}")
    first = used_at()
    assert first
    client.get(f"/feeds/latest.atom?key={key}")
    assert used_at() == first  # once an hour is enough


def test_nobody_asks_without_end(app, client):
    app.config["RATELIMIT_ENABLED"] = True
    # More than two minutes' worth, so that the turn of a minute does not matter.
    statuses = [client.get("/feeds/latest.atom").status_code for _ in range(125)]
    assert statuses.count(429) >= 1


# one's keys


def test_a_key_is_shown_once_and_only_its_digest_kept(app, people):
    client = people.signed_in("Mira")
    page = checked(client.post("/account/feeds", data={"name": "Phone"}).text)
    [address] = [code.text for code in page.xpath("//code")]
    key = address.partition("key=")[2]
    assert len(key) == 43
    assert key not in client.get("/account/feeds").text
    assert "Phone" in client.get("/account/feeds").text
    with app.app_context():
        row = db.session.query(FeedKey).one()
        assert (row.key_hash, row.is_strong) == (operations.digest(key), True)
    assert app.test_client().get(f"/feeds/latest.atom?key={key}").status_code == 200


def test_without_a_second_factor_a_key_is_weak(app, people):
    people.client(people.add("Mira"), is_strong=False).post("/account/feeds", data={"name": "x"})
    with app.app_context():
        assert not db.session.query(FeedKey).one().is_strong


def test_a_key_needs_a_fresh_proof(people):
    stale = people.client(people.add("Mira"), is_fresh=False)
    assert stale.post("/account/feeds", data={"name": "x"}).location.startswith("/account/confirm")


@pytest.mark.parametrize("name", ["", "a\0b", "x" * 61, "\u202ex"])
def test_a_hostile_name_is_refused(app, people, name):
    answer = people.signed_in("Mira").post("/account/feeds", data={"name": name})
    assert answer.status_code == 422
    with app.app_context():
        assert db.session.query(FeedKey).count() == 0


def test_nobody_has_keys_without_end(people, monkeypatch):
    monkeypatch.setattr(operations, "MOST_KEYS", 1)
    client = people.signed_in("Mira")
    statuses = [client.post("/account/feeds", data={"name": "x"}).status_code for _ in range(2)]
    assert statuses == [200, 422]


def test_nobody_revokes_those_of_others(app, people):
    key_of(app, people.add("Mira"))
    with app.app_context():
        number = db.session.query(FeedKey).one().id
    assert people.signed_in("Tom").post(f"/account/feeds/{number}/revoke").status_code == 404
    with app.app_context():
        assert queries.keys_of(db.session(), 1)


@pytest.mark.parametrize("how", ["everywhere", "reset"])
def test_no_key_outlives_the_sign_ins(app, client, people, how):
    """Whoever had got hold of one may have made a key."""
    mira, tom = people.add("Mira"), people.add("Tom")
    key, other = key_of(app, mira), key_of(app, tom)
    if how == "everywhere":
        assert people.client(mira).post("/account/sign-ins/end-others").status_code == 303
    else:
        with app.app_context():
            accounts.set_password(db.session(), db.session.get_one(Person, mira), "x", now())
            db.session.commit()
    assert client.get(f"/feeds/latest.atom?key={key}").status_code == 404
    assert client.get(f"/feeds/latest.atom?key={other}").status_code == 200
