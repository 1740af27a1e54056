"""A served forum for the browser: its people, who are signed in, and boards to write in."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from flask import Flask
from PIL import Image
from playwright.sync_api import FilePayload, StorageState

from hub import create_app
from hub.extensions import db
from tests.browser.server import ONE_PAPER, environment_of, served
from tests.hub.court import Court

NARROW = {"width": 360, "height": 740}
COOKIE = "hub_sign_in"
OFTEN = {"HUB_POST_LIMITS": " ".join(["900/900"] * 4), "HUB_REPORT_LIMIT": "900 per hour"}


class Forum(Court):
    """The people of the court; Lea, an LEA member; an open board and a closed one."""

    def __init__(self, app: Flask, address: str) -> None:
        super().__init__(app)
        self.address = address
        self.lea = self.people.add("Lea", lea=True)
        self.open_board = self.rooms.board("Open practice", "public", purpose="What works.")
        self.closed_board = self.rooms.board("Night desk", "lea", purpose="For those on duty.")
        self._keys: dict[str, str] = {}

    def forget_sign_in(self, who: str) -> None:
        """To be called where this person signs out: the next browser signs in anew."""
        self._keys.pop(who, None)

    def signed_in(self, who: str) -> StorageState:
        """What the browser of this person holds; "": of nobody."""
        if not who:
            return {"cookies": [], "origins": []}
        if who not in self._keys:
            cookie = self.client(getattr(self, who)).get_cookie(COOKIE)
            assert cookie
            self._keys[who] = cookie.value
        return {
            "cookies": [
                {
                    "name": COOKIE,
                    "value": self._keys[who],
                    "domain": str(urlsplit(self.address).hostname),
                    "path": "/",
                    "expires": -1,
                    "httpOnly": True,
                    "secure": False,
                    "sameSite": "Lax",
                }
            ],
            "origins": [],
        }


@contextmanager
def served_forum(folder: Path) -> Iterator[Forum]:
    with served(folder, ONE_PAPER, **OFTEN) as address:
        app = create_app({}, environment_of(folder))
        yield Forum(app, address)
        with app.app_context():
            db.session.remove()
            db.engine.dispose()


def picture(name: str = "map.png") -> FilePayload:
    """A picture as somebody chooses it from their disk."""
    kept = io.BytesIO()
    Image.new("RGB", (320, 200), "#2a6").save(kept, "PNG")
    return {"name": name, "mimeType": "image/png", "buffer": kept.getvalue()}
