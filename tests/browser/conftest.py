"""A served hub and a browser that notices what no page of ours may do."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import which
from typing import Any, NoReturn

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.browser.forum_site import Forum, served_forum
from tests.browser.server import model_is_built, served

PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1280, "height": 900}
Visitor = Callable[..., Page]
Enter = Callable[..., Page]
expect.set_options(timeout=15_000)  # conditions, not pauses: only what is wrong waits so long


@pytest.fixture(scope="session")
def hub_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the served hub keeps its data."""
    return tmp_path_factory.mktemp("hub")


@pytest.fixture(scope="session")
def hub(hub_folder: Path, chromium: Browser) -> Iterator[str]:
    if not model_is_built():
        skipped("the embedding model is not built here; `flask setup` builds it")
    with served(hub_folder) as address:
        yield address


@pytest.fixture(scope="session")
def forum(tmp_path_factory: pytest.TempPathFactory, chromium: Browser) -> Iterator[Forum]:
    """A served forum with people in it, on a hub of its own."""
    if not model_is_built():
        skipped("the embedding model is not built here; `flask setup` builds it")
    with served_forum(tmp_path_factory.mktemp("forum")) as forum:
        yield forum


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Chromium of this machine; absent, the tests are skipped, and fail under CI=true."""
    path = which("chromium") or which("chromium-browser") or which("google-chrome")
    if not path:
        skipped("there is no Chromium on the PATH for the browser tests")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


def skipped(reason: str) -> NoReturn:
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture
def visitor(hub: str, chromium: Browser) -> Iterator[Visitor]:
    """Opens a browser profile of its own on a page of the hub. At the end it is checked that no
    request went to another host and that no page broke a rule or a script."""
    with visits(chromium, hub) as visit:
        yield visit


@pytest.fixture
def enter(forum: Forum, chromium: Browser) -> Iterator[Enter]:
    """The same on a page of the forum, as one of its people: ``enter("mira", "/forum")``; "" is
    nobody."""
    with visits(chromium, forum.address) as visit:

        def go(who: str, path: str, viewport: dict[str, int] = DESKTOP, **options: Any) -> Page:
            return visit(path, viewport, storage_state=forum.signed_in(who), **options)

        yield go


@contextmanager
def visits(chromium: Browser, hub: str) -> Iterator[Visitor]:
    opened: list[tuple[BrowserContext, list[str]]] = []

    def visit(path: str = "/", viewport: dict[str, int] = DESKTOP, **options: Any) -> Page:
        context = chromium.new_context(base_url=hub, viewport=viewport, locale="en", **options)
        wrongs = watched(context, hub)
        opened.append((context, wrongs))
        page = context.new_page()
        page.goto(path)
        return page

    yield visit
    for context, wrongs in opened:
        context.close()
        assert wrongs == []


def watched(context: BrowserContext, hub: str) -> list[str]:
    """Fills up with every request to elsewhere, broken rule and error of a script."""
    wrongs: list[str] = []
    host = hub.removeprefix("http://")

    def note_address(url: str) -> None:
        if url.split("://")[1].split("/")[0] != host and not url.startswith(("data:", "blob:")):
            wrongs.append(f"request to {url}")

    context.on("request", lambda request: note_address(request.url))
    context.on("page", lambda page: page.on("websocket", lambda socket: note_address(socket.url)))
    context.on("weberror", lambda error: wrongs.append(f"script: {error.error}"))
    context.on(
        "console",
        lambda message: (
            message.type == "error"
            and not message.text.startswith("Failed to load resource")
            and "ERR_INTERNET_DISCONNECTED" not in message.text  # a test took the network away
            and wrongs.append(f"console: {message.text}")
        ),
    )
    return wrongs
