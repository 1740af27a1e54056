"""Who is told of what in the forum, and that nobody is told of what they may not read."""

import secrets

import pytest
from sqlalchemy import event, select

from hub.accounts.models import Person
from hub.clock import now
from hub.extensions import db
from hub.following import operations as following
from hub.following.models import Followed, Level
from hub.forum import happenings
from hub.forum import operations as forum
from hub.forum.happenings import Happening, Kind
from hub.forum.models import Board, Post, State, Topic
from hub.notifications import hearing, keeping, operations, queries
from hub.notifications.models import About, Notification
from knowledge.access import LEA, STAFF, reader_of
from tests.hub.at_once import at_once
from tests.hub.conftest import checked
from tests.hub.rooms import Rooms, written


@pytest.fixture
def rooms(app):
    return Rooms(app)


@pytest.fixture
def author(people):
    return people.add("Anton")


@pytest.fixture
def mira(people):
    return people.add("Mira")


@pytest.fixture
def board(rooms):
    return rooms.board()


@pytest.fixture
def topic(rooms, board, author):
    return rooms.topic(board, author, "Which camera?")


def follow(app, person, kind, target, level):
    with app.app_context():
        chosen = Followed(kind), str(target), Level(level)
        following.follow(db.session(), person, *chosen, now())
        db.session.commit()


def told(app, person, *, unread=False):
    """What somebody was told, as (why, number of the post)."""
    with app.app_context():
        mine = (
            select(Notification.about, Post.number)
            .outerjoin(Post, Post.id == Notification.post_id)
            .where(Notification.person_id == person)
            .order_by(Notification.id)
        )
        if unread:
            mine = mine.where(Notification.read_at.is_(None))
        return [(About(about), number) for about, number in db.session.execute(mine)]


def quote(post_id, name="Mira", number=2):
    return f"> [@{name}, #{number}](/forum/posts/{post_id})\n>\n> words\n\nI see."


# who is told


def test_who_began_a_topic_is_told_of_a_reply(app, rooms, topic, author, mira):
    rooms.reply(topic, mira)
    assert told(app, author) == [(About.REPLY, 2)]
    assert told(app, mira) == []


def test_who_is_answered_is_told_and_not_who_began(app, rooms, topic, author, mira, people):
    third = people.add("Tom")
    post = rooms.reply(topic, mira)
    with app.app_context():
        form = written("To you.")
        forum.reply(db.session(), topic, third, form, now(), reply_to_id=post)
        db.session.commit()
    assert told(app, mira) == [(About.REPLY, 3)]
    assert told(app, author) == [(About.REPLY, 2)]


def test_who_is_mentioned_is_told(app, rooms, topic, mira, author):
    rooms.reply(topic, author, "Ask @Mira about it.")
    assert told(app, mira) == [(About.MENTION, 2)]


def test_who_is_quoted_is_told(app, rooms, topic, mira, author):
    post = rooms.reply(topic, mira)
    rooms.reply(topic, author, quote(post))
    assert told(app, mira) == [(About.QUOTE, 3)]


def test_a_mention_within_a_quote_tells_nobody(app, rooms, topic, mira, author):
    rooms.reply(topic, author, "> as @Mira said\n\nYes.")
    assert told(app, mira) == []


def test_watchers_are_told_and_the_strongest_reason_counts(app, rooms, board, topic, mira, author):
    follow(app, mira, "board", board, "watch")
    rooms.reply(topic, author)
    rooms.reply(topic, author, "What do you think, @Mira?")
    assert told(app, mira) == [(About.WATCHED, 2), (About.MENTION, 3)]


def test_a_new_topic_is_told_to_those_who_watch_its_board_or_tag(
    app, rooms, board, mira, author, people
):
    tom = people.add("Tom")
    follow(app, mira, "board", board, "watch")
    follow(app, tom, "tag", "drones", "watch")
    rooms.topic(board, author, tags=["drones"])
    assert told(app, mira) == told(app, tom) == [(About.WATCHED, 1)]


@pytest.mark.parametrize("kind", ["topic", "board", "tag"])
def test_who_muted_is_told_nothing(app, rooms, board, mira, author, kind):
    topic = rooms.topic(board, author, tags=["drones"])
    follow(app, mira, kind, {"topic": topic, "board": board, "tag": "drones"}[kind], "mute")
    rooms.reply(topic, author, "@Mira!")
    with app.app_context():
        operations.notify(db.session(), [mira], About.ACCEPTED, now(), topic_id=topic)
        db.session.commit()
    assert told(app, mira) == []


def test_a_watched_topic_counts_more_than_its_muted_board(app, rooms, board, topic, mira, author):
    follow(app, mira, "board", board, "mute")
    follow(app, mira, "topic", topic, "watch")
    rooms.reply(topic, author)
    assert told(app, mira) == [(About.WATCHED, 2)]


def test_nobody_is_told_of_what_they_may_not_read(app, rooms, people, author, mira):
    lea = people.add("Leo", lea=True)
    closed = rooms.board("Closed", LEA)
    for person in (lea, mira):
        follow(app, person, "board", closed, "watch")
    topic = rooms.topic(closed, author, text="@Mira and @Leo")
    rooms.reply(topic, author)
    assert told(app, mira) == []
    assert told(app, lea) == [(About.MENTION, 1), (About.WATCHED, 2)]
    people.end_lea_membership(lea)
    rooms.reply(topic, author)
    assert len(told(app, lea)) == 2


def test_whoever_is_disabled_is_not_told(app, rooms, people, topic, author):
    gone = people.add("Gone", disabled_at=now())
    follow(app, gone, "topic", topic, "watch")
    rooms.reply(topic, author, "@Gone?")
    assert told(app, gone) == []


def test_a_held_post_is_told_when_it_is_approved_and_names_its_author(
    app, rooms, topic, author, mira, people
):
    moderator = people.add("Mod")
    post = rooms.reply(topic, mira, "@Anton, look", is_held=True)
    assert told(app, author) == []
    with app.app_context():
        forum.show(db.session(), post, moderator, now())
        db.session.commit()
        [row] = db.session.query(Notification).filter_by(person_id=author)
        assert (row.about, row.actor_id) == (About.MENTION, mira)


def test_an_edit_tells_only_who_is_named_anew(app, rooms, topic, author, mira, people):
    tom = people.add("Tom")
    follow(app, tom, "topic", topic, "watch")
    post = rooms.reply(topic, author, "Hello @Mira")
    with app.app_context():
        forum.edit(db.session(), post, author, written("Hello @Mira, @Nele"), 1, now())
        db.session.commit()
    nele = people.add("Nele")
    with app.app_context():
        forum.edit(db.session(), post, author, written("@Mira and @Nele"), 2, now())
        db.session.commit()
    assert told(app, mira) == [(About.MENTION, 2)]
    assert told(app, nele) == [(About.MENTION, 2)]
    assert told(app, tom) == [(About.WATCHED, 2)]


def test_however_often_it_is_edited_a_post_names_no_more_people_than_one_may(
    app, rooms, people, topic, author, monkeypatch
):
    monkeypatch.setattr(hearing, "MOST_NAMED", 3)
    names = [f"Named{number}" for number in range(6)]
    for name in names:
        people.add(name)
    post = rooms.reply(topic, author, "@Named0")
    with app.app_context():
        for revision, name in enumerate(names, 1):
            form = written(f"@{name} and @Named0")
            forum.edit(db.session(), post, author, form, revision, now())
        db.session.commit()
        told = select(Person.pseudonym).join(Notification, Notification.person_id == Person.id)
        assert sorted(db.session.scalars(told)) == names[:3]


def test_nobody_is_told_by_name_of_what_they_may_not_read(app, rooms, people, author, mira):
    lea, closed = people.add("Leo", lea=True), rooms.board("Closed", LEA)
    topic = rooms.topic(closed, author)
    first = rooms.first_post(topic)
    with app.app_context():
        for about in (About.REACTION, About.ACCEPTED):
            operations.notify(
                db.session(), [mira, lea], about, now(), topic_id=topic, post_id=first
            )
        operations.notify(db.session(), [mira, lea], About.APPROVED, now(), post_id=first)
        db.session.commit()
    assert told(app, mira) == []
    assert len(told(app, lea)) == 3


def test_telling_again_tells_nobody_twice(app, topic, author, mira):
    with app.app_context():
        for _ in range(2):
            for subject in (1, 2):
                operations.notify(
                    db.session(), [author, mira], About.DECISION, now(), subject_id=subject
                )
            db.session.commit()
    assert told(app, mira) == told(app, author) == [(About.DECISION, None)] * 2


def test_of_two_who_tell_at_once_one_does(app, topic, mira, author):
    def tell():
        with app.app_context():
            operations.notify(db.session(), [mira], About.DECISION, now(), subject_id=7)
            db.session.commit()

    at_once(*[tell] * 4)
    assert told(app, mira) == [(About.DECISION, None)]


def test_who_did_it_is_not_told(app, mira):
    with app.app_context():
        operations.notify(db.session(), [mira], About.DECISION, now(), actor_id=mira)
        db.session.commit()
    assert told(app, mira) == []


def test_reactions_are_told_unless_somebody_wants_none(app, people, rooms, topic, author, mira):
    client = people.client(author)
    form = {"rhythm": "weekly"}  # the box is not ticked
    assert client.post("/account/notifications", data=form).status_code == 303
    post = rooms.reply(topic, mira)
    with app.app_context():
        operations.notify(
            db.session(), [author, mira], About.REACTION, now(), topic_id=topic, post_id=post
        )
        db.session.commit()
    assert (About.REACTION, 2) not in told(app, author)
    assert (About.REACTION, 2) in told(app, mira)


def test_hundreds_of_watchers_cost_as_many_statements_as_one(
    app, rooms, people, board, topic, author, mira
):
    def statements():
        counted = []

        def count(_connection, _cursor, statement, *_rest):
            counted.append(statement)

        with app.app_context():
            event.listen(db.engine, "before_cursor_execute", count)
            try:
                form = written("New.")
                forum.reply(db.session(), topic, author, form, now())
                db.session.commit()
            finally:
                event.remove(db.engine, "before_cursor_execute", count)
        return len(counted)

    follow(app, mira, "board", board, "watch")
    few = statements()
    for number in range(120):
        follow(app, people.add(f"Watcher {number}"), "board", board, "watch")
    assert statements() == few


def test_what_is_rolled_back_was_never_told(app, rooms, topic, author, mira):
    with app.app_context():
        forum.reply(db.session(), topic, mira, written("No."), now())
        db.session.rollback()
    assert told(app, author) == []


# what is no news any more


def test_reading_a_topic_reads_what_one_was_told_up_to_there(
    app, rooms, people, topic, author, mira
):
    for _ in range(3):
        rooms.reply(topic, mira)
    people.client(author).post(f"/forum/topics/{topic}/read", data={"number": 3})
    assert told(app, author, unread=True) == [(About.REPLY, 4)]


def test_a_post_that_is_gone_is_no_news(app, rooms, topic, author, mira):
    post = rooms.reply(topic, mira)
    with app.app_context():
        forum.take_away(db.session(), post, State.HIDDEN, None, now())
        db.session.commit()
    assert told(app, author, unread=True) == []


def test_what_moves_behind_a_door_is_no_news_to_those_outside(
    app, rooms, people, board, topic, author, mira
):
    lea = people.add("Leo", lea=True)
    for person in (mira, lea):
        follow(app, person, "board", board, "watch")
    rooms.reply(topic, author)
    with app.app_context():
        closed = db.session.get_one(Board, board)
        closed.audience = LEA
        db.session.flush()
        happenings.tell(db.session(), Happening(Kind.BOARD, closed, None, None, None, now()))
        db.session.commit()
    assert told(app, mira, unread=True) == []
    assert told(app, lea, unread=True) == [(About.WATCHED, 2)]


def test_posts_that_go_behind_a_door_are_no_news_to_those_outside(
    app, rooms, people, topic, author, mira
):
    lea, closed = people.add("Leo", lea=True), rooms.board("Closed", LEA)
    other = rooms.topic(closed, author)
    post = rooms.reply(topic, author, "@Mira and @Leo")
    rooms.reply(topic, author, "@Mira, this one stays.")
    with app.app_context():
        moved = db.session.get_one(Post, post)
        moved.topic_id, moved.number = other, 9
        db.session.flush()
        db.session.refresh(moved)
        board = moved.topic.board
        happening = Happening(Kind.MOVED, board, moved.topic, None, None, now(), behind=8)
        happenings.tell(db.session(), happening)
        db.session.commit()
    assert told(app, mira, unread=True) == [(About.MENTION, 3)]
    assert told(app, lea, unread=True) == [(About.MENTION, 9)]


# the page


def test_the_page_groups_by_topic_and_says_who_did_what(rooms, people, board, topic, author, mira):
    other = rooms.topic(board, author, "Which drone?")
    for place in (topic, other, topic):
        rooms.reply(place, mira)
    root = checked(people.client(author).get("/notifications").text)
    titles = [" ".join(title.text_content().split()) for title in root.xpath("//section//h2")]
    assert titles == ["Which camera?", "Which drone?"]
    assert root.text_content().count("Mira replied to you") >= 3


def test_the_page_tells_nothing_of_what_one_may_not_read_any_more(app, rooms, people, author):
    lea = people.add("Leo", lea=True)
    topic = rooms.topic(rooms.board("Heron board", LEA), author, "Heron topic", "@Leo")
    strong = people.client(lea)
    assert "Heron topic" in strong.get("/notifications").text
    assert "Heron" not in people.client(lea, is_strong=False).get("/notifications").text
    people.end_lea_membership(lea)
    assert "Heron" not in strong.get("/notifications").text
    assert topic


def test_the_bell_counts_nothing_of_what_one_may_not_read_any_more(
    app, rooms, people, topic, author, mira
):
    lapsed, leo = people.add("Lea", lea=True), people.add("Leo", lea=True)
    closed = rooms.topic(rooms.board("Heron board", LEA), author, "Heron", "@Lea and @Leo")
    rooms.reply(topic, author, "@Lea and @Leo")
    people.end_lea_membership(lapsed)
    with app.app_context():
        keeping.withdraw_from_lapsed(db.session(), now())
        db.session.commit()
        counts = queries.unread_counts(db.session(), [lapsed, leo])
    assert counts == {lapsed: 1, leo: 2}
    assert closed


def test_somebody_who_is_gone_is_a_former_member(app, rooms, people, topic, author, mira):
    rooms.reply(topic, mira)
    with app.app_context():
        from hub.accounts.models import Person

        person = db.session.get_one(Person, mira)
        person.pseudonym, person.erased_at = "former member 17", now()
        db.session.commit()
    assert "Mira replied" not in people.client(author).get("/notifications").text


def test_a_merged_topic_is_the_one_it_was_merged_into(
    app, rooms, people, board, topic, author, mira
):
    old = rooms.topic(board, author, "Old title")
    post = rooms.reply(old, mira)
    with app.app_context():
        db.session.get_one(Topic, old).merged_into_id = topic
        moved = db.session.get_one(Post, post)
        moved.topic_id, moved.number = topic, 9
        db.session.commit()
    text = checked(people.client(author).get("/notifications").text).text_content()
    assert "Which camera?" in text
    assert "Old title" not in text


def test_the_list_comes_by_pages(rooms, people, topic, author, mira, monkeypatch):
    monkeypatch.setattr(queries, "PAGE_SIZE", 2)
    for _ in range(3):
        rooms.reply(topic, mira)
    client = people.client(author)
    [later] = checked(client.get("/notifications").text).xpath("//a[@rel='next']/@href")
    root = checked(client.get(later).text)
    assert len(root.xpath("//li[contains(@class, 'told')]")) == 1
    assert not root.xpath("//a[@rel='next']")


@pytest.mark.parametrize("before", ["x", "-1", "9" * 30, "", "²", "1.5"])
def test_a_hostile_page_number_is_the_first_page(people, author, before):
    answer = people.client(author).get("/notifications", query_string={"before": before})
    assert answer.status_code == 200


def test_one_or_all_are_marked_as_read(app, rooms, people, topic, author, mira):
    for _ in range(3):
        rooms.reply(topic, mira)
    client = people.client(author)
    root = checked(client.get("/notifications").text)
    one = root.xpath("//form[contains(@action, '/notifications/')]/@action")[1]
    assert client.post(one).status_code == 303
    assert len(told(app, author, unread=True)) == 2
    [until] = root.xpath("//input[@name='until']/@value")
    rooms.reply(topic, mira)  # after the page was made
    client.post("/notifications/read", data={"until": until})
    assert told(app, author, unread=True) == [(About.REPLY, 5)]
    assert "Mark as read" in client.get("/notifications?show=unread").text


def test_nobody_marks_those_of_others(app, rooms, people, topic, author, mira):
    rooms.reply(topic, mira)
    with app.app_context():
        number = db.session.scalar(select(Notification.id))
    assert people.client(mira).post(f"/notifications/{number}/read").status_code == 404
    assert told(app, author, unread=True) == [(About.REPLY, 2)]


def test_looking_costs_few_statements_however_many_there_are(
    app, rooms, people, topic, author, mira
):
    client = people.client(author)

    def statements():
        counted = []

        def count(*_rest):
            counted.append(1)

        with app.app_context():
            engine = db.engine
        event.listen(engine, "before_cursor_execute", count)
        try:
            assert client.get("/notifications").status_code == 200
        finally:
            event.remove(engine, "before_cursor_execute", count)
        return len(counted)

    rooms.reply(topic, mira)
    few = statements()
    for _ in range(12):
        rooms.reply(topic, mira)
    assert statements() == few <= 6


def test_staff_boards_stay_closed_to_members_in_the_query(app, rooms, author, people):
    cora = people.add("Cora")
    topic = rooms.topic(rooms.board("Staff", STAFF), author)
    with app.app_context():
        db.session.add(
            Notification(
                person_id=cora,
                about=About.WATCHED,
                topic_id=topic,
                post_id=rooms.first_post(topic),
                post_key=secrets.randbelow(9) + 1,
                made_at=now(),
            )
        )
        db.session.commit()
        member, staff = reader_of(is_member=True), reader_of(is_staff=True)
        assert not queries.listing(db.session(), cora, member).groups
        assert queries.listing(db.session(), cora, staff).groups
