"""Parts of pages that are drawn once."""

from datetime import UTC, datetime

import pytest
from flask_babel import refresh
from jinja2 import DictLoader
from markupsafe import Markup

from hub.drawing import GAP, draw_here, filled
from hub.page_words import speaking

PARTS = """
{% macro greeting(name) %}<p>{{ _('Delete') }} {{ name }} {{ count() }}</p>{% endmacro %}
{% macro when(moment) %}{{ moment|spelled_moment }}{% endmacro %}
{% macro form() %}<input value="{{ gap }}"><a href="?{{ other_gap }}">{% endmacro %}
{% macro place() %}{{ url_for('home.index') }}{% endmacro %}
"""


@pytest.fixture
def drawn(app):
    """How often a part was really drawn."""
    calls = []
    app.jinja_env.loader = DictLoader({"parts.html": PARTS})
    app.jinja_env.globals["count"] = lambda: calls.append(1) or ""
    return calls


def test_the_same_is_drawn_once(app, drawn):
    with app.test_request_context():
        draw = draw_here()
        first = draw("parts.html", "greeting", "Mira")
        assert draw("parts.html", "greeting", "Mira") == first == "<p>Delete Mira </p>"
        assert len(drawn) == 1
    with app.test_request_context("/elsewhere"):
        assert draw_here()("parts.html", "greeting", "Mira") == first
        assert draw_here()("parts.html", "greeting", "Leo") != first
    assert len(drawn) == 2


def test_each_language_has_its_own(app, drawn):
    with app.test_request_context():
        english = draw_here()("parts.html", "greeting", "Mira")
        with speaking("de"):
            german = draw_here()("parts.html", "greeting", "Mira")
        assert "Löschen" in german
        assert draw_here()("parts.html", "greeting", "Mira") == english


def test_each_time_zone_has_its_own(app, drawn, people):
    moment = datetime(2026, 12, 1, 12, tzinfo=UTC)
    in_lisbon = people.client(people.add("Ana", time_zone="Europe/Lisbon"))
    key = in_lisbon.get_cookie("hub_sign_in").value
    with app.test_request_context():
        here = draw_here()("parts.html", "when", moment)
    with app.test_request_context(headers={"Cookie": f"hub_sign_in={key}"}):
        refresh()
        there = draw_here()("parts.html", "when", moment)
    assert "13:00" in here
    assert "12:00" in there


def test_addresses_begin_where_the_hub_does(app, drawn):
    with app.test_request_context():
        assert draw_here()("parts.html", "place") == "/"
    with app.test_request_context(base_url="http://localhost/hub"):
        assert draw_here()("parts.html", "place") == "/hub/"


def test_what_is_not_safe_is_never_taken_for_what_is(app, drawn):
    """The same letters, once as HTML of ours and once typed by somebody."""
    with app.test_request_context():
        draw = draw_here()
        assert "<b>x</b>" in draw("parts.html", "greeting", Markup("<b>x</b>"))
        assert "&lt;b&gt;x" in draw("parts.html", "greeting", "<b>x</b>")


def test_what_differs_for_everybody_is_filled_in(app, drawn):
    with app.test_request_context():
        part = draw_here()("parts.html", "form")
        assert GAP in part
        mine = filled(part, "my-token", "my-key")
        assert mine == '<input value="my-token"><a href="?my-key">'
        assert filled(part, "another", "key") == '<input value="another"><a href="?key">'


def test_no_gap_is_left_on_a_page(app, people):
    client = people.client(people.add("Mira"))
    for url in ("/", "/forum", "/search?q=x", "/account"):
        assert "gap-" not in client.get(url).text, url
