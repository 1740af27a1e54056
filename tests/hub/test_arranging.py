"""Pin, lock, move, split, merge, accept: who may, what is left sound, and what is said of it."""

import pytest

from hub.accounts.models import Role
from hub.arranging.queries import moved_notes
from hub.audit.models import AuditEntry
from hub.clock import now
from hub.community.hearing import contributed
from hub.extensions import db
from hub.following.models import Follow, Followed, Level, ReadPosition
from hub.forum import happenings
from hub.forum import operations as forum
from hub.forum.happenings import Kind
from hub.forum.models import Board, Post, State, Topic
from hub.notifications.models import About, Notification
from knowledge.access import reader_of
from knowledge.community_models import Contribution
from knowledge.contributions import tag_mark
from tests.hub.conftest import checked
from tests.hub.rooms import Rooms
from tests.hub.soundness import assert_sound

STAFF = reader_of(is_staff=True)
MEMBER = reader_of(is_member=True)


@pytest.fixture
def rooms(app):
    return Rooms(app)


@pytest.fixture
def board(rooms):
    return rooms.board()


@pytest.fixture
def mira(people):
    return people.add("Mira")


@pytest.fixture
def mo(rooms, people, board):
    moderator = people.add("Mo")
    rooms.moderator(board, moderator)
    return moderator


@pytest.fixture
def client(people, mo):
    return people.client(mo)


@pytest.fixture
def topic(rooms, board, mira):
    return rooms.topic(board, mira)


@pytest.fixture
def told(monkeypatch):
    heard = []
    monkeypatch.setitem(
        happenings._LISTENERS, "test", lambda _session, happening: heard.append(happening)
    )
    return heard


@pytest.fixture(autouse=True)
def soundness(app):
    """Whatever a test did, the counts are those that one counts."""
    yield
    assert_sound(app)


def act(client, topic, name, **form):
    return client.post(f"/forum/topics/{topic}/arrange", data={"act": name, **form})


def acts(app):
    with app.app_context():
        return [entry.act for entry in db.session.query(AuditEntry).order_by(AuditEntry.id)]


def numbers(app, topic):
    with app.app_context():
        posts = db.session.query(Post).filter_by(topic_id=topic).order_by(Post.number)
        return {post.id: post.number for post in posts}


def merge(client, topic, into):
    return client.post(f"/forum/topics/{topic}/merge", data={"into": str(into)})


def split(client, topic, posts, board, **form):
    values = {"post": posts, "to": "new", "title": "Another thing", "board": board, **form}
    return client.post(f"/forum/topics/{topic}/split", data=values)


def split_off(client, topic, posts, board, **form):
    answer = split(client, topic, posts, board, **form)
    assert answer.status_code == 303, checked(answer.text).text_content()
    return int(answer.location.rsplit("/", 1)[-1])


def read_to(app, person, topic, number):
    with app.app_context():
        db.session.add(ReadPosition(person_id=person, topic_id=topic, number=number, at=now()))
        db.session.commit()


def position(app, person, topic):
    with app.app_context():
        found = db.session.query(ReadPosition).filter_by(person_id=person, topic_id=topic)
        return found.one().number if found.count() else None


def notes(app, topic, reader=MEMBER):
    with app.app_context():
        return moved_notes(db.session(), reader, topic)


def assert_found_as_they_stand(app, topic):
    """Of each post the search knows what it would have been told if it had been written there."""
    with app.app_context():
        stands = db.session.get_one(Topic, topic)
        posts = db.session.query(Post).filter_by(topic_id=topic).order_by(Post.number).all()
        for post in posts:
            row = db.session.query(Contribution).filter_by(post_id=post.id).one()
            said = contributed(stands.board, stands, post)
            for name in ("topic_id", "board_id", "author_id", "audience", "is_first", "title"):
                assert getattr(row, name) == getattr(said, name), (name, post.number)
            assert row.tags == " ".join(map(tag_mark, said.tags))
            assert (row.text, row.withdrawn_at) == (said.text, None)


# Pin and lock


def test_a_pin_and_a_lock_are_set_and_taken_away_and_noted(app, rooms, client, topic):
    for name in ("pin", "pin", "lock", "unpin", "unlock"):
        assert act(client, topic, name).status_code == 303
    assert acts(app) == ["topic.pinned", "topic.locked", "topic.pinned", "topic.locked"]
    left = rooms.of_topic(topic)
    assert (left.is_pinned, left.locked_at) == (False, None)


def test_an_unknown_act_and_an_unreadable_reason_are_refused(app, client, topic):
    assert act(client, topic, "explode").status_code == 422
    assert act(client, topic, "lock", reason="left\u202eright").status_code == 422
    assert acts(app) == []


WAYS = ("arrange", "move", "split", "merge")


@pytest.mark.parametrize("way", WAYS)
def test_whoever_does_not_moderate_arranges_nothing(rooms, people, mira, topic, way):
    reader = people.client(mira)
    closed = rooms.topic(rooms.board("Closed", "staff"), mira)
    assert reader.post(f"/forum/topics/{topic}/{way}").status_code == 403
    assert reader.post(f"/forum/topics/{closed}/{way}").status_code == 404
    assert reader.post("/forum/topics/4711/" + way).status_code == 404


@pytest.mark.parametrize("way", WAYS[1:])
def test_each_has_a_page_that_takes_nothing_empty(client, topic, way):
    page = client.get(f"/forum/topics/{topic}/{way}")
    assert page.status_code == 200
    checked(page.text)
    assert client.post(f"/forum/topics/{topic}/{way}").status_code == 422


# Accept


def test_who_asked_accepts_and_takes_it_back(app, rooms, people, mira, topic):
    anton = people.add("Anton")
    answer = rooms.reply(topic, anton)
    asker = people.client(mira)
    assert asker.post(f"/forum/posts/{answer}/accept").status_code == 303
    assert rooms.of_topic(topic).accepted_post_id == answer
    with app.app_context():
        told = db.session.query(Notification).filter_by(about=About.ACCEPTED).one()
        assert (told.person_id, told.post_id) == (anton, answer)
    for accepted, form in ((answer, {}), (None, {"undo": "1"}), (None, {"undo": "1"})):
        asker.post(f"/forum/posts/{answer}/accept", data=form)
        assert rooms.of_topic(topic).accepted_post_id == accepted
    with app.app_context():
        assert db.session.query(Notification).filter_by(about=About.ACCEPTED).count() == 1


def test_an_archived_board_accepts_nothing_and_lets_go(app, rooms, client, board, topic, mira):
    answer, other = rooms.reply(topic, mira), rooms.board("Other")
    act(client, topic, "lock")
    with app.app_context():
        db.session.get_one(Board, board).archived_at = now()
        db.session.commit()
    assert client.post(f"/forum/posts/{answer}/accept").status_code == 403
    page = checked(client.get(f"/forum/topics/{topic}").text)
    assert not page.xpath("//form[contains(@action, '/accept')]")
    assert act(client, topic, "unlock").status_code == 303
    client.post(f"/forum/topics/{topic}/move", data={"board": other})
    left = rooms.of_topic(topic)
    assert (left.locked_at, left.board_id, left.accepted_post_id) == (None, other, None)


def test_a_hidden_topic_moves_and_comes_back_with_its_posts(app, rooms, client, topic, mira):
    other, first = rooms.board("Other"), rooms.first_post(topic)
    rooms.reply(topic, mira)
    with app.app_context():
        forum.take_away(db.session(), first, State.HIDDEN, None, now())
        db.session.commit()
    client.post(f"/forum/topics/{topic}/move", data={"board": other})
    assert_sound(app)
    with app.app_context():
        forum.show(db.session(), first, None, now())
        db.session.commit()
        assert db.session.get_one(Board, other).posts == 2


def test_nobody_else_accepts_and_the_question_answers_nothing(rooms, people, mira, topic):
    anton = people.add("Anton")
    answer = rooms.reply(topic, anton)
    assert people.client(anton).post(f"/forum/posts/{answer}/accept").status_code == 403
    first = rooms.first_post(topic)
    assert people.client(mira).post(f"/forum/posts/{first}/accept").status_code == 403


# Move


def test_a_topic_moves_with_its_counts_and_loses_its_pin(app, rooms, client, mo, topic, mira, told):
    other = rooms.board("Other")
    rooms.reply(topic, mira)
    act(client, topic, "pin")
    answer = client.post(f"/forum/topics/{topic}/move", data={"board": other, "reason": "Off"})
    assert answer.location == f"/forum/topics/{topic}"
    left = rooms.of_topic(topic)
    assert (left.board_id, left.is_pinned) == (other, False)
    assert told[-1].kind is Kind.MOVED
    with app.app_context():
        entry = db.session.query(AuditEntry).filter_by(act="topic.moved").one()
        assert (entry.before["audience"], entry.after["board"], entry.reason) == (
            "members",
            other,
            "Off",
        )


def test_a_mark_never_gets_milder_and_keeps_a_topic_from_wider_boards(app, rooms, people, mira):
    amber, staff = rooms.board("Amber", "staff", mark="amber"), rooms.board("Staff", "staff")
    mo = people.add("Moritz", Role.MODERATOR)
    client = people.client(mo)
    topic = rooms.topic(amber, mo)
    client.post(f"/forum/topics/{topic}/move", data={"board": staff})
    assert (rooms.of_topic(topic).board_id, rooms.of_topic(topic).mark) == (staff, "amber")
    wider = rooms.board("Wider", "members")
    assert client.post(f"/forum/topics/{topic}/move", data={"board": wider}).status_code == 422
    other = rooms.topic(wider, mira)
    assert merge(client, topic, other).status_code == 422
    reply = rooms.reply(topic, mo)
    assert split(client, topic, [reply], wider).status_code == 422
    assert split(client, topic, [reply], staff, to="existing", into=other).status_code == 422
    with app.app_context():
        assert db.session.get_one(Topic, topic).posts == 2


def test_what_is_less_strict_takes_the_mark_of_where_it_goes(rooms, people):
    open_, green = rooms.board("Open", "staff"), rooms.board("Green", "staff", mark="green")
    mo = people.add("Moritz", Role.MODERATOR)
    topic = rooms.topic(open_, mo)
    people.client(mo).post(f"/forum/topics/{topic}/move", data={"board": green})
    assert rooms.of_topic(topic).mark == "green"


def test_nothing_goes_where_one_may_not_write_or_read(rooms, client, topic):
    unseen, kept = rooms.board("Unseen", "staff"), rooms.board("Kept", writers="staff")
    archived = rooms.board("Archived", archived_at=now())
    for board in (unseen, kept, archived, 4711):
        answer = client.post(f"/forum/topics/{topic}/move", data={"board": board})
        assert answer.status_code == 422
    assert "Unseen" not in client.get(f"/forum/topics/{topic}/move").text


# Split


def test_posts_go_into_a_new_topic_in_their_order(app, rooms, people, client, board, topic, mira):
    one, two, three = (rooms.reply(topic, mira, f"Reply {number}") for number in range(3))
    new = split_off(client, topic, [three, one], board)
    assert numbers(app, new) == {one: 1, three: 2}
    assert numbers(app, topic) == {rooms.first_post(topic): 1, two: 3}
    made = rooms.of_topic(new)
    assert (made.title, made.author_id, made.posts, made.last_number) == (
        "Another thing",
        mira,
        2,
        2,
    )
    assert rooms.of_topic(topic).last_number == 4
    assert acts(app) == ["topic.split"]


def test_an_old_address_of_a_post_leads_to_its_new_place(rooms, client, board, topic, mira):
    post = rooms.reply(topic, mira)
    new = split_off(client, topic, [post], board)
    answer = client.get(f"/forum/posts/{post}")
    assert answer.location.startswith(f"/forum/topics/{new}")
    assert client.get(f"/forum/topics/{topic}").status_code == 200


def test_all_from_a_number_on_go_to_the_end_of_another(app, rooms, client, board, topic, mira):
    for number in range(4):
        rooms.reply(topic, mira, f"Reply {number}")
    other = rooms.topic(board, mira, "Another")
    rooms.reply(other, mira)
    split_off(
        client, topic, [], board, to="existing", into=f"/forum/topics/{other}?at=3", **{"from": "4"}
    )
    assert list(numbers(app, other).values()) == [1, 2, 3, 4]
    assert rooms.of_topic(other).posts == 4
    assert rooms.of_topic(topic).posts == 3


def test_the_first_post_stays_and_nothing_is_nothing(rooms, client, board, topic, mira):
    first = rooms.first_post(topic)
    assert split(client, topic, [first], board).status_code == 422
    assert split(client, topic, [], board).status_code == 422
    assert split(client, topic, ["x", "9" * 30], board).status_code == 422
    elsewhere = rooms.first_post(rooms.topic(board, mira))
    assert split(client, topic, [elsewhere], board).status_code == 303
    assert rooms.of_topic(topic).posts == 1


def test_what_was_typed_is_kept_when_something_is_missing(rooms, client, board, topic, mira):
    post = rooms.reply(topic, mira)
    answer = split(client, topic, [post], board, title="")
    assert answer.status_code == 422
    page = checked(answer.text)
    assert page.xpath(f"//input[@value='{post}']/@checked")


def test_a_new_topic_does_not_begin_with_what_is_hidden(app, rooms, client, board, topic, mira):
    hidden, seen = rooms.reply(topic, mira), rooms.reply(topic, mira)
    with app.app_context():
        forum.take_away(db.session(), hidden, State.HIDDEN, None, now())
        db.session.commit()
    assert split(client, topic, [hidden, seen], board).status_code == 422
    other = rooms.topic(board, mira)
    split_off(client, topic, [hidden, seen], board, to="existing", into=other)
    assert rooms.of_topic(other).posts == 2


def test_what_knows_a_post_by_its_topic_follows_it(app, rooms, people, client, board, topic, mira):
    _one, two, three = (rooms.reply(topic, mira) for _ in range(3))
    anton = people.add("Anton")
    reader, newcomer = people.add("Olga"), people.add("Nina")
    people.client(mira).post(f"/forum/posts/{two}/accept")
    with app.app_context():
        db.session.add(
            Notification(
                person_id=anton, about=About.REPLY, topic_id=topic, post_id=two, made_at=now()
            )
        )
        db.session.get_one(Post, three).reply_to_id = two
        db.session.commit()
    read_to(app, reader, topic, 3)
    read_to(app, newcomer, topic, 1)
    new = split_off(client, topic, [two, three], board)
    assert rooms.of_topic(topic).accepted_post_id is None
    assert (position(app, reader, new), position(app, newcomer, new)) == (1, None)
    assert position(app, reader, topic) == 3
    with app.app_context():
        assert db.session.query(Notification).filter_by(person_id=anton).one().topic_id == new
        assert db.session.get_one(Post, three).reply_to_id == two
    late = rooms.reply(topic, mira)
    assert numbers(app, topic)[late] == 5


def test_the_old_topic_says_where_posts_went_to_whoever_may_read_there(
    app, rooms, people, topic, mira
):
    post, staff = rooms.reply(topic, mira), rooms.board("Staff", "staff")
    moderator = people.client(people.add("Moritz", Role.MODERATOR))
    new = split_off(moderator, topic, [post], staff, title="Goshawk plans")
    assert [(note.topic_id, note.after_number) for note in notes(app, topic, STAFF)] == [(new, 1)]
    assert notes(app, topic) == []
    assert "Goshawk plans" not in people.client(mira).get(f"/forum/topics/{topic}").text
    assert "Goshawk plans" in moderator.get(f"/forum/topics/{topic}").text


# Merge


def test_posts_go_behind_those_of_the_other(app, rooms, client, board, topic, mira, told):
    first, reply = rooms.first_post(topic), rooms.reply(topic, mira)
    other = rooms.topic(board, mira, "Another")
    for _ in range(3):
        rooms.reply(other, mira)
    del told[:]
    answer = merge(client, topic, f"http://localhost/forum/topics/{other}")
    assert answer.location == f"/forum/topics/{other}"
    assert list(numbers(app, other).values()) == [1, 2, 3, 4, 5, 6]
    assert (numbers(app, other)[first], numbers(app, other)[reply]) == (5, 6)
    old = rooms.of_topic(topic)
    assert (old.merged_into_id, old.state, old.posts) == (other, State.DELETED, 0)
    assert [(one.kind, one.topic.id, one.post, one.behind) for one in told] == [
        (Kind.MOVED, other, None, 4)
    ]
    assert acts(app) == ["topic.merged"]


def test_the_old_address_leads_on_and_replies_land_there(rooms, client, board, topic, mira):
    other = rooms.topic(board, mira, "Another")
    merge(client, topic, other)
    assert client.get(f"/forum/topics/{topic}").location == f"/forum/topics/{other}"
    rooms.reply(topic, mira)
    assert rooms.of_topic(other).posts == 3


def test_before_it_happens_the_page_says_what_will(client, rooms, board, topic, mira):
    other = rooms.topic(board, mira, "Another")
    page = client.get(f"/forum/topics/{topic}/merge?into={other}")
    assert "cannot be undone" in page.text
    assert "Another" in page.text


@pytest.mark.parametrize("into", ["", "x", "4711", "0", "9" * 40, "/forum/topics/", "\u202e1"])
def test_what_leads_to_no_topic_is_refused(client, topic, into):
    assert merge(client, topic, into).status_code == 422
    page = client.get(f"/forum/topics/{topic}/merge", query_string={"into": into})
    assert page.status_code == 200


def test_a_topic_is_not_merged_into_itself_or_into_what_one_may_not_read(
    rooms, client, topic, mira
):
    assert merge(client, topic, topic).status_code == 422
    unseen = rooms.topic(rooms.board("Unseen", "staff"), mira, "Goshawk")
    answer = merge(client, topic, unseen)
    assert answer.status_code == 422
    assert "Goshawk" not in answer.text


def test_what_is_hidden_as_a_whole_does_not_come_to_light(app, rooms, client, board, topic, mira):
    rooms.reply(topic, mira)
    other = rooms.topic(board, mira)
    with app.app_context():
        forum.take_away(db.session(), rooms.first_post(topic), State.HIDDEN, None, now())
        db.session.commit()
    assert merge(client, topic, other).status_code == 422
    assert rooms.of_topic(other).posts == 1


def test_reading_and_following_go_with_the_posts(app, rooms, people, client, board, topic, mira):
    rooms.reply(topic, mira)
    other = rooms.topic(board, mira, "Another")
    both, one, half = (people.add(name) for name in ("Olga", "Otto", "Nina"))
    for person, here, there in ((both, 2, 1), (one, 0, 1), (half, 1, 1)):
        if here:
            read_to(app, person, topic, here)
        read_to(app, person, other, there)
    with app.app_context():
        db.session.add(
            Follow(
                person_id=one,
                kind=Followed.TOPIC,
                target=str(topic),
                level=Level.WATCH,
                at=now(),
            )
        )
        db.session.commit()
    merge(client, topic, other)
    assert [position(app, person, other) for person in (both, one, half)] == [3, 1, 2]
    with app.app_context():
        followed = db.session.query(Follow).filter_by(person_id=one).one()
        assert (followed.target, followed.level) == (str(other), Level.WATCH)


def test_the_topic_says_what_came_to_it(app, rooms, client, board, topic, mira):
    other = rooms.topic(board, mira, "Another")
    merge(client, topic, other)
    (note,) = notes(app, other)
    assert (note.topic_id, note.after_number, note.posts) == (None, 1, 1)
    assert note.title == "How do you test a tool?"
    assert "merged into this one" in client.get(f"/forum/topics/{other}").text


def test_what_was_split_off_and_comes_back_leaves_no_line(app, rooms, client, board, topic, mira):
    post = rooms.reply(topic, mira)
    new = split_off(client, topic, [post], board)
    merge(client, new, topic)
    assert [note.topic_id for note in notes(app, topic)] == [None]
    assert numbers(app, topic)[post] == 3


def test_counts_move_between_boards_too(app, rooms, people, board, topic, mira):
    for _ in range(3):
        rooms.reply(topic, mira)
    elsewhere = rooms.board("Elsewhere")
    other = rooms.topic(elsewhere, mira)
    people_moderator = people.client(people.add("Moritz", Role.MODERATOR))
    merge(people_moderator, topic, other)
    with app.app_context():
        old, new = db.session.get_one(Board, board), db.session.get_one(Board, elsewhere)
        assert (old.topics, old.posts, new.topics, new.posts) == (0, 0, 1, 5)
        assert old.last_post_at is None


def test_the_search_finds_posts_where_they_went(app, rooms, people, board, mira):
    """Into a new topic, behind another one, and all of them; behind a door, below other tags."""
    topic = rooms.topic(board, mira, tags=("here",))
    first, *posts = (rooms.reply(topic, mira, f"The answer {name}") for name in "abcd")
    closed = rooms.board("Closed", "staff")
    other = rooms.topic(closed, mira, "Another", tags=("there", "door"))
    moderator = people.client(people.add("Moritz", Role.MODERATOR))
    new = split_off(moderator, topic, [first, posts[0]], board)
    split_off(moderator, topic, [posts[1]], board, to="existing", into=str(other))
    with app.app_context():
        forum.take_away(db.session(), posts[2], State.HIDDEN, None, now())
        db.session.commit()
    for place in (new, other):
        assert_found_as_they_stand(app, place)
    for place in (topic, new):
        assert merge(moderator, place, other).status_code == 303
    with app.app_context():
        hidden = db.session.query(Contribution).filter_by(post_id=posts[2]).one()
        assert hidden.withdrawn_at is not None
        forum.show(db.session(), posts[2], None, now())
        db.session.commit()
    assert len(numbers(app, other)) == 6
    assert_found_as_they_stand(app, other)
