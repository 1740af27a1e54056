"""Writing without script: topics, replies, quotes, edits, their history, taking back."""

import re
import time
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml.html import fragment_fromstring
from PIL import Image

from hub.accounts.models import Role
from hub.clock import now
from hub.extensions import db, limiter
from hub.forum.models import Board, Post, PostRevision, State, Topic
from hub.moderation import gate
from hub.moderation.gate import Opinion, Verdict
from hub.polls.models import Poll
from hub.uploads.models import Attachment, Upload
from hub.writing import publishing
from hub.writing.differing import Change, differences
from hub.writing.tags import typed_tags
from knowledge.access import LEA, MEMBERS, STAFF
from tests.hub.conftest import checked
from tests.hub.rooms import Rooms

KEY = "k" * 32
# What a form must take or refuse, and never fail on.
HOSTILE = (
    *("a\0b", "\u202egnirts", "\u2066x", "x" * 32_001, " \n\t ", "\ufeff", "\ud83d"),
    *("> " * 5_000, "[" * 20_000, "* " * 8_000, "a\u0300" * 9_000, "```\n" * 5_000),
)
# Markdown of every kind, for previews that must equal the result.
CORPUS = (
    "**bold** and *italic* and `code`",
    "# Heading\n\n- one\n- two\n  - three\n\n1. a\n2. b",
    "    indented = code",
    "```python\nprint('hi')\n```",
    "| a | b |\n|---|---|\n| 1 | 2 |",
    "> quoted\n>\n> more\n\nand [a link](https://example.org)",
    "A note[^1].\n\n[^1]: Its text.",
    "- [ ] to do\n- [x] done",
    '@Mira and @nobody and @"Jo Ann"',
    "![a picture](/forum/uploads/4712)",
    "<script>alert(1)</script> <b onclick=x>",
    "Ελληνικά, עברית and العربية\n\nline  \nbreak",
)


@pytest.fixture(autouse=True)
def counters(app):
    with app.app_context():
        limiter.reset()


@pytest.fixture
def rooms(app):
    return Rooms(app)


@pytest.fixture
def author_id(people):
    return people.add("Mira")


@pytest.fixture
def author(people, author_id):
    return people.client(author_id)


@pytest.fixture
def other(people):
    return people.signed_in("Jo Ann")


@pytest.fixture
def topic(rooms, author_id):
    return rooms.topic(rooms.board(), author_id)


def new(board):
    return f"/forum/boards/{board}/new"


def reply(topic):
    return f"/forum/topics/{topic}/reply"


def edit(post):
    return f"/forum/posts/{post}/edit"


def form(text="Some words of mine.", **fields):
    return {"text": text, "submission": KEY, **fields}


def posts(app):
    with app.app_context():
        return [
            (post.number, post.text, str(post.state))
            for post in db.session.query(Post).order_by(Post.number, Post.id)
        ]


def typed(root):
    (field,) = root.xpath("//textarea[@name='text']")
    return (field.text or "").removeprefix("\n")


def hidden(root, name):
    return root.xpath(f"//form[@id='editor']//input[@name='{name}']/@value")[0]


def opinion(monkeypatch, **fields):
    monkeypatch.setattr(publishing, "opinion_on", lambda *_args, **_more: Opinion(**fields))


# topics


def test_somebody_starts_a_topic(app, rooms, author, author_id):
    board = rooms.board()
    checked(author.get(new(board)).text)
    sent = author.post(
        new(board),
        data=form(title="  Testing   tools ", tags="Tools, face recognition,tools", is_wiki="y"),
    )
    assert sent.status_code == 303
    with app.app_context():
        post = db.session.query(Post).one()
        assert sent.location == f"/forum/posts/{post.id}"
        assert (post.author_id, post.number, post.is_wiki) == (author_id, 1, True)
        assert post.topic.tags == ["tools", "face-recognition"]
        assert post.topic.language == post.language == "en"
        assert db.session.get_one(Board, board).topics == 1


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"title": ""}, "Give it a title."),
        ({"title": "?!"}, "Use letters or digits too."),
        ({"title": "x" * 201}, "Use at most 200 characters."),
        ({"tags": "a,b,c,d,e,f"}, "Use at most 5 tags."),
        ({"tags": "x" * 41}, "A tag has at most 40 characters."),
        ({"tags": "a/b"}, "A tag is made of"),
        ({"text": " \n "}, "Write something."),
        ({"text": "x" * 32_001}, "Use at most 32000 characters."),
    ],
)
def test_what_is_wrong_is_said_and_the_text_is_kept(app, rooms, author, fields, said):
    data = {**form(title="A good title", tags="tools"), **fields}
    sent = author.post(new(rooms.board()), data=data)
    assert sent.status_code == 422
    root = checked(sent.text)
    assert said in root.text_content()
    assert typed(root) == data["text"].strip()
    assert hidden(root, "submission") == KEY
    assert posts(app) == []


def test_a_topic_is_started_by_who_may_write_there(rooms, people, author, client):
    closed, archived = rooms.board("Closed", LEA), rooms.board("Old", archived_at=now())
    announcements = rooms.board("News", MEMBERS, writers=STAFF)
    assert author.get(new(closed)).status_code == 404
    assert author.post(new(closed), data=form(title="Hello")).status_code == 404
    for board in (archived, announcements):
        assert author.get(new(board)).status_code == 403
        refused = author.post(new(board), data=form(title="Hello"))
        assert refused.status_code == 403
        assert typed(checked(refused.text)) == "Some words of mine."
    assert client.get(new(archived)).location.startswith("/sign-in?")


def test_tags_in_use_are_shown_and_completed_for_who_reads_them(rooms, people, author, author_id):
    board, closed = rooms.board(), rooms.board("Closed", LEA)
    rooms.topic(board, author_id, tags=("tools", "tests"))
    rooms.topic(closed, author_id, tags=("torches",))
    assert "In use here: tests, tools" in checked(author.get(new(board)).text).text_content()
    assert author.get("/forum/tag-names?q=To").json == {"tags": ["tools"]}
    officer = people.signed_in("Leo", lea=True)
    assert officer.get("/forum/tag-names?q=to").json == {"tags": ["tools", "torches"]}


def test_tags_are_spelled_one_way():
    assert typed_tags(" Face  Recognition,, tools ,TOOLS,-x- ") == [
        *("face-recognition", "tools", "x"),
    ]


# replies and quotes


def test_somebody_replies(app, topic, author, other):
    checked(author.get(reply(topic)).text)
    assert other.post(reply(topic), data=form("    code = 1\n\nand words")).status_code == 303
    assert posts(app)[1] == (2, "    code = 1\n\nand words", "visible")


def test_a_form_sent_twice_gives_one_post_and_leads_there(app, topic, other):
    first = other.post(reply(topic), data=form("Once."))
    second = other.post(reply(topic), data=form("Once."))
    assert first.location == second.location
    assert len(posts(app)) == 2


def test_whoever_goes_back_and_writes_something_else_has_written_both(app, topic, other):
    other.post(reply(topic), data=form("One."))
    other.post(reply(topic), data=form("Two."))
    assert [text for _number, text, _state in posts(app)[1:]] == ["One.", "Two."]


def test_a_quote_is_put_into_the_field(app, rooms, topic, author_id, other):
    post = rooms.reply(topic, author_id, "> old\n\nFirst\n\n![x](/forum/uploads/7) last")
    root = checked(other.get(f"{reply(topic)}?quote={post}").text)
    assert typed(root) == f"> [@Mira, #2](/forum/posts/{post})\n>\n> First\n>\n> x last\n\n"
    assert hidden(root, "to") == str(post)
    sent = other.post(reply(topic), data=form(typed(root) + "Yes.", to=str(post)))
    assert sent.status_code == 303
    with app.app_context():
        written = db.session.query(Post).filter_by(number=3).one()
        assert written.reply_to_id == post
        assert "Mira, #2" in written.html
        assert f"/forum/posts/{post}" in written.html


def test_no_quote_carries_words_out_of_a_closed_board(rooms, people, author_id):
    both = people.signed_in("Leo", lea=True)
    open_topic = rooms.topic(rooms.board("Open", "public"), author_id)
    members_topic = rooms.topic(rooms.board("Members"), author_id)
    lea_topic = rooms.topic(rooms.board("Officers", LEA), author_id)
    words = {
        topic: rooms.reply(topic, author_id, f"Words {topic}.")
        for topic in (open_topic, members_topic, lea_topic)
    }

    def carried(into, source):
        root = checked(both.get(f"{reply(into)}?quote={words[source]}").text)
        is_said = "That post cannot be quoted here." in root.text_content()
        assert is_said == (f"Words {source}." not in typed(root))
        return not is_said

    assert carried(lea_topic, members_topic)
    assert carried(lea_topic, open_topic)
    assert carried(members_topic, members_topic)
    assert carried(members_topic, open_topic)
    assert not carried(members_topic, lea_topic)
    assert not carried(open_topic, lea_topic)
    assert not carried(open_topic, members_topic)


def test_a_quote_asks_for_a_mark_as_strict(rooms, people, author_id):
    officer = people.signed_in("Leo", lea=True)
    green = rooms.topic(rooms.board("Green", LEA, mark="green"), author_id)
    plain = rooms.topic(rooms.board("Plain", LEA), author_id)
    post = rooms.reply(green, author_id, "Marked words.")
    assert "Marked words." not in officer.get(f"{reply(plain)}?quote={post}").text
    assert "Marked words." in officer.get(f"{reply(green)}?quote={post}").text


def test_a_post_that_one_may_not_read_is_quoted_as_little_as_none(rooms, topic, author_id, other):
    closed = rooms.topic(rooms.board("Closed", LEA), author_id)
    secret = rooms.reply(closed, author_id, "Kept close.")
    shown = checked(other.get(f"{reply(topic)}?quote={secret}").text)
    absent = checked(other.get(f"{reply(topic)}?quote=4711").text)
    assert typed(shown) == typed(absent) == ""
    assert shown.xpath("string(//main//*[@role='status'])") == absent.xpath(
        "string(//main//*[@role='status'])"
    )


def test_a_topic_that_was_locked_meanwhile_keeps_the_text_in_the_field(app, rooms, topic, other):
    with app.app_context():
        db.session.get_one(Topic, topic).locked_at = now()
        db.session.commit()
    assert other.get(reply(topic)).status_code == 403
    refused = other.post(reply(topic), data=form("Too late."))
    assert refused.status_code == 403
    assert typed(checked(refused.text)) == "Too late."
    assert len(posts(app)) == 1


def test_a_reply_into_a_topic_that_went_where_one_may_not_write_is_not_sent(
    app, rooms, topic, author_id, other
):
    target = rooms.topic(rooms.board("Closed", LEA), author_id)
    with app.app_context():
        db.session.get_one(Topic, topic).merged_into_id = target
        db.session.commit()
    refused = other.post(reply(topic), data=form("Lost?"))
    assert refused.status_code in (403, 409)
    assert typed(checked(refused.text)) == "Lost?"
    assert len(posts(app)) == 2


# preview


@pytest.mark.parametrize("text", CORPUS)
def test_the_preview_equals_the_result(app, people, topic, other, text):
    page = checked(other.post(reply(topic), data=form(text, preview="1")).text)
    shown = other.post("/forum/preview", data={"text": text})
    assert shown.status_code == 200
    assert len(posts(app)) == 1
    other.post(reply(topic), data=form(text))
    with app.app_context():
        stored = db.session.query(Post).filter_by(number=2).one().html
    assert shown.text == stored
    (part,) = page.xpath("//section[@aria-labelledby='preview']/div")
    assert squeezed(part.text_content()) == squeezed(checked_text(stored))


def checked_text(html):
    return fragment_fromstring(f"<div>{html}</div>").text_content()


def squeezed(text):
    return " ".join(text.split())


def test_previews_have_a_limit(other):
    answers = {other.post("/forum/preview", data={"text": "x"}).status_code for _ in range(61)}
    assert answers == {200, 429}


# the gate


def test_what_the_gate_holds_waits_and_its_author_is_told(app, monkeypatch, topic, other):
    opinion(monkeypatch, verdict=Verdict.HOLD)
    sent = other.post(reply(topic), data=form("Buy now."), follow_redirects=True)
    assert "A moderator looks at it before others see it." in sent.text
    assert posts(app)[1] == (2, "Buy now.", "held")


@pytest.mark.parametrize(("seconds", "status"), [(0, 422), (90, 429)])
def test_what_the_gate_refuses_is_kept_in_the_field(
    app, monkeypatch, topic, other, seconds, status
):
    opinion(monkeypatch, verdict=Verdict.REFUSE, why="Too fast.", seconds=seconds)
    refused = other.post(reply(topic), data=form("Again."))
    assert refused.status_code == status
    root = checked(refused.text)
    assert "Too fast." in root.text_content()
    assert ("Try again in 2 minutes." in root.text_content()) == bool(seconds)
    assert refused.headers.get("Retry-After") == (str(seconds) if seconds else None)
    assert typed(root) == "Again."


def test_an_edit_that_would_be_held_does_not_take_a_conversation_from_view(
    app, monkeypatch, rooms, topic, author_id, author, other
):
    rooms.reply(topic, author_id)
    first = rooms.first_post(topic)
    opinion(monkeypatch, verdict=Verdict.HOLD, why="Looks like advertising.")
    data = form("Buy now.", title="Tools", based_on="1")
    refused = author.post(edit(first), data=data)
    assert refused.status_code == 422
    assert "Looks like advertising." in refused.text
    with app.app_context():
        own = db.session.query(Post).filter_by(number=2).one().id
    assert author.post(edit(own), data=form("Buy now.", based_on="1")).status_code == 303
    assert posts(app)[1] == (2, "Buy now.", "held")


# edits


def test_an_edit_keeps_what_was_there_and_says_why(app, topic, rooms, author):
    first = rooms.first_post(topic)
    root = checked(author.get(edit(first)).text)
    assert (typed(root), hidden(root, "based_on")) == ("We want to know.", "1")
    sent = author.post(
        edit(first),
        data=form("We know.", title="Known", tags="done", based_on="1", note="Found out"),
    )
    assert sent.location == f"/forum/posts/{first}"
    with app.app_context():
        post = db.session.get_one(Post, first)
        assert (post.text, post.topic.title, post.topic.tags) == ("We know.", "Known", ["done"])
        assert db.session.query(PostRevision).one().note == "Found out"


def test_the_second_editor_sees_both_and_may_save_on_top(app, rooms, topic, author_id, author):
    post = rooms.reply(topic, author_id, "The cat sat.", is_wiki=True)
    author.post(edit(post), data=form("The cat sat down.", based_on="1", is_wiki="y"))
    conflict = author.post(edit(post), data=form("The dog sat.", based_on="1", is_wiki="y"))
    assert conflict.status_code == 409
    root = checked(conflict.text)
    assert typed(root) == "The dog sat."
    assert "The cat sat down." in root.xpath("string(//*[contains(@class, 'editor-other')])")
    assert root.xpath("//ins")
    assert root.xpath("//del")
    assert hidden(root, "based_on") == "2"
    again = author.post(edit(post), data=form("The dog sat.", based_on="2", is_wiki="y"))
    assert again.status_code == 303
    assert posts(app)[1][1] == "The dog sat."


def test_a_wiki_post_is_edited_by_all_who_write_there_and_stays_one(
    app, rooms, topic, author_id, other
):
    plain, wiki = rooms.reply(topic, author_id), rooms.reply(topic, author_id, is_wiki=True)
    assert other.get(edit(plain)).status_code == 403
    assert other.post(edit(plain), data=form("Mine.", based_on="1")).status_code == 403
    assert not checked(other.get(edit(wiki)).text).xpath("//input[@name='is_wiki']")
    assert other.post(edit(wiki), data=form("Ours.", based_on="1")).status_code == 303
    with app.app_context():
        post = db.session.get_one(Post, wiki)
        assert (post.text, post.is_wiki) == ("Ours.", True)


def test_a_post_that_was_taken_away_meanwhile_keeps_the_edit_in_the_field(
    app, rooms, topic, author_id, author
):
    from hub.forum import operations

    post = rooms.reply(topic, author_id, is_held=True)
    with app.app_context():
        db.session.get_one(Topic, topic).locked_at = now()
        db.session.commit()
    refused = author.post(edit(post), data=form("Changed.", based_on="1"))
    assert refused.status_code == 403
    assert typed(checked(refused.text)) == "Changed."
    with app.app_context():
        operations.take_away(db.session(), post, State.DELETED, None, now())
        db.session.commit()
    assert author.get(edit(post)).status_code == 404


# history


def test_the_history_tells_who_changed_what_when_and_why(
    app, rooms, topic, author_id, author, other
):
    post = rooms.reply(topic, author_id, "One <b>cat</b> sat.", is_wiki=True)
    change = form("One <b>dog</b> sat.", based_on="1", is_wiki="y", note="A dog it was")
    other.post(edit(post), data=change)
    root = checked(author.get(f"/forum/posts/{post}/history").text)
    assert "[added:] dog [end]" in squeezed(root.xpath("string(//ins)"))
    assert "[removed:] cat [end]" in squeezed(root.xpath("string(//del)"))
    rows = [squeezed(row.text_content()) for row in root.xpath("//ol/li[contains(@class, 'row')]")]
    assert "State 2 Jo Ann" in rows[0]
    assert "A dog it was" in rows[0]
    assert "State 1 Mira" in rows[1]
    assert author.get(f"/forum/posts/{post}/history?revision=3").status_code == 404


def test_an_earlier_state_is_restored_as_an_edit(app, rooms, topic, author_id, author):
    post = rooms.reply(topic, author_id, "Before.")
    author.post(edit(post), data=form("After.", based_on="1"))
    restore = f"/forum/posts/{post}/history/1"
    assert author.post(restore, data={"based_on": "1"}).location.endswith("/history")
    assert posts(app)[1][1] == "After."
    assert author.post(restore, data={"based_on": "2"}).status_code == 303
    with app.app_context():
        assert db.session.get_one(Post, post).revision == 3
    assert posts(app)[1][1] == "Before."


def test_the_history_of_a_hidden_post_is_for_moderators(
    app, rooms, people, topic, author_id, other
):
    from hub.forum import operations

    post = rooms.reply(topic, author_id, "Rude.")
    with app.app_context():
        operations.take_away(db.session(), post, State.HIDDEN, None, now())
        db.session.commit()
    assert other.get(f"/forum/posts/{post}/history").status_code == 404
    moderator = people.signed_in("Mo", Role.MODERATOR)
    assert "Rude." in moderator.get(f"/forum/posts/{post}/history").text


@settings(deadline=None, max_examples=60)
@given(st.text("ab \n.é", max_size=60), st.text("ab \n.é", max_size=60))
def test_the_differences_hold_both_texts(before, after):
    pieces = differences(before, after)
    assert "".join(p.text for p in pieces if p.change is not Change.ADDED) == before
    assert "".join(p.text for p in pieces if p.change is not Change.REMOVED) == after


def test_differences_of_long_texts_take_no_time():
    words = [f"word{number % 97}" for number in range(5_000)]
    began = time.monotonic()
    for joint in (" ", "\n"):
        before, after = joint.join(words), joint.join(reversed(words))
        assert differences(before, after)
    assert time.monotonic() - began < 3


# taking back


def test_somebody_takes_their_post_back(app, rooms, topic, author_id, author, other):
    post = rooms.reply(topic, author_id)
    checked(author.get(f"/forum/posts/{post}/delete").text)
    assert other.get(f"/forum/posts/{post}/delete").status_code == 403
    assert other.post(f"/forum/posts/{post}/delete").status_code == 403
    assert author.post(f"/forum/posts/{post}/delete").location == f"/forum/topics/{topic}"
    assert posts(app)[1][2] == "deleted"


def test_a_topic_in_which_others_stand_is_not_taken_back(app, rooms, topic, author_id, author):
    first = rooms.first_post(topic)
    assert author.get(f"/forum/posts/{first}/delete").status_code == 200
    rooms.reply(topic, author_id)
    assert author.get(f"/forum/posts/{first}/delete").status_code == 403
    assert author.post(f"/forum/posts/{first}/delete").status_code == 403
    assert posts(app)[0][2] == "visible"


# names


def test_names_are_suggested_of_people_who_may_read_there(rooms, people, author):
    officers = rooms.board("Officers", LEA)
    leo = people.signed_in("Leo", lea=True)
    people.add("Leonie")
    people.add("leopold", lea=True)
    assert author.get(f"/forum/boards/{officers}/people?q=le").status_code == 404
    assert leo.get(f"/forum/boards/{officers}/people?q=le").json == {"people": ["Leo", "leopold"]}
    members = rooms.board("Members")
    assert author.get(f"/forum/boards/{members}/people?q=LE").json == {
        "people": ["Leo", "Leonie", "leopold"]
    }
    for nothing in ("", "%", "_", "x" * 50):
        answer = author.get(f"/forum/boards/{members}/people", query_string={"q": nothing})
        assert answer.json == {"people": []}


def test_names_are_for_who_may_write_there(rooms, author):
    board = rooms.board("News", MEMBERS, writers=STAFF)
    assert author.get(f"/forum/boards/{board}/people?q=le").status_code == 403


# files and polls


def test_a_file_is_added_without_script_and_belongs_to_the_post(app, topic, other):
    data = form("See:", attach="1", file=(BytesIO(picture()), "map.png"))
    page = other.post(reply(topic), data=data, content_type="multipart/form-data")
    assert page.status_code == 200
    text = typed(checked(page.text))
    assert re.fullmatch(r"See:\n\n!\[map\]\(/forum/uploads/\d+\)", text)
    assert other.post(reply(topic), data=form(text)).status_code == 303
    with app.app_context():
        carried = db.session.query(Attachment).one()
        assert carried.upload_id == db.session.query(Upload).one().id
        assert db.session.get_one(Post, carried.post_id).number == 2


def picture():
    out = BytesIO()
    Image.new("RGB", (4, 4), "red").save(out, "PNG")
    return out.getvalue()


def test_a_file_that_is_none_is_refused_and_the_text_kept(topic, other):
    data = form("See:", attach="1", file=(BytesIO(b"#!/bin/sh"), "x.png"))
    page = other.post(reply(topic), data=data, content_type="multipart/form-data")
    assert page.status_code == 422
    assert typed(checked(page.text)) == "See:"


def test_a_poll_comes_with_the_topic(app, rooms, author):
    board = rooms.board()
    poll = {"poll_question": "Which?", "poll_options": "This\nThat"}
    refused = author.post(new(board), data=form(title="A poll", poll_question="Which?"))
    assert refused.status_code == 422
    assert checked(refused.text).xpath("//input[@name='poll_question']/@value") == ["Which?"]
    assert posts(app) == []
    assert author.post(new(board), data=form(title="A poll", **poll)).status_code == 303
    with app.app_context():
        assert db.session.query(Poll).one().question == "Which?"


# what is hostile, and what ended meanwhile


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: repr(text[:8]))
def test_hostile_text_is_taken_or_refused_and_never_fails(rooms, topic, author, text):
    text = text.encode("utf-8", "surrogatepass").decode("utf-8", "replace")
    for url in (reply(topic), new(rooms.board("Another")), edit(rooms.first_post(topic))):
        for button in ({}, {"preview": "1"}, {"keep": "1"}):
            answer = author.post(url, data=form(text, title=text[:300], based_on="9", **button))
            assert answer.status_code in (200, 303, 409, 422), url
    for field in ("submission", "draft", "to", "based_on", "tags", "note"):
        answer = author.post(edit(rooms.first_post(topic)), data={**form(), field: text})
        assert answer.status_code in (303, 409, 422)
    assert author.post("/forum/preview", data={"text": text}).status_code in (200, 422)


def test_ten_megabytes_are_refused_politely(topic, other):
    assert other.post(reply(topic), data=form("x" * 10_000_000)).status_code == 413
    assert other.post(reply(topic), data=form("é" * 60_000)).status_code == 422


@settings(deadline=None, max_examples=40)
@given(
    st.dictionaries(
        st.sampled_from(
            [
                "text",
                "title",
                "tags",
                "submission",
                "draft",
                "to",
                "based_on",
                "note",
                "is_wiki",
                "keep",
                "preview",
                "poll_question",
                "poll_options",
            ]
        ),
        st.text(max_size=40),
    )
)
def test_no_form_fails_whatever_it_holds(fuzzed, fields):
    client, urls = fuzzed
    with client.application.app_context():
        limiter.reset()
    sent = {k: v.encode("utf-8", "replace").decode() for k, v in fields.items()}
    for url in urls:
        assert client.post(url, data=sent).status_code < 500


@pytest.fixture(scope="module")
def fuzzed(tmp_path_factory):
    from tests.hub.conftest import make_app
    from tests.hub.people import People
    from tests.hub.tables import empty_tables

    app = make_app(tmp_path_factory.mktemp("fuzzed"))
    with app.app_context():
        empty_tables()
    person, rooms = People(app).add("Fuzz"), Rooms(app)
    board = rooms.board()
    topic = rooms.topic(board, person)
    urls = (
        new(board),
        reply(topic),
        edit(rooms.first_post(topic)),
        "/forum/preview",
        "/forum/drafts",
    )
    yield People(app).client(person), urls
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def test_whoever_was_signed_out_meanwhile_gets_the_text_back(topic, client):
    answer = client.post(reply(topic), data=form("Long thoughts.", to="5"))
    assert answer.status_code == 401
    root = checked(answer.text)
    assert typed(root) == "Long thoughts."
    assert root.xpath("//input[@name='submission']/@value") == [KEY]
    assert root.xpath(f"//a[@href='/sign-in?next={reply(topic)}']")


def test_a_form_whose_token_is_over_gives_the_text_back(app, topic, other):
    app.config["WTF_CSRF_ENABLED"] = True
    answer = other.post(reply(topic), data=form("Long thoughts."))
    assert answer.status_code == 400
    root = checked(answer.text)
    assert typed(root) == "Long thoughts."
    token = root.xpath("//main//input[@name='csrf_token']/@value")[0]
    again = other.post(reply(topic), data=form("Long thoughts.", csrf_token=token))
    assert again.status_code == 303
    assert other.post(reply(topic)).status_code == 400


def test_the_gate_is_the_real_one():
    assert publishing.opinion_on is gate.opinion_on
