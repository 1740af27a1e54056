"""The language of the pages."""

import pytest


def test_a_chosen_language_stays_and_the_reader_goes_back(client):
    answer = client.get("/language/de?next=/library?type=law%26page=1")
    assert answer.status_code == 303
    assert answer.location == "/library?type=law&page=1"
    assert 'lang="de"' in client.get("/library").text


def test_the_choice_wins_over_the_browser(client):
    client.get("/language/el")
    assert 'lang="el"' in client.get("/", headers={"Accept-Language": "fr"}).text


def test_the_browser_chooses_first(client):
    assert 'lang="fr"' in client.get("/", headers={"Accept-Language": "fr-CH, de;q=0.5"}).text
    assert 'lang="en"' in client.get("/", headers={"Accept-Language": "xx"}).text


def test_the_links_of_the_footer_come_back_to_the_page(client, page):
    links = page("/library?q=act").xpath("//footer//a[@hreflang='de']/@href")
    assert client.get(links[0]).location == "/library?q=act"


@pytest.mark.parametrize("code", ["xx", "EN", "de-DE", "..", "%0d%0a"])
def test_an_unknown_language_is_not_found(client, code):
    assert client.get(f"/language/{code}").status_code == 404
    with client.session_transaction() as session:
        assert "language" not in session


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/",
        "//evil.example/",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "http:evil.example",
        "javascript:alert(1)",
        "/%09/evil.example",
        "/nowhere",
        "library",
        "http://[",
        "",
        "/library%0d%0aX-Header:%201",
    ],
)
def test_nobody_is_sent_to_another_place(client, target):
    answer = client.get("/language/de", query_string={"next": target})
    assert answer.status_code == 303
    assert answer.location == "/"
    assert "X-Header" not in answer.headers


def test_slashes_do_not_make_another_host(client):
    assert client.get("/language/de?next=///library").location == "/library"
