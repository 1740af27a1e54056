"""Errors say what happened, whether anything was lost, and what to do."""

import pytest
from flask import Flask, abort

from hub.guards import public
from knowledge.errors import ModelUnavailable
from tests.hub.conftest import checked, make_app


@pytest.fixture
def failing(app: Flask):
    """Routes that fail in every way; what the app raises is answered, as in production."""
    app.config["PROPAGATE_EXCEPTIONS"] = False

    @app.route("/fails/<int:status>")
    @public
    def fails(status: int) -> str:
        abort(status)

    @app.route("/breaks")
    @public
    def breaks() -> str:
        raise RuntimeError("the secret cause")

    @app.route("/lacks-its-model")
    @public
    def lacks_its_model() -> str:
        raise ModelUnavailable("secret path")

    return app.test_client()


@pytest.mark.parametrize("status", [400, 403, 404, 405, 413, 422, 429, 418])
def test_every_status_has_a_page_in_words(failing, status):
    answer = failing.get(f"/fails/{status}")
    assert answer.status_code == status
    words = checked(answer.text).xpath("//main")[0].text_content()
    assert "Nothing" in words or "nothing" in words
    assert "Search the library" in words


@pytest.mark.parametrize(("url", "status"), [("/breaks", 500), ("/lacks-its-model", 503)])
def test_a_failure_gives_a_reference_and_no_cause(failing, url, status):
    answer = failing.get(url)
    assert answer.status_code == status
    words = checked(answer.text).xpath("//main")[0].text_content()
    assert "reference" in words
    assert "Try again" in words
    assert "secret" not in answer.text


def test_a_program_gets_json(failing):
    answer = failing.get("/breaks", headers={"Accept": "application/json"})
    assert answer.status_code == 500
    assert answer.json["error"]["status"] == 500
    assert {"title", "explanation", "reference"} <= set(answer.json["error"])


def test_a_browser_gets_the_page(failing):
    for accept in ("text/html,application/xhtml+xml,*/*;q=0.8", "*/*", ""):
        assert failing.get("/nowhere", headers={"Accept": accept}).mimetype == "text/html"


def test_the_page_is_in_the_language_of_the_reader(failing):
    answer = failing.get("/nowhere", headers={"Accept-Language": "de"})
    assert checked(answer.text).get("lang") == "de"


def test_a_wrong_method_names_the_right_ones(client):
    answer = client.post("/library")
    assert answer.status_code == 405
    assert "GET" in answer.headers["Allow"]


def test_an_expired_form_says_that_nothing_was_sent(tmp_path):
    client = make_app(tmp_path, WTF_CSRF_ENABLED=True).test_client()
    answer = client.post("/assistant/ask", data={"question": "Who?"})
    assert answer.status_code == 400
    assert "This form is no longer valid" in checked(answer.text).findtext(".//h1")


def test_too_much_is_refused(client):
    assert client.post("/assistant/ask", data={"question": "x" * 2_000_000}).status_code == 413


@pytest.mark.parametrize(
    "url",
    [
        "/library?q=%00",
        "/library?q=a%00b&language=en",
        "/library?%00=1",
        "/library?q=%ff",
        "/library?q=%C3%28",
        "/library?q=100%",
        "/library?q=%zz",
        "/li%00brary",
        "/static/%00",
    ],
)
def test_what_cannot_be_read_is_refused(client, url):
    assert client.get(url).status_code == 400


@pytest.mark.parametrize(
    "url",
    [
        "/library/0",
        "/library/2147483648",
        "/library/99999999999999999999999999",
        "/library/" + "9" * 5000,
        "/library/1/pages/2147483648",
        "/library/%D9%A1",
        "/library/-1",
        "/library/%ff",
        "/library/1.0",
        "/static/../wsgi.py",
        "/static/%2e%2e/wsgi.py",
        "/library/1/../../wsgi.py",
    ],
)
def test_what_does_not_exist_is_not_found(client, url):
    assert client.get(url).status_code == 404


@pytest.mark.parametrize("name", ["q", "language", "type", "status", "sort", "page"])
@pytest.mark.parametrize("value", ["'\"><script>", "x" * 5000, "\u202e", "%", "-1", "\U0001f600"])
def test_odd_filters_do_no_harm(client, name, value):
    answer = client.get("/library", query_string={name: value})
    assert answer.status_code == 200
    assert "<script>" not in answer.text
