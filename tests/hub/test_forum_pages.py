"""Boards, lists of topics and topics, as readers see them."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import event

from hub.accounts.models import Role
from hub.clock import now
from hub.extensions import db
from hub.following.models import Follow, Followed, Level, ReadPosition
from hub.forum import operations
from hub.forum.models import Post, State, Topic
from knowledge.access import LEA, group_audience
from tests.hub.conftest import checked
from tests.hub.rooms import Rooms


@pytest.fixture
def rooms(app):
    return Rooms(app)


@pytest.fixture
def mira(people):
    return people.add("Mira")


@pytest.fixture
def client_of_mira(people, mira):
    return people.client(mira)


def opened(client, url):
    response = client.get(url)
    assert response.status_code == 200, f"{url}: {response.status}"
    return checked(response.text)


def topic_url(topic_id, query=""):
    return f"/forum/topics/{topic_id}{query}"


def numbers(page):
    return [int(number) for number in page.xpath("//article/@data-number")]


def titles(page):
    return page.xpath("//p[@class='topic-row__title']/a/text()")


def long_topic(rooms, board, author, posts):
    topic = rooms.topic(board, author)
    for _ in range(posts - 1):
        rooms.reply(topic, author)
    return topic


def has_read(app, person, topic, number):
    with app.app_context():
        db.session.query(ReadPosition).filter_by(person_id=person, topic_id=topic).delete()
        if number:
            at = now()
            db.session.add(ReadPosition(person_id=person, topic_id=topic, number=number, at=at))
        db.session.commit()


def take_away(app, post, state):
    with app.app_context():
        operations.take_away(db.session(), post, state, None, now())
        db.session.commit()


# ---- boards ----


def test_the_home_shows_the_boards_that_the_reader_may_read(app, rooms, mira, client_of_mira):
    rooms.topic(rooms.board("Tools", purpose="What works"), mira)
    rooms.board("Harbour", LEA)
    page = opened(client_of_mira, "/forum")
    assert page.xpath("//h3[@class='board-row__name']/a//text()") == ["Tools"]
    assert page.xpath("//h2/bdi/text()") == ["Practice"]
    assert "What works" in page.text_content()
    assert "Harbour" not in page.text_content()


def test_guests_see_open_boards_and_are_asked_to_sign_in_where_there_are_none(client, rooms):
    rooms.board("Tools")
    assert "Sign in" in opened(client, "/forum").xpath("//main")[0].text_content()
    rooms.board("Square", "public")
    assert opened(client, "/forum").xpath("//h3[@class='board-row__name']/a//text()") == ["Square"]


def test_the_home_says_where_something_is_new(app, rooms, people, mira, client_of_mira):
    board, quiet = rooms.board("Tools"), rooms.board("Law")
    olga = people.add("Olga")
    topic = rooms.topic(board, olga)
    has_read(app, mira, rooms.topic(quiet, olga), 1)
    page = opened(client_of_mira, "/forum")
    assert page.xpath("//h3[a/bdi='Tools']/span/text()") == ["1 topic with something new"]
    assert page.xpath("//h3[a/bdi='Law']/span") == []
    with app.app_context():
        db.session.add(
            Follow(
                person_id=mira, kind=Followed.TOPIC, target=str(topic), level=Level.MUTE, at=now()
            )
        )
        db.session.commit()
    assert opened(client_of_mira, "/forum").xpath("//h3[a/bdi='Tools']/span") == []


def test_a_home_with_many_boards_shows_some_of_each_category(rooms, client_of_mira):
    for number in range(29):
        rooms.board(f"Board {number:02}")
    page = opened(client_of_mira, "/forum")
    assert len(page.xpath("//li[contains(@class, 'board-row')]")) == 20
    assert page.xpath("//a[contains(., '9 more boards')]")
    assert len(opened(client_of_mira, "/forum/boards").xpath("//main//li[@data-key-item]")) == 29


def test_a_closed_board_looks_like_one_that_does_not_exist(rooms, people, mira, client_of_mira):
    board = rooms.board("Harbour", LEA)
    topic = rooms.topic(board, people.add("Leo", lea=True))
    post = rooms.first_post(topic)
    for url, missing in (
        (f"/forum/boards/{board}", "/forum/boards/4711"),
        (topic_url(topic), topic_url(4711)),
        (f"/forum/posts/{post}", "/forum/posts/4711"),
    ):
        closed, absent = client_of_mira.get(url), client_of_mira.get(missing)
        assert (closed.status_code, absent.status_code) == (404, 404)
        assert re.sub(r"\d+", "", closed.text) == re.sub(r"\d+", "", absent.text)


def test_pinned_topics_stand_first_then_the_latest(app, rooms, mira, client_of_mira):
    board = rooms.board()
    old, new = rooms.topic(board, mira, "Old"), rooms.topic(board, mira, "New")
    pinned = rooms.topic(board, mira, "Pinned", at=now() - timedelta(days=9))
    with app.app_context():
        db.session.get_one(Topic, pinned).is_pinned = True
        db.session.commit()
    assert titles(opened(client_of_mira, f"/forum/boards/{board}")) == ["Pinned", "New", "Old"]
    rooms.reply(old, mira)
    assert titles(opened(client_of_mira, f"/forum/boards/{board}")) == ["Pinned", "Old", "New"]
    assert new


@pytest.mark.parametrize("place", ["/forum/boards/{board}", "/forum/latest", "/forum/tags/tools"])
def test_lists_are_gone_through_in_both_directions(rooms, mira, client_of_mira, place):
    board = rooms.board()
    start = now() - timedelta(days=1)
    for number in range(65):  # two of each moment: the id decides between them
        at = start + timedelta(minutes=number // 2)
        rooms.topic(board, mira, f"Topic {number}", at=at, tags=("tools",))
    url, pages = place.format(board=board), []
    while url:
        page = opened(client_of_mira, url)
        pages.append(titles(page))
        url = next(iter(page.xpath("//nav[@aria-label='Pages']//a[@rel='next']/@href")), "")
    assert [len(titles_) for titles_ in pages] == [30, 30, 5]
    assert len({title for page_ in pages for title in page_}) == 65
    back = opened(client_of_mira, page.xpath("//a[@rel='prev']/@href")[0])
    assert titles(back) == pages[1]


def test_lists_are_narrowed_by_links(app, rooms, people, mira, client_of_mira):
    board, olga = rooms.board(), people.add("Olga")
    answered = rooms.topic(board, olga, "Answered", tags=("law",))
    post = rooms.reply(answered, mira)
    rooms.topic(board, olga, "Lonely", tags=("tools",))
    has_read(app, mira, answered, 2)
    with app.app_context():
        db.session.get_one(Topic, answered).accepted_post_id = post
        db.session.commit()
    for query, expected in (
        ("show=unanswered", ["Lonely"]),
        ("show=answered", ["Answered"]),
        ("show=unread", ["Lonely"]),
        ("tag=law", ["Answered"]),
        ("tag=none", []),
        ("show=nonsense&tag=" + "x" * 99, ["Lonely", "Answered"]),
    ):
        page = opened(client_of_mira, f"/forum/boards/{board}?{query}")
        assert titles(page) == expected, query


def test_a_board_says_how_many_posts_are_new_and_leads_to_the_first(
    app, rooms, mira, client_of_mira
):
    board = rooms.board()
    topic = long_topic(rooms, board, mira, 5)
    has_read(app, mira, topic, 3)
    page = opened(client_of_mira, f"/forum/boards/{board}")
    assert page.xpath("//span[@class='topic-row__new']/text()") == ["2 new"]
    [url] = page.xpath("//p[@class='topic-row__title']/a/@href")
    assert url == topic_url(topic, "?at=4#unread")


def test_a_post_that_is_held_or_went_elsewhere_is_nothing_new(
    app, rooms, people, mira, client_of_mira
):
    board, olga = rooms.board("Tools"), people.add("Olga")
    topic = rooms.topic(board, olga)
    has_read(app, mira, topic, 1)
    held = rooms.reply(topic, olga, is_held=True)
    for _ in range(2):
        page = opened(client_of_mira, f"/forum/boards/{board}")
        assert not page.xpath("//*[contains(@class, 'topic-row--unread')]")
        assert titles(opened(client_of_mira, f"/forum/boards/{board}?show=unread")) == []
        assert not opened(client_of_mira, "/forum").xpath("//h3[a/bdi='Tools']/span")
        assert not opened(client_of_mira, topic_url(topic)).xpath("//a[@data-key='unread']")
        with app.app_context():  # as after a split: the number is given, the post is not there
            db.session.delete(db.session.get_one(Post, held))
            db.session.commit()
        rooms.reply(topic, olga)
        has_read(app, mira, topic, 3)
        held = rooms.reply(topic, olga, is_held=True)
    with app.app_context():
        operations.show(db.session(), held, None, now())
        db.session.commit()
    page = opened(client_of_mira, f"/forum/boards/{board}")
    assert page.xpath("//span[@class='topic-row__new']/text()")


def test_the_latest_topics_are_those_of_all_boards_that_one_may_read(
    rooms, people, mira, client_of_mira
):
    rooms.topic(rooms.board("Tools"), mira, "Open to us")
    rooms.topic(rooms.board("Harbour", LEA), people.add("Leo", lea=True), "Not for us")
    assert titles(opened(client_of_mira, "/forum/latest")) == ["Open to us"]


def test_a_tag_says_nothing_of_topics_that_one_may_not_read(rooms, people, client_of_mira):
    board = rooms.board("Harbour", LEA)
    rooms.topic(board, people.add("Leo", lea=True), tags=("drones",))
    carried, absent = (client_of_mira.get(f"/forum/tags/{tag}") for tag in ("drones", "nothing"))
    assert carried.text.replace("drones", "nothing") == absent.text


@pytest.mark.parametrize(
    "mark", ["x", "1-9-9-9", "2-1-1", "0-" + "9" * 17 + "-" + "9" * 16, "\u0663-1-1"]
)
def test_a_page_that_makes_no_sense_is_the_first(rooms, mira, client_of_mira, mark):
    board = rooms.board()
    rooms.topic(board, mira, "Here")
    page = client_of_mira.get(f"/forum/boards/{board}", query_string={"after": mark})
    assert page.status_code == 200


# ---- a topic ----


def test_a_topic_is_read_twenty_posts_at_a_time(rooms, mira, client_of_mira):
    topic = long_topic(rooms, rooms.board(), mira, 45)
    first = opened(client_of_mira, topic_url(topic))
    assert numbers(first) == list(range(1, 21))
    second = opened(client_of_mira, first.xpath("//a[@rel='next']/@href")[0])
    assert numbers(second) == list(range(21, 41))
    third = opened(client_of_mira, second.xpath("//a[@rel='next']/@href")[0])
    assert numbers(third) == list(range(41, 46))
    assert third.xpath("//a[@rel='next']") == []
    back = opened(client_of_mira, third.xpath("//a[@rel='prev']/@href")[0])
    assert numbers(back) == list(range(21, 41))
    assert numbers(opened(client_of_mira, topic_url(topic, "?at=44"))) == list(range(41, 46))


@pytest.mark.parametrize("query", ["?at=999", "?after=45", "?at=99999999999999"])
def test_behind_the_end_is_the_last_page(rooms, mira, client_of_mira, query):
    topic = long_topic(rooms, rooms.board(), mira, 25)
    page = client_of_mira.get(topic_url(topic, query), follow_redirects=True)
    assert numbers(checked(page.text))[-1] == 25


@pytest.mark.parametrize("query", ["?at=x", "?after=-3", "?before=0", "?at=\u0663"])
def test_a_number_that_makes_no_sense_is_the_beginning(rooms, mira, client_of_mira, query):
    topic = long_topic(rooms, rooms.board(), mira, 25)
    assert numbers(opened(client_of_mira, topic_url(topic, query)))[0] == 1


def test_one_lands_at_the_first_unread_post(app, rooms, mira, client_of_mira):
    topic = long_topic(rooms, rooms.board(), mira, 45)
    has_read(app, mira, topic, 0)
    assert client_of_mira.get(topic_url(topic, "?unread=1")).location == topic_url(topic)
    has_read(app, mira, topic, 25)
    landed = client_of_mira.get(topic_url(topic, "?unread=1"))
    assert (landed.status_code, landed.location) == (303, topic_url(topic, "?at=26#unread"))
    page = opened(client_of_mira, landed.location)
    [divider] = page.xpath("//*[@id='unread']")
    assert divider.text_content() == "New since your last visit"
    assert divider.getnext().get("data-number") == "26"
    assert page.xpath("//a[@data-key='unread']")


def test_who_has_read_everything_lands_at_the_end(app, rooms, mira, client_of_mira):
    topic = long_topic(rooms, rooms.board(), mira, 3)
    has_read(app, mira, topic, 3)
    landed = client_of_mira.get(topic_url(topic, "?unread=1"))
    assert landed.location == topic_url(topic, "?at=3#post-3")
    assert not opened(client_of_mira, topic_url(topic)).xpath("//*[@id='unread']")


def test_hidden_and_deleted_posts_keep_their_number_and_lose_their_words(
    app, rooms, people, mira, client_of_mira
):
    topic = rooms.topic(rooms.board(), mira)
    take_away(app, rooms.reply(topic, mira, "Wryneck"), State.HIDDEN)
    take_away(app, rooms.reply(topic, mira, "Nightjar"), State.DELETED)
    page = opened(client_of_mira, topic_url(topic))
    assert numbers(page) == [1, 2, 3]
    assert "A moderator has hidden this post." in page.xpath("//article[2]")[0].text_content()
    assert "This post was deleted." in page.xpath("//article[3]")[0].text_content()
    assert "Wryneck" not in page.text_content()
    moderator = people.signed_in("Mo", Role.MODERATOR)
    page = opened(moderator, topic_url(topic))
    assert "Wryneck" in page.text_content()
    assert "Nightjar" not in page.text_content()


def test_a_held_post_is_there_for_its_author_and_moderators_alone(
    app, rooms, people, mira, client_of_mira
):
    board = rooms.board()
    topic = rooms.topic(board, mira)
    olga, olaf = people.add("Olga"), people.add("Olaf")
    post = rooms.reply(topic, olga, "Firecrest", is_held=True)
    rooms.moderator(board, olaf)
    for client in (people.client(olga), people.client(olaf)):
        assert "Firecrest" in opened(client, topic_url(topic)).text_content()
        assert client.get(f"/forum/posts/{post}").status_code == 303
    assert numbers(opened(client_of_mira, topic_url(topic))) == [1]
    assert client_of_mira.get(f"/forum/posts/{post}").status_code == 404


def test_a_held_topic_is_there_for_its_author_alone(rooms, people, mira, client_of_mira):
    board = rooms.board()
    topic = rooms.topic(board, mira, "Held topic", is_held=True)
    assert "waits for a moderator" in opened(client_of_mira, topic_url(topic)).text_content()
    assert people.signed_in("Olga").get(topic_url(topic)).status_code == 404


def test_a_permalink_leads_to_where_the_post_stands(app, rooms, mira, client_of_mira):
    board = rooms.board()
    topic, other = long_topic(rooms, board, mira, 25), rooms.topic(board, mira)
    post = rooms.reply(topic, mira)
    answer = client_of_mira.get(f"/forum/posts/{post}")
    assert (answer.status_code, answer.location) == (303, topic_url(topic, "?at=26#post-26"))
    with app.app_context():
        moved = db.session.get_one(Post, post)
        moved.topic_id, moved.number = other, 7
        db.session.commit()
    assert client_of_mira.get(f"/forum/posts/{post}").location == topic_url(other, "?at=7#post-7")


def test_a_merged_topic_leads_to_where_it_went(app, rooms, people, mira, client_of_mira):
    board = rooms.board()
    first, second, third = (rooms.topic(board, mira) for _ in range(3))
    closed = rooms.topic(rooms.board("Harbour", LEA), people.add("Leo", lea=True))

    def merge(one, into):
        with app.app_context():
            db.session.get_one(Topic, one).merged_into_id = into
            db.session.commit()

    merge(first, second)
    merge(second, third)
    answer = client_of_mira.get(topic_url(first))
    assert (answer.status_code, answer.location) == (303, topic_url(third))
    assert titles(opened(client_of_mira, f"/forum/boards/{board}")) == ["How do you test a tool?"]
    merge(third, closed)
    assert client_of_mira.get(topic_url(first)).status_code == 404


def test_the_accepted_answer_is_shown_and_linked(app, rooms, mira, client_of_mira):
    topic = rooms.topic(rooms.board(), mira)
    post = rooms.reply(topic, mira)
    with app.app_context():
        db.session.get_one(Topic, topic).accepted_post_id = post
        db.session.commit()
    page = opened(client_of_mira, topic_url(topic))
    [link] = page.xpath("//a[contains(., 'Answered in #2')]")
    assert link.get("href") == topic_url(topic, "?at=2#post-2")
    assert "Accepted answer" in page.xpath("//article[2]")[0].text_content()


def test_a_board_of_a_group_says_its_name_to_members(rooms, people):
    group = people.add_group("Harbour circle")
    board = rooms.board("A circle", group_audience(group))  # among those that the home shows
    ines = people.add("Ines", groups=[group])
    topic = rooms.topic(board, ines)
    client = people.client(ines)
    for url in ("/forum", f"/forum/boards/{board}", topic_url(topic)):
        assert "Harbour circle" in opened(client, url).text_content()


def test_names_of_tags_and_topics_stay_words(rooms, mira, client_of_mira):
    topic = rooms.topic(rooms.board("<b>Tools"), mira, "<script>x</script>", tags=("a/b?c#d",))
    page = opened(client_of_mira, topic_url(topic))
    [link] = page.xpath("//a[@class='tag']/@href")
    assert client_of_mira.get(link).status_code in (200, 404)
    assert page.xpath("//h1")[0].text_content() == "<script>x</script>"


# ---- how much it costs ----


def statements_of(app, client, url):
    seen = []
    with app.app_context():
        engine = db.engine

    def note(_connection, _cursor, statement, *_rest):
        seen.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        assert client.get(url).status_code == 200
    finally:
        event.remove(engine, "before_cursor_execute", note)
    return [text for text in seen if not text.startswith(("BEGIN", "COMMIT", "ROLLBACK"))]


def test_a_page_takes_as_many_statements_whatever_its_size(app, rooms, people):
    """One is the visitor's."""
    group = people.add_group("Harbour circle")
    folk = [people.add(f"Person {number}", groups=[group]) for number in range(8)]
    client = people.client(folk[0])
    board = rooms.board()
    topic = rooms.topic(board, folk[1], tags=("tools",))
    rooms.board("A circle", group_audience(group))  # the home shows the first ones
    urls = {
        "/forum": 5,
        f"/forum/boards/{board}": 5,
        "/forum/latest": 4,
        "/forum/tags/tools": 5,
        topic_url(topic): 5,
    }
    for url, most in urls.items():
        assert len(statements_of(app, client, url)) <= most, url
    small = {url: len(statements_of(app, client, url)) for url in urls}
    for number in range(24):
        rooms.board(f"Board {number}")
        rooms.topic(board, folk[number % 8], tags=("tools", "law"))
        rooms.reply(topic, folk[number % 8])
    assert {url: len(statements_of(app, client, url)) for url in urls} == small
