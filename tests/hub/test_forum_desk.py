"""Categories and boards on the desk."""

import pytest

from hub.accounts.models import Role
from hub.audit.models import AuditEntry
from hub.clock import now
from hub.extensions import db
from hub.forum import happenings
from hub.forum.happenings import Kind
from hub.forum.models import Board, BoardModerator, Category, Topic
from knowledge.access import LEA, MEMBERS, PUBLIC, STAFF, group_audience
from tests.hub.at_once import at_once
from tests.hub.conftest import checked
from tests.hub.rooms import Rooms


@pytest.fixture
def rooms(app):
    return Rooms(app)


@pytest.fixture
def desk(people):
    return people.signed_in("Ada", Role.ADMINISTRATOR)


@pytest.fixture
def told(monkeypatch):
    heard = []
    monkeypatch.setitem(
        happenings._LISTENERS, "test", lambda _session, happening: heard.append(happening.kind)
    )
    return heard


def fields(app, board_id=None, **changed):
    with app.app_context():
        category = db.session.query(Category).first()
        board = db.session.get(Board, board_id) if board_id else None
        values = {
            "category_id": category.id,
            "name": board.name if board else "Tools",
            "purpose": "What works",
            "audience": board.audience if board else MEMBERS,
            "writers": "same",
            "mark": (board.mark if board else "") or "none",
        }
    return {**values, **changed}


def board_of(app, board_id):
    with app.app_context():
        return db.session.get_one(Board, board_id)


def acts(app):
    with app.app_context():
        return [act for (act,) in db.session.query(AuditEntry.act).order_by(AuditEntry.id)]


def made_category(app, name="Practice"):
    with app.app_context():
        category = Category(name=name)
        db.session.add(category)
        db.session.flush()
        category_id = category.id
        db.session.commit()
    return category_id


def test_a_category_and_a_board_are_made(app, desk):
    assert desk.post("/desk/forum/categories", data={"name": "Practice"}).status_code == 303
    answer = desk.post(
        "/desk/forum/boards/new",
        data=fields(app, audience=LEA, mark="green", holds_first_posts="y"),
    )
    assert answer.status_code == 303
    board = board_of(app, int(answer.location.rsplit("/", 1)[1]))
    assert (board.name, board.audience, board.writers, board.mark) == ("Tools", LEA, LEA, "green")
    assert board.holds_first_posts
    assert acts(app) == ["category.created", "board.created"]
    checked(desk.get(answer.location).text)
    assert "Tools" in desk.get("/desk/forum").text


def test_everybody_reads_and_members_write(app, desk):
    made_category(app)
    answer = desk.post("/desk/forum/boards/new", data=fields(app, audience=PUBLIC))
    board = board_of(app, int(answer.location.rsplit("/", 1)[1]))
    assert (board.audience, board.writers) == (PUBLIC, MEMBERS)


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"name": "x" * 81},
        {"name": "\u202etools"},
        {"name": "---"},
        {"purpose": "x" * 501},
        {"audience": "nobody"},
        {"audience": "group-17"},
        {"writers": "x"},
        {"mark": "purple"},
        {"mark": "green"},
        {"mark": "red", "audience": STAFF},
        {"category_id": "4711"},
        {"category_id": "x"},
    ],
    ids=str,
)
def test_what_makes_no_sense_is_refused_and_the_words_are_kept(app, desk, wrong):
    made_category(app)
    answer = desk.post(
        "/desk/forum/boards/new", data=fields(app, **{"purpose": "Keep me", **wrong})
    )
    assert answer.status_code == 422
    checked(answer.text)
    if "purpose" not in wrong:
        assert "Keep me" in answer.text
    with app.app_context():
        assert db.session.query(Board).count() == 0


def test_a_name_is_given_once_in_a_category(app, desk, rooms):
    rooms.board("Tools")
    assert desk.post("/desk/forum/boards/new", data=fields(app)).status_code == 422
    other = rooms.board("Law")
    answer = desk.post(f"/desk/forum/boards/{other}", data=fields(app, other, name="Tools"))
    assert answer.status_code == 422
    assert board_of(app, other).name == "Law"


def test_changing_who_reads_is_asked_about_and_told(app, desk, rooms, told):
    board = rooms.board()
    wider = fields(app, board, audience=PUBLIC)
    asked = desk.post(f"/desk/forum/boards/{board}", data=wider)
    assert asked.status_code == 422
    assert "Others will read what stands in this board" in asked.text
    assert board_of(app, board).audience == MEMBERS
    desk.post(f"/desk/forum/boards/{board}", data={**wider, "sure": "y"})
    assert board_of(app, board).audience == PUBLIC
    assert told == [Kind.BOARD]
    desk.post(f"/desk/forum/boards/{board}", data=fields(app, board, name="Renamed"))
    assert told == [Kind.BOARD]
    assert acts(app) == ["board.changed", "board.changed"]


def test_no_topic_comes_to_readers_that_its_mark_does_not_allow(app, desk, rooms, people):
    board = rooms.board(audience=STAFF)
    topic = rooms.topic(board, people.add("Clara", Role.CURATOR))
    with app.app_context():
        db.session.get_one(Topic, topic).mark = "amber"
        db.session.commit()
    wider = {"audience": LEA, "sure": "y"}
    answer = desk.post(f"/desk/forum/boards/{board}", data=fields(app, board, **wider))
    assert answer.status_code == 422
    assert board_of(app, board).audience == STAFF


def test_topics_get_the_stricter_mark_of_their_board(app, desk, rooms, people):
    board = rooms.board(audience=STAFF)
    clara = people.add("Clara", Role.CURATOR)
    weak, strict = rooms.topic(board, clara), rooms.topic(board, clara)
    with app.app_context():
        db.session.get_one(Topic, strict).mark = "amber"
        db.session.commit()
    desk.post(f"/desk/forum/boards/{board}", data=fields(app, board, mark="green"))
    assert (rooms.of_topic(weak).mark, rooms.of_topic(strict).mark) == ("green", "amber")


def test_what_a_group_wrote_is_opened_by_nobody_outside_it(app, desk, rooms, people):
    group = people.add_group("Harbour circle")
    board = rooms.board("Inner", group_audience(group))
    rooms.topic(board, people.add("Ines", groups=[group]))
    answer = desk.post(
        f"/desk/forum/boards/{board}", data=fields(app, board, audience=STAFF, sure="y")
    )
    assert answer.status_code == 422
    assert board_of(app, board).audience == group_audience(group)
    assert desk.get(f"/forum/boards/{board}").status_code == 404


def test_a_board_is_archived_and_opened_again(app, desk, rooms, people):
    board = rooms.board()
    assert desk.post(f"/desk/forum/boards/{board}/archive").status_code == 303
    assert board_of(app, board).archived_at
    changed = desk.post(f"/desk/forum/boards/{board}", data=fields(app, board, name="Other"))
    assert changed.status_code == 303
    assert board_of(app, board).name == "Tools"
    page = checked(people.signed_in("Mira").get(f"/forum/boards/{board}").text)
    assert "archived" in page.text_content()
    for _ in range(2):
        desk.post(f"/desk/forum/boards/{board}/reopen")
    assert board_of(app, board).archived_at is None
    assert acts(app) == ["board.archived", "board.reopened"]


def test_boards_and_categories_are_put_in_order(app, desk, rooms):
    for name in ("One", "Two", "Three"):
        last = rooms.board(name)
    made_category(app, "Law")
    for direction in ("up", "up", "up", "down"):
        desk.post(f"/desk/forum/boards/{last}/move", data={"direction": direction})
    with app.app_context():
        ordered = db.session.query(Board.name).order_by(Board.ordinal)
        assert [name for (name,) in ordered] == ["One", "Three", "Two"]
        law = db.session.query(Category).filter_by(name="Law").one().id
    desk.post(f"/desk/forum/categories/{law}/move", data={"direction": "up"})
    page = checked(desk.get("/desk/forum").text)
    assert page.xpath("//h2/bdi/text()") == ["Law", "Practice"]


def test_a_category_is_renamed_and_removed_once_it_is_empty(app, desk, rooms):
    board = rooms.board()
    category = board_of(app, board).category_id
    url = f"/desk/forum/categories/{category}"
    checked(desk.get(url).text)
    desk.post(url, data={"name": "Law"})
    assert desk.post(f"{url}/remove").location == url
    desk.post(f"{url}/archive")
    assert board_of(app, board).archived_at
    other = made_category(app, "Empty")
    assert desk.post(url, data={"name": "Empty"}).status_code == 422
    assert desk.post(f"/desk/forum/categories/{other}/remove").location == "/desk/forum"
    with app.app_context():
        assert [name for (name,) in db.session.query(Category.name)] == ["Law"]


def test_moderators_are_named_by_their_name_and_must_be_able_to_read(app, desk, rooms, people):
    board = rooms.board(audience=LEA)
    people.add("Mira")
    leo = people.add("Leo", lea=True)
    url = f"/desk/forum/boards/{board}/moderators"
    for name, words in (("Nobody", "Nobody here has exactly"), ("Mira", "may not read the board")):
        answer = desk.post(url, data={"pseudonym": name})
        assert answer.status_code == 422
        assert words in answer.text
    for _ in range(2):
        assert desk.post(url, data={"pseudonym": "Leo"}).status_code == 303
    with app.app_context():
        assert [row.person_id for row in db.session.query(BoardModerator)] == [leo]
    assert "Leo" in desk.get(f"/desk/forum/boards/{board}").text
    desk.post(f"{url}/{leo}/remove")
    assert desk.post(f"{url}/{leo}/remove").status_code == 404
    assert acts(app) == ["board.moderator_named", "board.moderator_let_go"]


def test_a_change_needs_a_fresh_proof_and_the_role(people, rooms, app):
    board = rooms.board()
    ada = people.add("Ada", Role.ADMINISTRATOR)
    stale = people.client(ada, is_fresh=False)
    answer = stale.post(f"/desk/forum/boards/{board}/archive")
    assert answer.location.startswith("/account/confirm")
    assert people.signed_in("Mo", Role.MODERATOR).get("/desk/forum").status_code == 403
    assert board_of(app, board).archived_at is None


def test_two_names_of_boards_at_once_give_one_board(app, people, rooms):
    made_category(app)
    ada = people.add("Ada", Role.ADMINISTRATOR)
    clients = [people.client(ada) for _ in range(4)]
    form = fields(app)
    answers = at_once(
        *(
            lambda client=client: client.post("/desk/forum/boards/new", data=form)
            for client in clients
        )
    )
    assert sorted(answer.status_code for answer in answers) == [303, 422, 422, 422]


def test_a_topic_that_starts_while_the_audience_changes_is_not_lost(app, people, rooms):
    board, mira = rooms.board(), people.add("Mira")
    desk = people.signed_in("Ada", Role.ADMINISTRATOR)
    form = fields(app, board, audience=LEA, mark="green", sure="y")
    at_once(
        lambda: desk.post(f"/desk/forum/boards/{board}", data=form),
        lambda: rooms.topic(board, mira),
        lambda: rooms.topic(board, mira),
    )
    with app.app_context():
        marks = {mark for (mark,) in db.session.query(Topic.mark)}
        assert db.session.query(Topic).count() == 2
    assert board_of(app, board).mark == "green"
    assert marks == {"green"}
    assert now()
