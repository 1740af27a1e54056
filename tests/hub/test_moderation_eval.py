"""The command line of moderation: what would be held back, and the numbers of a span of time."""

import json
from datetime import timedelta

import pytest

from hub.clock import now
from hub.extensions import limiter
from hub.moderation.evaluating import measure
from hub.moderation.models import Action, Ground
from hub.moderation.settings import moderation_settings
from tests.hub.court import Court

POSTS = [
    {"text": "Subscribe to my channel please", "lang": "en", "label": "spam"},
    {"text": "We measured it twice.", "lang": "en", "label": "ok"},
    {"text": "Ich werde dich umbringen.", "lang": "de", "label": "toxic"},
    {"text": "Nicht ohne Grund.", "lang": "de", "label": "toxic"},
]


@pytest.fixture
def court(app):
    limiter.reset()
    return Court(app)


def test_rates_are_counted_by_class_and_language():
    measured = measure(POSTS)
    assert measured.rate("spam") == (1, 1)
    assert measured.rate("ok") == (0, 1)
    assert measured.rate("toxic", "de") == (1, 2)
    assert measure(POSTS, level=2).rate("toxic") == (0, 2)


def test_the_command_prints_the_rates_and_writes_nothing(app, tmp_path):
    lines = "\n".join(map(json.dumps, POSTS))
    (tmp_path / "posts.jsonl").write_text(lines)
    printed = app.test_cli_runner().invoke(args=["moderation", "evaluate", str(tmp_path)])
    assert printed.exit_code == 0
    assert "toxic      held back    1 of    2   50.0%" in printed.output
    as_json = app.test_cli_runner().invoke(args=["moderation", "evaluate", str(tmp_path), "--json"])
    assert json.loads(as_json.output)["ok"] == {"held": 0, "of": 1}


@pytest.mark.parametrize("content", [None, "no json", '{"text": "x"}'])
def test_a_folder_without_such_posts_is_told(app, tmp_path, content):
    if content:
        (tmp_path / "posts.jsonl").write_text(content)
    printed = app.test_cli_runner().invoke(args=["moderation", "evaluate", str(tmp_path)])
    assert printed.exit_code == 1
    assert "holds no such posts" in printed.output


def test_the_numbers_of_a_span_hold_nobody(app, court):
    case = court.report()
    court.decide(case, Action.SILENCE, days=7)
    court.answer(court.object(1))
    court.report(0, Ground.ILLEGAL, name="Nora", address="nora@example.org")
    court.rooms.reply(court.topic, court.mira, "Held", is_held=True)
    day = f"{now():%Y-%m-%d}"
    printed = app.test_cli_runner().invoke(
        args=["moderation", "report", "--from", day, "--to", day]
    )
    assert printed.exit_code == 0
    found = json.loads(printed.output)
    assert found["reports"] == {"abuse": 1, "illegal": 1}
    assert (found["reports_without_account"], found["held_back"]) == (1, 1)
    assert found["decisions"] == {"silence": 1}
    assert (found["overturned"], found["objections_upheld"], found["automated"]) == (1, 1, 0)
    assert found["hours_to_decision"] == 0.0
    for name in ("Otto", "Rita", "Nora", "R-", "fool"):
        assert name not in printed.output
    before = f"{now() - timedelta(days=9):%Y-%m-%d}"
    empty = app.test_cli_runner().invoke(
        args=["moderation", "report", "--from", before, "--to", before]
    )
    assert json.loads(empty.output)["hours_to_decision"] is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"HUB_POST_LIMITS": "10/30"},
        {"HUB_POST_LIMITS": "0/30 1/1 1/1 1/1"},
        {"HUB_HOLD_FIRST_POSTS": "many"},
        {"HUB_MODERATION_KEPT_DAYS": "30"},
        {"HUB_REPORT_LIMIT": "often"},
    ],
)
def test_settings_that_make_no_sense_are_named(wrong):
    with pytest.raises(ValueError, match=next(iter(wrong))):
        moderation_settings(wrong)
