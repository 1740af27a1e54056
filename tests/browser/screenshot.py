"""Draws the picture of the README: ``python -m tests.browser.screenshot FILE``"""

import sys
from pathlib import Path
from shutil import which
from tempfile import TemporaryDirectory

from playwright.sync_api import sync_playwright

from tests.browser.server import served

QUESTION = "May the police use live facial recognition in public?"
SIZE = {"width": 1280, "height": 900}


def main(file: Path) -> None:
    with TemporaryDirectory() as folder, served(Path(folder)) as hub, sync_playwright() as drive:
        browser = drive.chromium.launch(executable_path=which("chromium"), args=["--no-sandbox"])
        page = browser.new_page(base_url=hub, viewport=SIZE, locale="en")
        page.goto("/assistant")
        page.fill("#ask", QUESTION)
        page.press("#ask", "Enter")
        page.wait_for_selector("[data-answer]:not([aria-busy])")
        page.evaluate("document.activeElement.blur(); scrollTo(0, 0)")
        file.parent.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=file)
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
