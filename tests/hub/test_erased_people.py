"""Every page, for every role, after the account of somebody who did everything was erased."""

import pytest

from hub.accounts.models import Person, Role
from hub.arranging import operations as arranging
from hub.cli.measuring.prepared import UNLIMITED
from hub.clock import now
from hub.extensions import db
from hub.following import operations as following
from hub.following.models import Followed, Level
from hub.forum import operations as forum
from hub.moderation.claiming import add_note
from hub.own_data import erasing
from hub.own_data.content import Choice
from hub.polls import operations as polls
from hub.polls.models import PollOption
from hub.reactions import operations as reactions
from hub.reactions.models import ReactionKind
from tests.hub.conftest import checked
from tests.hub.hostile import routes
from tests.hub.rooms import written
from tests.hub.soundness import assert_sound
from tests.hub.stage import ROLES, Stage

NAME = "Quixotica"


@pytest.fixture
def stage(app):
    app.config.update(UNLIMITED)
    return Stage(app)


def everything_of(stage, leaver):
    """Does all that somebody can do, and returns where it can be seen, by what addresses name."""
    court = stage.court
    made = {name: str(make(leaver)) for name, make in stage.makers.items()}
    topic = stage.rooms.topic(court.board, leaver, "Who asks?", f"I am @{NAME}.", tags=("tools",))
    shared = stage.rooms.reply(court.topic, leaver, f"So says @{NAME}.")
    stage.rooms.reply(court.topic, court.rita, f'Thanks, @"{NAME}".')
    judged = court.report()
    court.object(court.decide(judged, by=leaver, roles=frozenset({Role.MODERATOR})))
    noted = court.report(person_id=leaver, post_id=stage.rooms.reply(court.topic, court.otto))
    untouched = stage.rooms.reply(court.topic, court.otto)
    with stage.app.app_context():
        session = db.session()
        reactions.react(session, untouched, leaver, ReactionKind.THANKS, now())
        reactions.bookmark(session, untouched, leaver, f"{NAME} keeps it", now())
        reactions.react(session, shared, court.rita, ReactionKind.THANKS, now())
        form = written(f"Edited by @{NAME}.")
        forum.edit(session, untouched, leaver, form, 1, now(), "Was here.")
        arranging.accept(session, shared, court.mira, now())
        option = session.query(PollOption).first()
        polls.vote(session, option.poll_id, leaver, [option.id], now())
        for kind, target in ((Followed.BOARD, court.board), (Followed.TOPIC, court.topic)):
            following.follow(session, leaver, kind, str(target), Level.WATCH, now())
        add_note(session, noted, leaver, "Noted.", now())
        session.commit()
    stage.rooms.moderator(court.board, leaver)
    own = {"topic_id": topic, "post_id": shared, "board_id": court.board, "person_id": leaver}
    return made, [
        {name: str(value) for name, value in own.items()},
        {"topic_id": str(court.topic), "post_id": str(untouched), "case_id": str(judged)},
        {"case_id": str(noted), "pseudonym": NAME},
        {"pseudonym": f"former member {leaver}"},
    ]


@pytest.mark.parametrize("choice", list(Choice))
def test_no_page_fails_and_none_holds_the_name(stage, choice):
    leaver = stage.people.add(NAME, Role.MODERATOR, email="quixotica@example.org")
    made, others = everything_of(stage, leaver)
    before = stage.client("administrator").get(f"/forum/topics/{stage.court.topic}").text
    assert NAME in before
    with stage.app.app_context():
        session = db.session()
        erasing.erase(session, session.get_one(Person, leaver), choice, now())
        session.commit()
    assert_sound(stage.app)
    for role in ROLES:
        client = stage.client(role)
        for address in addresses(stage, made, others, role):
            answer = client.get(address, buffered=True)
            told = f"{address} as {role}: {answer.status}"
            assert answer.status_code < 500, told
            if answer.status_code == 200 and answer.mimetype == "text/html":
                checked(answer.text)
            # A page that was asked for by the name may say it back.
            said = answer.text.replace(f"/people/{NAME}", "")
            assert NAME.lower() not in said.lower() or answer.status_code == 404, told


def addresses(stage, made, others, role):
    token = stage.token("assistant.conversation", role)
    return sorted(
        {
            stage.address_of(endpoint, "GET", {**made, "token": token, **values})
            for endpoint in routes(stage.app, "GET")
            for values in ({}, *others)
        }
    )
