"""What writing does not let happen: forged forms, powers that are not in effect, words and files
that go where they do not belong."""

from datetime import timedelta
from io import BytesIO

import pytest

from hub.accounts.models import Role
from hub.clock import now
from hub.extensions import db, limiter
from hub.forum import operations
from hub.forum.models import Post, PostRevision, State, Topic
from hub.moderation.models import Action, Case, Decision, Ground, Sanction, SanctionKind
from hub.uploads import allowance
from hub.uploads.models import Upload
from knowledge.access import LEA
from tests.hub.conftest import checked
from tests.hub.rooms import Rooms
from tests.hub.test_uploads import attach, opened, sent
from tests.hub.test_writing import edit, form, new, picture, posts, reply, typed

OURS = {"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"}
FOREIGN = (
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site", "Origin": "http://localhost"},
    {"Origin": "https://elsewhere.example"},
    {"Origin": "null"},
    {"Referer": "https://elsewhere.example/forum"},
)


@pytest.fixture(autouse=True)
def counters(app):
    with app.app_context():
        limiter.reset()


@pytest.fixture
def rooms(app):
    return Rooms(app)


@pytest.fixture
def mira(people):
    return people.add("Mira")


@pytest.fixture
def topic(rooms, mira):
    return rooms.topic(rooms.board(), mira)


def sanction(app, person_id, kind):
    with app.app_context():
        board_id = db.session.query(Topic).first().board_id
        case = Case(board_id=board_id, ground=Ground.SPAM, opened_at=now())
        decision = Decision(
            case=case, action=Action.WARN, ground=Ground.SPAM, facts="x", decided_at=now()
        )
        db.session.add(decision)
        db.session.flush()
        begun = now() - timedelta(minutes=1)
        db.session.add(
            Sanction(person_id=person_id, decision_id=decision.id, kind=kind, begins_at=begun)
        )
        db.session.commit()


# forged forms


@pytest.mark.parametrize("headers", FOREIGN)
def test_what_another_site_sends_is_not_shown_as_ones_own(app, people, topic, headers):
    app.config["WTF_CSRF_ENABLED"] = True
    client = people.signed_in("Jo Ann")
    answer = client.post(reply(topic), data=form("Made up."), headers=headers)
    assert answer.status_code == 400
    assert "Made up." not in checked(answer.text).text_content()


def test_only_what_people_write_is_shown_again(app, rooms, people, mira, topic):
    app.config["WTF_CSRF_ENABLED"] = True
    client = people.client(mira)
    post = rooms.first_post(topic)
    for address in (f"/forum/posts/{post}/delete", f"/forum/posts/{post}/history/1"):
        answer = client.post(address, data={"text": "hello"}, headers=OURS)
        assert answer.status_code == 400
        assert not checked(answer.text).xpath("//textarea")
    for address in (reply(topic), edit(post)):
        answer = client.post(address, data={"text": "hello"}, headers=OURS)
        assert typed(checked(answer.text)) == "hello"


def test_the_title_of_what_was_not_sent_can_be_seen(app, rooms, people):
    app.config["WTF_CSRF_ENABLED"] = True
    client = people.signed_in("Jo Ann")
    answer = client.post(new(rooms.board()), data=form(title="My title"), headers=OURS)
    field = checked(answer.text).xpath("//main//input[@name='title']")
    assert [(one.get("value"), one.get("type")) for one in field] == [("My title", None)]


# powers


def test_a_named_moderator_acts_in_a_strong_sign_in_alone(app, rooms, people, mira):
    board = rooms.board()
    hidden = rooms.reply(rooms.topic(board, mira), mira, "Hidden words.")
    with app.app_context():
        operations.take_away(db.session(), hidden, State.HIDDEN, None, now())
        db.session.commit()
    bo = people.add("Bo")
    rooms.moderator(board, bo)
    statuses = {}
    for is_strong in (True, False):
        client = people.client(bo, is_strong=is_strong)
        queue = client.get("/desk/moderation").status_code
        statuses[is_strong] = (queue, client.get(f"/forum/posts/{hidden}/history").status_code)
    assert statuses == {True: (200, 200), False: (404, 404)}
    app.config["SECOND_FACTOR_FOR"] = frozenset()
    assert people.client(bo, is_strong=False).get("/desk/moderation").status_code == 200


@pytest.mark.parametrize("kind", [SanctionKind.SILENCE, SanctionKind.SUSPENSION])
@pytest.mark.parametrize("role", [None, Role.MODERATOR])
def test_who_is_silenced_or_suspended_moderates_nothing(app, rooms, people, mira, kind, role):
    board = rooms.board(audience="public")
    topic = rooms.topic(board, mira)
    bo = people.add("Bo", *([role] if role else []))
    rooms.moderator(board, bo)
    client = people.client(bo)
    assert "Arrange" in client.get(f"/forum/topics/{topic}").text
    sanction(app, bo, kind)
    assert "Arrange" not in client.get(f"/forum/topics/{topic}").text
    assert client.get("/desk/moderation").status_code == 404


# files


def with_file(text="See:", **fields):
    data = form(text, attach="1", file=(BytesIO(picture()), "map.png"), **fields)
    return {"data": data, "content_type": "multipart/form-data"}


def files(app):
    with app.app_context():
        return db.session.query(Upload).count()


def test_who_may_not_write_adds_no_file_by_the_button(app, rooms, people, mira, topic):
    jo = people.add("Jo Ann")
    client = people.client(jo)
    sanction(app, jo, SanctionKind.SILENCE)
    answer = client.post(reply(topic), **with_file())
    assert answer.status_code == 403
    assert typed(checked(answer.text)) == "See:"
    with app.app_context():
        db.session.get_one(Topic, topic).locked_at = now()
        db.session.commit()
    other = people.signed_in("Olga")
    assert other.post(reply(topic), **with_file(preview="1")).status_code == 403
    assert files(app) == 0


def test_both_ways_to_add_a_file_count_together(app, people, topic):
    jo = people.add("Jo Ann")
    with app.test_request_context():
        for _ in range(119):
            allowance.spend(jo)
    client = people.client(jo)
    sent(client)
    answer = client.post(reply(topic), **with_file())
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0
    assert typed(checked(answer.text)) == "See:"
    assert files(app) == 1


def test_the_button_for_previews_has_their_limit(people, topic):
    client = people.signed_in("Jo Ann")
    answers = [client.post(reply(topic), data=form("A.", preview="1")) for _ in range(61)]
    assert [answer.status_code for answer in answers].count(200) == 60
    assert answers[-1].status_code == 429
    assert typed(checked(answers[-1].text)) == "A."


def test_only_its_owner_or_a_moderator_brings_a_file_back(app, rooms, people, mira, topic):
    client, olga = people.client(mira), people.add("Olga")
    post = rooms.reply(topic, olga, is_wiki=True)
    upload = sent(client)
    assert attach(app, post, [upload], mira) == []
    assert attach(app, post, [], mira) == []
    assert attach(app, post, [upload], olga) == [upload]
    assert opened(people.client(olga), upload).status_code == 404
    assert attach(app, post, [upload], mira) == []
    assert opened(people.client(olga), upload).status_code == 200


def test_a_moderator_who_restores_a_state_brings_its_files_back(app, rooms, people, mira):
    board = rooms.board()
    post = rooms.first_post(rooms.topic(board, mira, is_wiki=True))
    bo, olga = people.add("Bo"), people.signed_in("Olga")
    rooms.moderator(board, bo)
    client = people.client(mira)
    upload = sent(client)
    head = {"title": "A topic", "is_wiki": "y"}
    text = f"![x](/forum/uploads/{upload})"
    for number, words in enumerate((text, "None."), 1):
        answer = client.post(edit(post), data=form(words, based_on=str(number), **head))
        assert answer.status_code == 303
    restore = f"/forum/posts/{post}/history/2"
    assert olga.post(restore, data={"based_on": "3"}).status_code == 303
    assert opened(olga, upload).status_code == 404
    people.client(bo).post(restore.replace("2", "3"), data={"based_on": "4"})
    assert people.client(bo).post(restore, data={"based_on": "5"}).status_code == 303
    assert opened(olga, upload).status_code == 200


# words


def test_an_old_state_of_what_was_a_reply_leaves_the_topic_its_title(app, rooms, people, mira):
    topic = rooms.topic(rooms.board(), mira, title="Its title")
    post = rooms.first_post(topic)
    with app.app_context():
        db.session.add(
            PostRevision(
                post_id=post, number=1, title="", text="As a reply.", editor_id=mira, made_at=now()
            )
        )
        db.session.get_one(Post, post).revision = 2
        db.session.commit()
    client = people.client(mira)
    answer = client.post(f"/forum/posts/{post}/history/1", data={"based_on": "2"})
    assert answer.status_code == 303
    assert rooms.of_topic(topic).title == "Its title"
    assert posts(app)[0][1] == "As a reply."


def test_a_long_history_comes_page_by_page(app, rooms, people, mira, topic):
    post = rooms.reply(topic, mira, "The latest.")
    with app.app_context():
        kept = {"post_id": post, "title": "", "editor_id": mira, "made_at": now()}
        db.session.add_all(
            PostRevision(number=number, text=f"Text {number}.", note=f"To {number + 1}", **kept)
            for number in range(1, 103)
        )
        db.session.get_one(Post, post).revision = 103
        db.session.commit()
    client, listed = people.client(mira), []
    address = f"/forum/posts/{post}/history"
    while address:
        root = checked(client.get(address).text)
        assert "103 states" in root.text_content()
        rows = root.xpath("//ol[@class='row-list']/li")
        listed.append([" ".join(row.text_content().split()) for row in rows])
        address = (root.xpath("//nav[@class='pager']/a/@href") or [""])[0]
    assert [len(rows) for rows in listed] == [50, 50, 3]
    rows = [row for page in listed for row in page]
    for number, row in zip(range(103, 0, -1), rows, strict=True):
        assert row.startswith(f"State {number} Mira")
        assert row.endswith(f"To {number}") or number == 1
    address = f"/forum/posts/{post}/history"
    assert client.get(f"{address}?revision=2&before={10**15}").status_code == 200
    assert client.get(f"{address}?revision={10**15}").status_code == 404


def test_no_quote_carries_words_into_a_topic_with_a_milder_mark(app, rooms, people, mira):
    officer = people.signed_in("Leo", lea=True)
    board = rooms.board("Officers", LEA)
    amber, plain = rooms.topic(board, mira), rooms.topic(board, mira)
    with app.app_context():
        db.session.get_one(Topic, amber).mark = "amber"
        db.session.commit()
    marked, open_words = rooms.reply(amber, mira, "Marked."), rooms.reply(plain, mira, "Plain.")
    assert "Marked." not in typed(checked(officer.get(f"{reply(plain)}?quote={marked}").text))
    assert "Marked." in typed(checked(officer.get(f"{reply(amber)}?quote={marked}").text))
    assert "Plain." in typed(checked(officer.get(f"{reply(amber)}?quote={open_words}").text))
