"""Headers, and that nobody sees what is not theirs."""

import re

import pytest

from tests.hub.conftest import make_app
from tests.hub.paper import pdf

TEXT = "# Secret rules\n\nThe hidden word is zebra. It may be used by the police.\n"


@pytest.fixture
def hidden(shelf):
    """Documents that nobody may see here, and one that everybody may. By name: their ids."""
    shelf.add("public.md", "# Open\n\nThe police may use it.\n", title="Open rules", type="law")
    marks = {"type": "zebra type", "publisher": "Zebra", "language": "sk"}
    rule = pdf([["A zebra rule."]])
    staff = shelf.add("staff.pdf", rule, title="Zebra one", audience="staff", **marks)
    withdrawn = shelf.add("gone.md", TEXT + "1", title="Zebra two", status="draft", **marks)
    shelf.withdraw(withdrawn)
    broken = shelf.add("broken.pdf", b"%PDF-1.4 zebra", title="Zebra three", **marks)
    waiting = shelf.add("new.md", TEXT + "2", index=False, title="Zebra four", **marks)
    return {"staff": staff, "withdrawn": withdrawn, "waiting": waiting, "broken": broken}


PLACES = (
    "/library/{id}",
    "/library/{id}?version=1",
    "/library/{id}?page=1",
    "/library/{id}/pages/1",
    "/library/{id}/pages/1?version=1&from=0&to=5",
    "/library/{id}/pages/1.webp?width=900",
    "/library/{id}/text",
    "/library/{id}/text?version=1&from=0&to=5",
    "/library/{id}/original",
    "/library/{id}/original?version=1",
)


@pytest.mark.parametrize("place", PLACES)
def test_hidden_documents_cannot_be_told_from_missing_ones(client, hidden, place):
    missing = client.get(place.format(id=4711))
    assert missing.status_code == 404
    for name, document_id in hidden.items():
        answer = client.get(place.format(id=document_id))
        assert answer.status_code == 404, name
        assert without_address(answer.text) == without_address(missing.text)


def without_address(markup):
    return re.sub(r"next=[^\"]*", "", markup)


def test_hidden_documents_are_in_no_list_count_or_filter(page, hidden):
    for url in ("/", "/library", "/library?q=zebra", "/library?language=sk", "/library?sort=title"):
        words = page(url).xpath("//main")[0].text_content().lower()
        assert "zebra" not in words.replace("no document fits", "")
        assert "slovak" not in words
        assert "draft" not in words
    assert "1 document" in page("/library").text_content()
    assert "The whole library: 1 document" in page("/").text_content()


def test_a_hidden_successor_is_not_named(page, shelf):
    secret = shelf.add("staff.md", TEXT, title="Zebra", audience="staff")
    old = shelf.add("old.md", TEXT.replace("zebra", "x"), status="superseded", title="Old",
                    replaced_by="staff.md")  # fmt: skip
    for url in (f"/library/{old}", "/library"):
        shown = page(url)
        assert "zebra" not in shown.text_content().lower()
        assert not shown.xpath(f"//a[contains(@href, '/library/{secret}')]")


def test_a_withdrawn_document_is_gone_from_the_next_request_on(client, shelf):
    document = shelf.add("act.pdf", pdf([["A rule stands here."]]), title="Act")
    kept = client.get(f"/library/{document}/pages/1.webp", buffered=True)
    shelf.withdraw(document)
    again = client.get(
        f"/library/{document}/pages/1.webp", headers={"If-None-Match": kept.headers["ETag"]}
    )
    assert again.status_code == 404


@pytest.mark.parametrize("url", ["/", "/library", "/nowhere", "/static/css/base.css"])
def test_every_response_carries_the_headers(client, url):
    answer = client.get(url, buffered=True)
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "same-origin"


def test_the_style_page_is_for_builders_only(tmp_path, client):
    assert client.get("/style").status_code == 200
    production = make_app(tmp_path, PRODUCTION=True).test_client()
    assert production.get("/style", base_url="https://localhost").status_code == 404
