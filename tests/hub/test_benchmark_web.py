"""``flask benchmark web``: it measures what it says, and a bar that is missed is an error."""

import json

import pytest
from flask import Flask

from hub.cli.measuring import forum, pages, prepared
from hub.cli.measuring.bare import INSERT_PATH, PATH, ROWS, bare_app
from hub.cli.measuring.pages import PageRefused, Visit, counted_statements, measure_pages
from hub.cli.measuring.writes import measure_writes
from hub.demo import scales
from hub.demo.scales import Scale
from hub.extensions import db
from knowledge.orm import open_engine

TINY = Scale("tiny", boards=10, topics=60, posts=600, people=30, longest=150)


@pytest.fixture
def bare(tmp_path):
    return bare_app(f"sqlite:///{tmp_path / 'bare.db'}")


def test_the_bare_page_is_what_it_is_said_to_be(bare):
    with counted_statements() as sent:
        page = bare.test_client().get(PATH).text
    assert page.count("<article") == ROWS
    assert 15.5 < len(page.encode()) / 1024 < 16.5
    assert len(sent) == 1


def test_the_bare_form_inserts_a_row_and_changes_no_page(bare):
    client = bare.test_client()
    before = client.get(PATH).text
    assert client.post(INSERT_PATH, data={"text": "Some words."}).status_code == 303
    assert client.get(PATH).text == before
    with bare.extensions["engine"].connect() as connection:
        rows = connection.exec_driver_sql("SELECT count(*) FROM bare_post").scalar()
    assert rows == ROWS + 1


def busy(milliseconds: int, statements: int, tmp_path) -> Flask:
    """An app whose one page takes so much of the processor and sends so many statements."""
    import time

    app = Flask("busy")
    engine = open_engine(f"sqlite:///{tmp_path / f'{milliseconds}.db'}")

    @app.get("/")
    def page() -> str:
        end = time.process_time() + milliseconds / 1000
        with engine.connect() as connection:
            for _ in range(statements):
                connection.exec_driver_sql("SELECT 1")
        while time.process_time() < end:
            pass
        return "A page."

    return app


def test_ratios_statements_and_growth_are_figures_with_bars(tmp_path):
    bare = Visit(busy(2, 1, tmp_path), "bare page", "/")
    small = Visit(busy(3, 4, tmp_path), "topic", "/", "", "small")
    large = Visit(busy(8, 7, tmp_path), "topic", "/", "", "large")
    found = {figure.name: figure for figure in measure_pages(bare, [small, large], 3)}
    assert found["topic, guest, small"].value == pytest.approx(1.5, rel=0.3)
    assert found["topic, guest, small"].meets
    assert found["topic, guest, large"].meets is False
    assert found["topic, guest, small, SQL"].value == 4
    assert found["topic, guest, large, SQL"].meets is False
    assert found["topic, guest, large / small"].value == pytest.approx(8 / 3, rel=0.3)
    assert found["topic, guest, large / small"].meets is False
    assert found["topic, guest, SQL, difference"].value == 3


def test_who_is_signed_in_has_another_bar(tmp_path):
    bare = Visit(busy(2, 1, tmp_path), "bare page", "/")
    visit = Visit(busy(3, 1, tmp_path), "topic", "/", "a=b", "small")
    found = {figure.name: figure.bar for figure in measure_pages(bare, [visit], 3)}
    assert found["topic, signed in, small"] == pages.SIGNED_IN_BAR


def test_the_last_page_is_compared_with_the_first(tmp_path):
    bare = Visit(busy(2, 1, tmp_path), "bare page", "/")
    first = Visit(busy(3, 1, tmp_path), "page 1", "/", "", "large")
    last = Visit(busy(9, 1, tmp_path), "page 500", "/", "", "large")
    found = {figure.name: figure for figure in measure_pages(bare, [first, last], 3)}
    assert found["page 500 / page 1, guest"].value == pytest.approx(3, rel=0.3)
    assert found["page 500 / page 1, guest"].meets is False


def test_a_page_that_does_not_come_is_no_figure(bare):
    with pytest.raises(PageRefused, match="404"):
        Visit(bare, "topic", "/nowhere").ask()


def test_what_fails_while_many_write_is_counted(bare):
    broken = Flask("broken")
    cookies = [("name", "key"), ("name", "other key")]
    figures = measure_writes(bare, broken, cookies, [1, 2], "@Mira", 2, 1)
    found = {figure.name: figure for figure in figures}
    assert found["writes that failed"].value == 2 * 2 * 2
    assert found["writes that failed"].meets is False
    assert found["bare inserts, 2 writers"].value > 0


@pytest.mark.slow
def test_pages_and_replies_of_a_hub_that_is_filled_for_it(app, monkeypatch):
    monkeypatch.setitem(scales.SCALES, "small", TINY)
    monkeypatch.setattr(forum, "FULL", range(5, 60))
    options = ("--scale", "small", "--rounds", "3", "--posts", "1", "--json")
    done = app.test_cli_runner().invoke(args=["benchmark", "web", *options, "--no-bars"])
    assert done.exit_code == 0, done.output
    found = {f["name"]: f for f in json.loads(done.output)["figures"]}
    for page in ("topic", "board", "home", "search"):
        for who in ("guest", "signed in"):
            assert found[f"{page}, {who}, small"]["value"] > 0
            assert found[f"{page}, {who}, small, SQL"]["meets"], (page, who)
    assert found["writes that failed"]["value"] == 0
    assert found["replies / bare inserts"]["value"] > 0
    with app.app_context():
        assert not db.session.query(prepared.SignIn).count()  # it was another hub


@pytest.mark.parametrize("scale", ["", "medium", "small,huge"])
def test_a_scale_that_there_is_not_is_refused(app, scale):
    done = app.test_cli_runner().invoke(args=["benchmark", "web", "--scale", scale])
    assert done.exit_code == 2
    assert "--scale" in done.output


def test_a_hub_without_topics_is_refused_in_words(app):
    folder = str(app.config["DATA"])
    done = app.test_cli_runner().invoke(args=["benchmark", "web", "--data", folder])
    assert done.exit_code == 1
    assert "fill the hub" in done.output
