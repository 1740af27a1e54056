"""A page's live channel without the page: WebSocket (RFC 6455), Engine.IO 4 and Socket.IO 5, as far
as a listener needs them. Hundreds of them share one thread."""

import asyncio
import base64
import json
import os
import struct
from collections.abc import Callable
from typing import Any, Self

PLACE = "/socket.io/?EIO=4&transport=websocket"
TEXT, CLOSE = 0x1, 0x8
OPENED, PING, PONG, CONNECT, EVENT = "0", "2", "3", "40", "42"
LONGEST = 30.0  # seconds for the server to answer

Hear = Callable[[str, dict[str, Any]], None]


class Refused(RuntimeError):
    """The server did not open the channel."""


class Listener:
    """One channel. ``hear`` is called with each event's name and what it carries."""

    def __init__(self, hear: Hear) -> None:
        self.hear = hear
        self.is_closed = False

    async def open(self, port: int, cookie: str, local_address: str) -> Self:
        """Raises: Refused, OSError."""
        self.reader, self.writer = await asyncio.open_connection(
            "127.0.0.1", port, local_addr=(local_address, 0)
        )
        await asyncio.wait_for(self._shake_hands(port, cookie), LONGEST)
        self.listening = asyncio.create_task(self._listen())
        return self

    async def _shake_hands(self, port: int, cookie: str) -> None:
        key = base64.b64encode(os.urandom(16)).decode()
        lines = (
            f"GET {PLACE} HTTP/1.1",
            f"Host: 127.0.0.1:{port}",
            "Upgrade: websocket",
            "Connection: Upgrade",
            f"Sec-WebSocket-Key: {key}",
            "Sec-WebSocket-Version: 13",
            f"Cookie: {cookie}",
        )
        self.writer.write(("\r\n".join(lines) + "\r\n\r\n").encode())
        answer = (await self.reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        if " 101 " not in answer.splitlines()[0]:
            raise Refused(answer.splitlines()[0])
        self.send_text(CONNECT)
        while not (await self._text()).startswith(CONNECT):
            pass

    def send(self, event: str, **values: Any) -> None:
        self.send_text(EVENT + json.dumps([event, values]))

    def send_text(self, text: str) -> None:
        """One frame, masked as those of browsers are."""
        octets, mask = text.encode(), os.urandom(4)
        masked = bytes(octet ^ mask[place % 4] for place, octet in enumerate(octets))
        length = len(octets)
        size = (
            struct.pack("!B", 0x80 | length) if length < 126 else struct.pack("!BH", 0xFE, length)
        )
        self.writer.write(bytes([0x80 | TEXT]) + size + mask + masked)

    async def close(self) -> None:
        self.is_closed = True
        self.listening.cancel()
        self.writer.close()

    async def _listen(self) -> None:
        try:
            while True:
                text = await self._text()
                if text == PING:
                    self.send_text(PONG)
                elif text.startswith(EVENT):
                    name, *values = json.loads(text[len(EVENT) :])
                    self.hear(name, values[0] if values else {})
        except (OSError, asyncio.IncompleteReadError, Refused):
            self.is_closed = True

    async def _text(self) -> str:
        """The text of the next frame. Raises: Refused at the end of the channel."""
        first, length = await self.reader.readexactly(2)
        if length == 126:
            (length,) = struct.unpack("!H", await self.reader.readexactly(2))
        elif length == 127:
            (length,) = struct.unpack("!Q", await self.reader.readexactly(8))
        octets = await self.reader.readexactly(length)
        if first & 0x0F == CLOSE:
            raise Refused("closed")
        return octets.decode("utf-8", "replace")
