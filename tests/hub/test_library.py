"""The list of documents."""

from urllib.parse import urlencode

import pytest

TEXT = "# Rules\n\nThe police may use it in these cases. It is not allowed elsewhere.\n"


@pytest.fixture
def three(shelf):
    shelf.add("act.md", TEXT + "1", title="The Act", type="law", language="en", date="2024-06-13")
    shelf.add(
        "guide.md", TEXT + "2", title="Guide 100% new", type="guideline", language="el",
        date="2026-03", status="draft",
    )  # fmt: skip
    shelf.add(
        "old.md", TEXT + "3", title="Old Act", type="law", language="en", date="2018",
        status="superseded", replaced_by="act.md",
    )  # fmt: skip
    return shelf


def titles(page):
    return [each.text_content() for each in page.xpath("//article//h2")]


def listed(read, **query):
    return titles(read("/library?" + urlencode(query)))


def test_newest_stand_first_and_title_sorts(page, three):
    assert listed(page) == ["Guide 100% new", "The Act", "Old Act"]
    assert listed(page, sort="title") == ["Guide 100% new", "Old Act", "The Act"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"language": "el"}, ["Guide 100% new"]),
        ({"type": "law"}, ["The Act", "Old Act"]),
        ({"status": "superseded"}, ["Old Act"]),
        ({"q": "act"}, ["The Act", "Old Act"]),
        ({"q": "act old"}, ["Old Act"]),
        ({"q": "0%"}, ["Guide 100% new"]),
        ({"q": "_"}, []),
        ({"type": "law", "status": "draft"}, []),
        ({"status": "nonsense", "sort": "nonsense", "page": "nonsense"}, None),
    ],
)
def test_filters_narrow_the_list(page, three, query, expected):
    everything = ["Guide 100% new", "The Act", "Old Act"]
    assert listed(page, **query) == (everything if expected is None else expected)


def test_the_filter_bar_keeps_what_is_chosen_and_counts(page, three):
    shown = page("/library?type=law&q=act")
    assert shown.xpath("//select[@name='type']/option[@selected]/@value") == ["law"]
    assert shown.xpath("//input[@name='q']/@value") == ["act"]
    assert "2 of 3 documents" in shown.text_content()


def test_a_replaced_document_names_what_replaces_it(page, three):
    card = page("/library?q=old").xpath("//article")[0]
    assert "Superseded" in card.text_content()
    assert [link.text_content() for link in card.xpath(".//a")] == ["Old Act", "The Act"]


def test_nothing_found_offers_the_whole_list(page, three):
    empty = page("/library?q=zebra").xpath("//*[@class='empty-state']")[0]
    assert empty.xpath(".//a/@href") == ["/library"]


def test_an_empty_library_says_how_to_fill_it(page):
    assert "flask library import" in page("/library").text_content()


def test_a_long_list_has_pages_that_keep_the_filters(app, client, page, shelf):
    first = shelf.add("0.md", TEXT, title="Rule 0", type="law", language="en")
    copy_rows(app, first, 30)
    shown = page("/library?type=law&sort=title")
    assert len(titles(shown)) == 25
    assert "31 documents" in shown.text_content()
    following = shown.xpath("//a[@rel='next']/@href")[0]
    assert len(titles(page(following))) == 6
    assert "type=law" in following
    assert client.get("/library?page=3").status_code == 404
    assert client.get("/library?page=999999999999999999999").status_code == 200


def copy_rows(app, document_id, times):
    """More documents that share one version's file: enough for a list, quicker than importing."""
    from hub.extensions import db
    from knowledge.models import Document, Version

    with app.app_context():
        document = db.session.get(Document, document_id)
        version = document.current_version
        for number in range(1, times + 1):
            twin = Document(**fields(document), path=f"{number}.md", title=f"Rule {number}")
            db.session.add(twin)
            db.session.flush()
            state = Version(**fields(version), document_id=twin.id)
            db.session.add(state)
            db.session.flush()
            twin.current_version_id = state.id
        db.session.commit()


def fields(row):
    left_out = {"id", "path", "title", "document_id", "current_version_id"}
    return {c.name: getattr(row, c.name) for c in row.__table__.columns if c.name not in left_out}
