"""``flask demo seed``: the forum that it makes is one that the operations could have made."""

from collections import Counter

import pytest
from sqlalchemy import func, select

from hub.accounts import passwords
from hub.accounts.models import Person
from hub.arranging import recounting
from hub.clock import now
from hub.community.hearing import contributed
from hub.config import LANGUAGES
from hub.demo import scales, seeding
from hub.demo.scales import LARGE, SMALL, Scale, lengths
from hub.demo.seeding import seeded
from hub.demo.sign_ins import PARTS
from hub.demo.speech import FROM_THE_RIGHT, phrases
from hub.extensions import db
from hub.following.models import ReadPosition
from hub.forum import authoring
from hub.forum.models import Board, Post, PostRevision, State, Topic, TopicTag
from hub.notifications.models import Notification
from hub.polls.models import Poll, PollOption, PollVote
from hub.reactions.models import Reaction
from knowledge.access import LEA, MEMBERS, PUBLIC, STAFF, allows, group_of
from knowledge.community_models import Contribution, Progress
from tests.hub.people import People

TINY = Scale("tiny", boards=10, topics=60, posts=600, people=30, longest=150)
MOMENT = now()


@pytest.fixture
def seed(app):
    """Fills the hub and leaves its session open."""

    def fill(scale=TINY, number=1):
        counts = list(seeded(db.session(), scale, number, MOMENT))
        db.session.commit()
        return counts

    with app.app_context():
        yield fill


def number_of(model):
    return db.session.scalar(select(func.count()).select_from(model))


def test_there_is_as_much_as_the_scale_says(seed):
    assert sum(seed()) == TINY.posts
    found = {model: number_of(model) for model in (Board, Topic, Post, Person)}
    assert found == {Board: 10, Topic: 60, Post: 600, Person: 30}
    assert max(db.session.scalars(select(Topic.last_number))) == TINY.longest


@pytest.mark.parametrize("scale", [SMALL, LARGE], ids=lambda scale: scale.name)
def test_the_lengths_of_the_topics_add_up(scale):
    from random import Random

    found = lengths(scale, Random(1))
    assert (len(found), sum(found), found[0], min(found)) == (
        *(scale.topics, scale.posts, scale.longest),
        1,
    )


def test_every_count_is_what_counting_again_gives(seed):
    seed()
    for topic in db.session.scalars(select(Topic)).all():
        kept = (topic.posts, topic.last_number, topic.last_author_id, topic.bumped_at)
        recounting.recount(db.session(), topic)
        assert (topic.posts, topic.last_number, topic.last_author_id, topic.bumped_at) == kept
    visible = (Post.state == State.VISIBLE, Topic.state == State.VISIBLE)
    for board in db.session.scalars(select(Board)).all():
        posts = select(func.count(), func.max(Post.created_at)).join(Topic)
        in_it = posts.where(Topic.board_id == board.id)
        topics = select(func.count()).where(Topic.board_id == board.id)
        assert board.topics == db.session.scalar(topics)
        seen = db.session.execute(in_it.where(*visible)).one()
        assert (board.posts, board.last_post_at) == tuple(seen)


def test_reactions_and_votes_are_counted_right(seed):
    seed(TINY)
    counted = Counter()
    for post_id, kind in db.session.execute(select(Reaction.post_id, Reaction.kind)):
        counted[post_id, str(kind)] += 1
    kept = {
        (post.id, kind): count
        for post in db.session.scalars(select(Post))
        for kind, count in post.reactions.items()
    }
    assert kept == dict(counted)
    assert kept
    for option in db.session.scalars(select(PollOption)):
        votes = select(func.count()).where(PollVote.option_id == option.id)
        assert option.votes == db.session.scalar(votes)
    for poll in db.session.scalars(select(Poll)):
        assert poll.voters == sum(option.votes for option in poll.options)


def test_the_html_is_what_the_pages_would_have_made_of_the_text(seed):
    seed()
    posts = db.session.scalars(select(Post).order_by(Post.id)).all()
    for post in posts[::3]:
        assert authoring.html_of(db.session(), post.text) == post.html
    assert any("blockquote" in post.html for post in posts)
    assert any('class="mention"' in post.html for post in posts)


def test_every_post_is_found_by_its_words(seed):
    seed()
    said = {one.post_id: one for one in db.session.scalars(select(Contribution))}
    visible = db.session.scalars(select(Post).where(Post.state == State.VISIBLE)).all()
    assert set(said) == {post.id for post in visible}
    for post in visible[::3]:
        one, topic = said[post.id], post.topic
        told = contributed(topic.board, topic, post)
        assert (one.text, one.title, one.audience) == (told.text, told.title, told.audience)
        assert one.progress == Progress.WAITING


def test_of_very_many_posts_no_vectors_are_made(seed, monkeypatch):
    monkeypatch.setattr(seeding, "MOST_EMBEDDED", TINY.posts - 1)
    seed()
    assert set(db.session.scalars(select(Contribution.progress))) == {Progress.WORDS}


def test_who_writes_may_write_there_and_is_told_of_what_they_may_read(seed):
    seed()
    boards = db.session.scalars(select(Board)).all()
    kinds = {"group" if group_of(board.audience) else board.audience for board in boards}
    assert kinds == {PUBLIC, MEMBERS, LEA, STAFF, "group"}
    assert all(allows(board.mark, board.audience) for board in boards)
    told = select(Notification.person_id, Notification.topic_id)
    wrote = set(db.session.execute(select(Post.author_id, Post.topic_id)))
    assert set(db.session.execute(told)) <= wrote


def test_the_same_seed_gives_the_same_forum(app):
    def forum(number):
        with app.app_context():
            list(seeded(db.session(), TINY, number, MOMENT))
            columns = (Topic.id, Topic.title, Post.id, Post.text, Post.created_at)
            found = db.session.execute(select(*columns).join(Topic).order_by(Post.id)).all()
            db.session.rollback()
            return found

    assert forum(1) == forum(1)
    assert forum(1) != forum(2)


def test_it_can_be_added_to(seed):
    seed()
    seed()
    assert number_of(Topic) == 2 * TINY.topics
    assert number_of(Post) == 2 * TINY.posts


def test_there_is_of_everything(seed):
    seed(Scale("more", boards=10, topics=300, posts=3_000, people=40, longest=100))
    languages = set(db.session.scalars(select(Topic.language)))
    assert languages == set(LANGUAGES)
    states = Counter(db.session.scalars(select(Post.state)))
    assert states[State.DELETED] > 0
    for condition in (Topic.is_pinned, Topic.locked_at.is_not(None), Topic.accepted_post_id > 0):
        assert db.session.scalar(select(func.count()).where(condition))
    for model in (TopicTag, PostRevision, Poll, PollVote, ReadPosition, Notification):
        assert number_of(model)
    written = "\n".join(db.session.scalars(select(Post.text)))
    assert all(sign in written for sign in ("- ", "1. ", "- [ ] ", "| --- |", "```", "> "))
    assert any(sentence in written for sentence in phrases(FROM_THE_RIGHT)["ar"])


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_phrase_book_has_every_kind_of_phrase(language):
    book, model = phrases(language), phrases("en")
    assert set(book) == set(model)
    said = [phrase for kind in book for phrase in book[kind]]
    left = [phrase.format(tool="", n="", share="") for phrase in said]
    assert all(left)
    assert len(set(said)) == len(said)


@pytest.fixture
def run(app, monkeypatch):
    """Runs the command, whose small forum is a tiny one here."""
    monkeypatch.setitem(scales.SCALES, "small", TINY)

    def invoke(*options, **config):
        app.config.update(config)
        return app.test_cli_runner().invoke(args=["demo", "seed", *options])

    return invoke


def test_the_command_fills_an_empty_hub_once(app, run):
    done = run("--password", "some password of this test")
    assert done.exit_code == 0, done.output
    assert "Added 60 topics with 600 posts in 10 boards." in done.output
    assert all(part.email in done.output for part in PARTS)
    assert "some password of this test" in done.output
    refused = run()
    assert refused.exit_code == 1
    assert "--again" in refused.output
    with app.app_context():
        assert number_of(Topic) == 60


def test_a_demonstration_sign_in_opens_what_its_role_opens(app, run):
    run("--password", "some password of this test")
    for part in PARTS:
        with app.app_context():
            person = db.session.scalars(select(Person).where(Person.email == part.email)).one()
            assert passwords.matches(person.password_hash, "some password of this test")
            person_id = person.id
        client = People(app).client(person_id)
        assert client.get("/account").status_code == 200
        assert (client.get("/desk").status_code == 200) == (part.role is not None), part.name


def test_in_production_it_must_be_meant_and_nobody_can_sign_in(app, run):
    refused = run(PRODUCTION=True)
    assert refused.exit_code == 1
    assert "production" in refused.output
    done = run("--yes", PRODUCTION=True)
    assert done.exit_code == 0, done.output
    with app.app_context():
        known = select(func.count()).where((Person.password_hash != "") | Person.email.is_not(None))
        assert db.session.scalar(known) == 0
