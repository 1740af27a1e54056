"""Hostile texts as posts on the real page of a topic, in a real browser under the hub's own policy:
none runs, and none even tries to, which the policy would report."""

import json
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page
from werkzeug.serving import make_server

from hub.extensions import db
from hub.forum.models import Post
from hub.marking.grammar import without_unreadable
from hub.markup import rendered
from hub.security import CONTENT_SECURITY_POLICY
from tests.hub.conftest import make_app
from tests.hub.people import People
from tests.hub.rooms import Rooms
from tests.hub.tables import empty_tables

pytestmark = pytest.mark.browser

PAYLOADS = json.loads((Path(__file__).parent.parent / "data" / "xss.json").read_text())
TEXTS = [payload for family in PAYLOADS.values() for payload in family]
ON_A_PAGE = 19
REPORTS_TO = "/reports-of-the-policy"
RAW = "/raw"
# One that needs nobody's hand, as it would stand on a page that shows what was typed.
CONTROL = "<p>before</p><img src=x onerror=alert(1)><p>after</p>"
CANARY = """
window.executed = 0;
for (const name of ['alert', 'confirm', 'prompt', 'open'])
  window[name] = () => { window.executed += 1; };
"""
# What a reader's hand would set off: every handler of every element of the posts.
TOUCH = """
() => {
  const events = ['click', 'mouseover', 'pointerover', 'focus', 'toggle', 'load', 'error', 'cancel',
    'animationstart', 'begin'];
  document.addEventListener('click', event => event.preventDefault());
  const inside = document.querySelectorAll('.prose, .prose *');
  for (const element of inside)
    for (const name of events) element.dispatchEvent(new Event(name, {cancelable: true}));
  return inside.length;
}
"""
ADDRESSES = """
() => Array.from(document.querySelectorAll('.prose a, .prose img'), element => {
  const address = new URL(element.href || element.src, document.baseURI);
  return [element.getAttribute('href') || element.getAttribute('src'), address.protocol,
    address.origin, address.username];
})
"""


class Reporting:
    """The app, whose policy tells where to report, and which counts the reports."""

    def __init__(self, app: Callable[..., Any]) -> None:
        self.app = app
        self.reports: list[str] = []

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> Any:
        path = environ["PATH_INFO"]
        if path == REPORTS_TO:
            length = int(environ.get("CONTENT_LENGTH") or 0)
            self.reports.append(environ["wsgi.input"].read(length).decode())
            start("204 No Content", [])
            return []
        if path.startswith(RAW):
            # Reported and let through, so that both counters have something to count.
            name = "Content-Security-Policy" + ("-Report-Only" if path == RAW else "")
            policy = f"{CONTENT_SECURITY_POLICY}; report-uri {REPORTS_TO}"
            start("200 OK", [("Content-Type", "text/html; charset=utf-8"), (name, policy)])
            return [f"<!doctype html><title>x</title>{CONTROL}".encode()]

        def with_report(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            return start(status, [_reporting(*header) for header in headers], *rest)

        return self.app(environ, with_report)


def _reporting(name: str, value: str) -> tuple[str, str]:
    is_policy = name.lower() == "content-security-policy"
    return name, f"{value}; report-uri {REPORTS_TO}" if is_policy else value


@pytest.fixture(scope="module")
def topics(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, list[int], Reporting]]:
    """A served hub whose topics hold all texts, several on a page; their ids, and the reports."""
    app = make_app(tmp_path_factory.mktemp("hostile"), RATELIMIT_ENABLED=False)
    with app.app_context():
        empty_tables()
    rooms, author = Rooms(app), People(app).add("Mira")
    board = rooms.board(audience="public")
    ids = []
    for start in range(0, len(TEXTS), ON_A_PAGE):
        topic = rooms.topic(board, author, f"Texts from {start}", "What follows is hostile.")
        for text in TEXTS[start : start + ON_A_PAGE]:
            _add(rooms, topic, author, text)
        ids.append(topic)
    reporting = Reporting(app)
    server = make_server("127.0.0.1", 0, reporting, threaded=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", ids, reporting
    server.shutdown()
    thread.join()
    server.server_close()


def _add(rooms: Rooms, topic: int, author: int, text: str) -> None:
    """Forms refuse what cannot be stored; it is shown as it would be if they did not."""
    post = rooms.reply(topic, author, without_unreadable(text))
    with rooms.app.app_context():
        db.session.get_one(Post, post).html = str(rendered(text))
        db.session.commit()


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context()
    context.add_init_script(CANARY)
    page = context.new_page()
    page.on("dialog", lambda dialog: pytest.fail(f"a dialog opened: {dialog.message}"))
    yield page
    context.close()


def executed(page: Page) -> int:
    page.wait_for_load_state("networkidle")
    return int(page.evaluate("window.executed"))


def test_the_counters_can_count(topics: Any, page: Page) -> None:
    address, _ids, reporting = topics
    before = len(reporting.reports)
    page.goto(address + RAW)
    assert executed(page) == 1
    assert len(reporting.reports) > before
    before = len(reporting.reports)
    page.goto(address + RAW + "-held-back")
    assert executed(page) == 0
    assert len(reporting.reports) > before


def test_no_hostile_text_runs_or_tries_to(topics: Any, page: Page) -> None:
    address, ids, reporting = topics
    reporting.reports.clear()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    posts = 0
    for topic in ids:
        page.goto(f"{address}/forum/topics/{topic}")
        posts += page.locator(".prose").count() - 1
        assert page.title().startswith("Texts from")
        assert page.evaluate(TOUCH) > 0
        for written, protocol, origin, name in page.evaluate(ADDRESSES):
            assert protocol in ("http:", "https:", "mailto:"), written
            assert name == "", written
            if written.startswith(("/", "#")):
                assert origin == address, written
        assert executed(page) == 0
        assert page.url == f"{address}/forum/topics/{topic}"
    assert posts == len(TEXTS) >= 200
    assert reporting.reports == []
    assert [url for url in asked if not url.startswith(address)] == []
