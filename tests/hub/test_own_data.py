"""What is kept of a person, as a page and as a file: all of it, and nobody else's."""

import json
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from hub.accounts.models import (
    Identity,
    MailedLink,
    Passkey,
    Purpose,
    RecoveryCode,
    Role,
    RoleGrant,
)
from hub.arranging.models import MovedPosts
from hub.assistant.operations import add_question, start_conversation
from hub.audit import log
from hub.clock import now
from hub.extensions import db
from hub.feeds.models import FeedKey
from hub.following.models import Follow, Followed, Level, ReadPosition
from hub.forum import operations as forum
from hub.forum.models import Board, BoardModerator, Category, Post, PostRevision
from hub.groups.models import GroupMember
from hub.mail import outbox
from hub.membership.models import LeaMembership, MembershipState
from hub.notifications.models import About, Notification, NotificationChoice
from hub.own_data.declared import TRACES
from hub.own_data.topics import TOPICS
from hub.own_data.traces import Trace
from hub.polls.models import Poll, PollOption, PollVote
from hub.reactions.models import Bookmark, Reaction, ReactionKind
from hub.uploads.models import Attachment, Upload
from hub.writing.models import Draft
from knowledge.orm import Base
from tests.hub import court
from tests.hub.conftest import checked
from tests.hub.people import People
from tests.hub.rooms import written

# Tables whose rows hang below rows of persons, and why their rows are not the person's.
NOT_THEIRS: dict[tuple[str, str], str] = {
    ("post", "topic_id"): "others write in one's topics",
    ("topic_tag", "topic_id"): "it repeats what the topic says",
    ("post_revision", "post_id"): "each state is its editor's",
    ("moved_posts", "topic_id"): "what a moderator moved; it names nobody",
    ("moved_posts", "other_id"): "what a moderator moved; it names nobody",
    ("contribution_passage", "contribution_id"): "places in the text, without its words",
    ("reaction", "post_id"): "others react to one's posts",
    ("bookmark", "post_id"): "others keep one's posts",
    ("poll_vote", "poll_id"): "others vote in one's polls",
    ("poll_vote", "option_id"): "others vote in one's polls",
    ("attachment", "post_id"): "found by the file, which may be another's",
    ("read_position", "topic_id"): "how far others have read in one's topics",
    ("notification", "topic_id"): "others are told of one's topics",
    ("notification", "post_id"): "others are told of one's posts",
    **court.NOT_THEIRS,
}
WORDS_OF_ANNA = (
    "Anna",
    "anna@example.org",
    "news.anna@example.org",
    "May drones film a crowd?",
    "Anna Realname",
    "anna@police.example",
    "Police of Annaland",
    "subject-of-anna",
    "Key of Anna",
    "Annas Group",
    "Topic of Anna",
    "First words of Anna",
    "State by Anna",
    "Draft of Anna",
    "Poll of Anna",
    "Option of Anna",
    "Note of Anna",
    "A note on bert",
    "Picture of Anna",
    "Feed of Anna",
    "what Anna wrote",
    "what Anna did",
    "Anna objects",
    "by Anna",
)
WORDS_OF_BERT = (
    "Bert",
    "bert@example.org",
    "May I fly?",
    "Bert Realname",
    "bert@police.example",
    "Police of Bertland",
    "subject-of-bert",
    "Key of Bert",
    "Berts Group",
    "Topic of Bert",
    "First words of Bert",
    "State by Bert",
    "Draft of Bert",
    "Poll of Bert",
    "Option of Bert",
    "Note of Bert",
    "A note on anna",
    "Picture of Bert",
    "Feed of Bert",
    "what Bert wrote",
    "what Bert did",
    "Bert objects",
    "by Bert",
    "a reason about Bert",
    "on Anna",  # what moderators tell each other about her
)


@pytest.fixture
def entangled(app: Flask, people: People) -> tuple[int, int]:
    """Two people who have decided about each other, invited each other, and share groups."""
    anna = people.add("Anna", notification_email="news.anna@example.org")
    bert = people.add("Bert", Role.CURATOR)
    for me, other, name in ((anna, bert, "Anna"), (bert, anna, "Bert")):
        group = people.add_group(f"{name}s Group")
        with app.app_context():
            fill(me, other, name, group)
            reason = f"for {name} Realname"
            log.note(db.session(), "role.granted", other, now(), ("person", me), reason=reason)
            db.session.commit()
    return anna, bert


def fill(me: int, other: int, name: str, group: int) -> None:
    session, moment = db.session(), now()
    low = name.casefold()
    question = {"Anna": "May drones film a crowd?", "Bert": "May I fly?"}[name]
    conversation = start_conversation(session, f"person:{me}", question, "en", moment, me)
    add_question(session, conversation, question, "en", moment)
    session.add_all(
        [
            RoleGrant(person_id=me, role=Role.MODERATOR, granted_by=other, granted_at=moment),
            GroupMember(group_id=group, person_id=me, added_by=other, added_at=moment),
            Identity(
                person_id=me,
                issuer="https://id.example",
                subject=f"subject-of-{low}",
                created_at=moment,
            ),
            Passkey(
                person_id=me,
                credential_id=f"credential {name}".encode(),
                public_key=b"public",
                name=f"Key of {name}",
                created_at=moment,
            ),
            RecoveryCode(person_id=me, code_hash="c0de"),
            LeaMembership(
                person_id=me,
                state=MembershipState.GRANTED,
                organisation=f"Police of {name}land",
                official_address=f"{low}@police.example",
                address_confirmed_at=moment,
                real_name=f"{name} Realname",
                requested_at=moment,
                invited_by=other,
                decided_by=other,
                decided_at=moment,
                reason=f"a reason about {name}",
            ),
            MailedLink(
                purpose=Purpose.INVITATION,
                address=f"{low}@police.example",
                details={"invited_by": other, "note": "from the other"},
                created_at=moment,
                expires_at=moment,
            ),
        ]
    )
    fill_forum(me, other, name)
    session.flush()
    outbox.post(session, "sign-up", f"{low}@example.org", "en", moment)
    outbox.post(session, "group-added", f"{low}@example.org", "en", moment, me, group=group)


def fill_forum(me: int, other: int, name: str) -> None:
    """A topic in a board that they moderate, whose first post the other has edited."""
    session, moment = db.session(), now()
    board = Board(
        category=Category(name=f"Category {name}"), name=f"Board {name}", created_at=moment
    )
    session.add(board)
    session.flush()
    form = written(f"First words of {name}.", title=f"Topic of {name}")
    topic = forum.start_topic(session, board, me, form, moment)
    post = session.query(Post).filter_by(topic_id=topic.id).one()
    post.edited_by, post.edited_at = other, moment
    session.add_all(
        [
            BoardModerator(board_id=board.id, person_id=me, added_by=other, added_at=moment),
            PostRevision(
                post_id=post.id, number=1, text=f"State by {name}", editor_id=me, made_at=moment
            ),
            Draft(person_id=me, place="board 1", text=f"Draft of {name}", kept_at=moment),
            MovedPosts(topic_id=topic.id, after_number=1, posts=1, at=moment),
        ]
    )
    fill_beside_posts(me, other, name, post)
    fill_reading(me, other, name, post)
    court.fill_moderation(me, other, name, post)


def fill_beside_posts(me: int, other: int, name: str, post: Post) -> None:
    """A poll and a picture in the post; both react to it, keep it and vote."""
    session, moment = db.session(), now()
    options = [PollOption(ordinal=1, text=f"Option of {name}"), PollOption(ordinal=2, text="No")]
    poll = Poll(post_id=post.id, question=f"Poll of {name}", options=options)
    picture = Upload(
        person_id=me,
        sha256=f"{me:064}",
        filename=f"Picture of {name}.png",
        media_type="image/png",
        size=17,
        created_at=moment,
    )
    session.add_all([poll, picture])
    session.flush()
    session.add(Attachment(post_id=post.id, upload_id=picture.id))
    for person_id, note in ((me, f"Note of {name}"), (other, f"A note on {name.casefold()}")):
        which = {"post_id": post.id, "person_id": person_id}
        vote = {"poll_id": poll.id, "option_id": options[0].id, "person_id": person_id}
        session.add_all(
            [
                Reaction(**which, kind=ReactionKind.HELPFUL, at=moment),
                Bookmark(**which, note=note, made_at=moment),
                PollVote(**vote, at=moment),
            ]
        )
    post.reactions, poll.voters, options[0].votes = {"helpful": 2}, 2, 2


def fill_reading(me: int, other: int, name: str, post: Post) -> None:
    """Both read it and follow its tag, and each was told of the other."""
    session, moment = db.session(), now()
    topic_id = post.topic_id
    for person_id, actor_id in ((me, other), (other, me)):
        of = {"person_id": person_id}
        session.add_all(
            [
                Follow(
                    **of,
                    kind=Followed.TAG,
                    target=f"tag of {name.casefold()}",
                    level=Level.WATCH,
                    at=moment,
                ),
                Notification(
                    **of,
                    about=About.MENTION,
                    actor_id=actor_id,
                    topic_id=topic_id,
                    post_id=post.id,
                    post_key=post.id,
                    made_at=moment,
                ),
            ]
        )
    session.add_all(
        [
            # That of ``me`` is there: who starts a topic has read it.
            ReadPosition(person_id=other, topic_id=topic_id, number=1, at=moment),
            NotificationChoice(person_id=me),
            FeedKey(
                person_id=me, name=f"Feed of {name}", key_hash=f"hash of {name}", made_at=moment
            ),
        ]
    )


def taken_file(people: People, person_id: int) -> tuple[str, dict[str, Any]]:
    response = people.client(person_id).post("/account/data/file")
    assert response.status_code == 200
    return response.text, json.loads(response.text)


def rows(content: dict[str, Any], table: str, found_by: str) -> list[dict[str, Any]]:
    (kept,) = (
        part for part in content["kept"] if (part["table"], part["found_by"]) == (table, found_by)
    )
    found: list[dict[str, Any]] = kept["rows"]
    return found


def test_every_column_that_points_at_a_person_is_declared() -> None:
    declared = {(trace.table, trace.by) for trace in TRACES}
    missing = set(ways_to("person")) - declared
    assert not missing, (
        f"declare in hub/own_data/declared.py what these tell of a person: {missing}"
    )


def test_every_column_below_rows_of_a_person_is_declared() -> None:
    below = {(trace.table, trace.by) for trace in TRACES if trace.below is not None}
    tables = {trace.table for trace in TRACES} - {"person"}
    missing = {way for table in tables for way in ways_to(table)} - below - NOT_THEIRS.keys()
    assert not missing, f"declare in hub/own_data/declared.py what hangs below: {missing}"


def ways_to(table: str) -> list[tuple[str, str]]:
    """(table, column) of every foreign key to the table."""
    return [
        (other.name, column.name)
        for other in Base.metadata.tables.values()
        for column in other.columns
        if any(key.column.table.name == table for key in column.foreign_keys)
    ]


@pytest.mark.parametrize("trace", TRACES, ids=lambda trace: f"{trace.table}-{trace.by}")
def test_every_column_is_given_out_or_left_out_for_a_reason(trace: Trace) -> None:
    given, left_out = set(trace.given), set(trace.left_out)
    assert given | left_out == {column.name for column in trace.of.columns}
    assert not given & left_out
    assert len(given) == len(trace.given)


@pytest.mark.parametrize("trace", TRACES, ids=lambda trace: f"{trace.table}-{trace.by}")
def test_no_secret_is_given_out(trace: Trace) -> None:
    secret = ("hash", "secret", "key", "challenge", "token", "credential")
    assert not [name for name in trace.given if any(word in name for word in secret)]


def test_every_topic_of_the_page_has_its_rows_and_the_other_way_round() -> None:
    assert {trace.topic for trace in TRACES} == set(TOPICS)


def test_the_file_holds_everything_of_a_person_and_nothing_of_another(
    people: People, entangled: tuple[int, int]
) -> None:
    text, content = taken_file(people, entangled[0])
    for word in WORDS_OF_ANNA:
        assert word in text, f"{word} is missing"
    for word in WORDS_OF_BERT:
        assert word not in text, f"{word} is another's"
    assert content["person"] == entangled[0]


def test_no_column_of_the_file_names_another_person(
    people: People, entangled: tuple[int, int]
) -> None:
    anna, _ = entangled
    _, content = taken_file(people, anna)
    pointers = ways_to("person")
    for part in content["kept"]:
        for row in part["rows"]:
            for column, value in row.items():
                if (part["table"], column) in pointers:
                    assert value in (anna, None), f"{part['table']}.{column}"


def test_each_way_in_which_a_table_knows_somebody_gives_its_rows(
    people: People, entangled: tuple[int, int]
) -> None:
    """Except where nothing is declared to be found: every part of the file has been seen full."""
    _, content = taken_file(people, entangled[0])
    empty = {(part["table"], part["found_by"]) for part in content["kept"] if not part["rows"]}
    assert empty == {("mailed_link", "person_id")}


def test_rows_that_name_only_the_address_are_found(
    app: Flask, people: People, entangled: tuple[int, int]
) -> None:
    _, content = taken_file(people, entangled[0])
    (mail,) = rows(content, "mail", "your address")
    assert mail["kind"] == "sign-up"
    (link,) = rows(content, "mailed_link", "your address")
    assert link["address"] == "anna@police.example"


def test_an_address_that_was_only_typed_finds_nothing(app: Flask, people: People) -> None:
    person_id = people.add("Carla")
    with app.app_context():
        db.session.add(
            LeaMembership(
                person_id=person_id,
                organisation="Police",
                official_address="victim@police.example",
                real_name="Carla",
                requested_at=now(),
            )
        )
        outbox.post(db.session(), "sign-up", "victim@police.example", "en", now())
        db.session.commit()
    _, content = taken_file(people, person_id)
    assert rows(content, "mail", "your address") == []


def test_the_file_is_named_typed_and_kept_by_nobody(people: People) -> None:
    response = people.client(people.add("Änne Größe")).post("/account/data/file")
    assert response.mimetype == "application/json"
    assert response.headers["Content-Disposition"] == 'attachment; filename="my-data.json"'
    assert response.headers["Cache-Control"] == "no-store"
    assert "Änne Größe".encode() in response.data
    assert '\n  "person": ' in response.text


def test_times_in_the_file_have_their_zone(people: People) -> None:
    _, content = taken_file(people, people.add("Dora"))
    (row,) = rows(content, "person", "id")
    assert row["created_at"].endswith("+00:00")


def test_the_page_says_what_why_and_how_long(people: People) -> None:
    root = checked(people.client(people.add("Dora")).get("/account/data").text)
    assert len(root.xpath("//tbody/tr")) == len(TOPICS)
    assert root.xpath("//form[@action='/account/data/file'][@method='post']")
    assert root.xpath("//a[@href='/account/data/erase']")


def test_only_who_has_just_proven_it_gets_the_file(
    app: Flask, people: People, client: FlaskClient
) -> None:
    stale = people.client(people.add("Dora"), is_fresh=False)
    assert client.post("/account/data/file").headers["Location"].startswith("/sign-in?")
    assert stale.post("/account/data/file").headers["Location"].startswith("/account/confirm?")
    assert stale.get("/account/data").status_code == 200
    assert client.get("/account/data/file").status_code == 405


def test_what_a_question_was_answered_with_is_in_the_file(app: Flask, people: People) -> None:
    person_id = people.add("Dora")
    with app.app_context():
        conversation = start_conversation(
            db.session(), f"person:{person_id}", "Why?", "en", now(), person_id
        )
        question = add_question(db.session(), conversation, "Why?", "en", now())
        question.answer.statements = [{"text": "Because “it” says so.\n\u2028", "citation": 1}]
        question.answer.finished_at = now() + timedelta(seconds=1)
        db.session.commit()
    _, content = taken_file(people, person_id)
    (answer,) = rows(content, "answer", "question_id")
    assert answer["statements"][0]["text"] == "Because “it” says so.\n\u2028"
