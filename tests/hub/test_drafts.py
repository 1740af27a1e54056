"""Drafts: kept by a button or by script, the same everywhere, and never lost between devices."""

import json

import pytest

from hub.clock import now
from hub.extensions import db, limiter
from hub.forum import operations as forum
from hub.forum.models import Post, State, Topic
from hub.writing.models import Draft
from hub.writing.places import Kind, Place, place_named
from knowledge.access import LEA
from tests.hub.conftest import checked
from tests.hub.rooms import Rooms

KEY = "k" * 32


@pytest.fixture(autouse=True)
def counters(app):
    with app.app_context():
        limiter.reset()


@pytest.fixture
def rooms(app):
    return Rooms(app)


@pytest.fixture
def mira_id(people):
    return people.add("Mira")


@pytest.fixture
def mira(people, mira_id):
    return people.client(mira_id)


@pytest.fixture
def topic(rooms, people):
    return rooms.topic(rooms.board(), people.add("Jo Ann"))


def reply(topic):
    return f"/forum/topics/{topic}/reply"


def kept(app):
    with app.app_context():
        found = db.session.query(Draft).order_by(Draft.id)
        return [(draft.place, draft.text, draft.revision) for draft in found]


def keep(client, place, text, revision=0, **fields):
    data = {"place": place, "text": text, "revision": str(revision), **fields}
    return client.post("/forum/drafts", data=data)


def typed(answer, name="text"):
    root = checked(answer.text)
    if name == "text":
        return (root.xpath("//textarea[@name='text']")[0].text or "").removeprefix("\n")
    return root.xpath(f"//form[@id='editor']//input[@name='{name}']/@value")[0]


def test_the_button_keeps_a_draft_and_the_page_shows_it_on_every_device(
    app, people, topic, mira_id, mira
):
    sent = mira.post(reply(topic), data={"text": "Half a thought", "keep": "1", "submission": KEY})
    assert (sent.status_code, sent.location) == (303, reply(topic))
    phone = people.client(mira_id)
    page = phone.get(reply(topic))
    assert typed(page) == "Half a thought"
    assert typed(page, "draft") == "1"
    assert "Your draft of" in page.text
    assert kept(app) == [(f"topic {topic}", "Half a thought", 1)]


def test_a_draft_needs_nothing_but_readable_text(app, rooms, mira):
    new = f"/forum/boards/{rooms.board()}/new"
    assert mira.post(new, data={"title": "Only a title", "keep": "1"}).status_code == 303
    assert typed(mira.get(new), "title") == "Only a title"
    refused = mira.post(new, data={"text": "a\0b", "keep": "1", "draft": "1"})
    assert refused.status_code == 422


def test_script_keeps_a_draft_and_the_same_again_changes_nothing(app, topic, mira):
    place = f"topic {topic}"
    assert keep(mira, place, "One").json["revision"] == 1
    assert keep(mira, place, "One", 0).json["revision"] == 1
    assert keep(mira, place, "One two", 1).json["revision"] == 2
    assert kept(app) == [(place, "One two", 2)]


def test_of_two_devices_the_later_one_is_told_and_nothing_is_lost(app, topic, mira):
    place = f"topic {topic}"
    keep(mira, place, "On the phone")
    conflict = keep(mira, place, "On the desk")
    assert conflict.status_code == 409
    assert (conflict.json["text"], conflict.json["revision"]) == ("On the phone", 1)
    plain = mira.post(reply(topic), data={"text": "On the desk", "keep": "1", "draft": ""})
    assert plain.status_code == 409
    assert typed(plain) == "On the desk"
    assert "On the phone" in plain.text
    assert kept(app) == [(place, "On the phone", 1)]
    revision = typed(plain, "draft")
    data = {"text": "On the desk", "keep": "1", "draft": revision}
    assert mira.post(reply(topic), data=data).status_code == 303
    assert kept(app) == [(place, "On the desk", 2)]


def test_emptied_fields_leave_no_draft(app, topic, mira):
    place = f"topic {topic}"
    assert keep(mira, place, "").json["revision"] == 0
    keep(mira, place, "Some")
    assert keep(mira, place, "", 1).json["revision"] == 0
    assert kept(app) == []


@pytest.mark.parametrize(
    "place",
    [
        "",
        "topic",
        "topic 0",
        "board 99999999999",
        "topic 99999999999999999",
        "person 1",
        "topic 1 ",
    ],
)
def test_what_is_no_place_keeps_nothing(app, mira, place):
    assert keep(mira, place, "x").status_code == 422
    assert kept(app) == []


def test_places_are_spelled_one_way():
    assert place_named("topic 4711") == Place(Kind.TOPIC, 4711)
    assert str(Place(Kind.BOARD, 17)) == "board 17"


def test_hostile_drafts_are_refused(app, topic, mira):
    for text in ("a\0b", "\u202ex", "x" * 32_001):
        assert keep(mira, f"topic {topic}", text).status_code == 422
    assert keep(mira, f"topic {topic}", "x", title="y" * 201).status_code == 422
    assert keep(mira, f"topic {topic}", "x", "\ud83d".encode("utf-16", "surrogatepass")) is not None


def test_posting_removes_the_draft_with_the_post(app, topic, mira):
    keep(mira, f"topic {topic}", "Ready")
    data = {"text": "Ready now", "submission": KEY, "draft": "1"}
    assert mira.post(reply(topic), data=data).status_code == 303
    assert kept(app) == []


def test_posting_leaves_what_another_device_has_kept_since(app, topic, mira):
    keep(mira, f"topic {topic}", "First")
    keep(mira, f"topic {topic}", "More, from the phone", 1)
    data = {"text": "First, done", "submission": KEY, "draft": "1"}
    assert mira.post(reply(topic), data=data).status_code == 303
    assert kept(app) == [(f"topic {topic}", "More, from the phone", 2)]


def test_the_list_says_what_each_is_for_and_throws_away(app, rooms, people, mira):
    jo = people.add("Jonas")
    board = rooms.board("Ideas")
    topic = rooms.topic(board, jo, "Old question")
    post = rooms.reply(topic, jo, is_wiki=True)
    keep(mira, f"board {board}", "Text one", title="New question")
    keep(mira, f"topic {topic}", "Text two")
    keep(mira, f"post {post}", "Text three")
    root = checked(mira.get("/forum/drafts").text)
    assert root.xpath("//main//h2/a/@href") == [
        f"/forum/posts/{post}/edit",
        reply(topic),
        f"/forum/boards/{board}/new",
    ]
    action = root.xpath("//main//form/@action")[0]
    assert people.signed_in("Eve").post(action).status_code == 404
    assert mira.post(action).location == "/forum/drafts"
    assert len(kept(app)) == 2


def test_a_draft_for_a_place_that_closed_is_still_theirs_and_tells_nothing(app, rooms, people):
    officer = people.add("Leo", lea=True)
    leo = people.client(officer)
    topic = rooms.topic(rooms.board("Officers", LEA), officer, "Secret title")
    keep(leo, f"topic {topic}", "My own words")
    people.end_lea_membership(officer)
    page = checked(leo.get("/forum/drafts").text).text_content()
    assert "My own words" in page
    assert "Secret title" not in page
    assert "Officers" not in page


def test_a_draft_of_an_edit_that_is_older_than_the_post_shows_both(app, people, rooms, topic, mira):
    mira_post = rooms.reply(topic, people.add("Jonas"), "One.", is_wiki=True)
    edit = f"/forum/posts/{mira_post}/edit"
    keep(mira, f"post {mira_post}", "One, drafted.")
    data = {"text": "One, edited.", "based_on": "1", "is_wiki": "y"}
    assert people.signed_in("Eve").post(edit, data=data).status_code == 303
    page = mira.get(edit)
    assert typed(page) == "One, drafted."
    assert "The post was edited after you kept this draft." in page.text
    assert "One, edited." in page.text


def test_drafts_are_nobody_elses(app, people, topic, mira):
    keep(mira, f"topic {topic}", "Only mine")
    other = people.signed_in("Eve")
    assert "Only mine" not in other.get(reply(topic)).text
    assert "Only mine" not in other.get("/forum/drafts").text


def test_there_is_an_end_to_drafts(app, mira_id, mira, topic):
    with app.app_context():
        db.session.add_all(
            Draft(person_id=mira_id, place=f"topic {number}", kept_at=now())
            for number in range(1, 201)
        )
        db.session.commit()
    assert keep(mira, f"topic {topic}", "One more").status_code == 422
    full = mira.post(reply(topic), data={"text": "One more", "keep": "1"})
    assert full.status_code == 422
    assert typed(full) == "One more"


def test_script_without_a_sign_in_is_told_so(client, topic):
    answer = client.post(
        "/forum/drafts", data={"place": "topic 1"}, headers={"Accept": "application/json"}
    )
    assert answer.status_code == 401
    assert json.loads(answer.text)["error"]["status"] == 401


def test_a_topic_that_went_shows_no_title(app, people, rooms, mira):
    jo = people.add("Jonas")
    topic = rooms.topic(rooms.board(), jo, "Gone title")
    keep(mira, f"topic {topic}", "For it")
    with app.app_context():
        first = db.session.query(Post).filter_by(topic_id=topic).one().id
        forum.take_away(db.session(), first, State.HIDDEN, None, now())
        assert db.session.get_one(Topic, topic).state == State.HIDDEN
        db.session.commit()
    assert "Gone title" not in mira.get("/forum/drafts").text
