"""The frames that a socket accepts."""

from typing import Any

from socketio.packet import CONNECT, DISCONNECT, EVENT, Packet

MALFORMED = (ValueError, TypeError, IndexError, RecursionError)


class TextPacket(Packet):
    """Takes what pages of ours send, and any other frame for a goodbye.

    They send no binary attachments: a frame could announce a thousand million of them and have the
    server keep whatever follows. And a frame that cannot be read would fill the log with its
    traceback, as often as somebody likes to send it.
    """

    uses_binary_events = False
    data: Any

    def __init__(self, *fields: Any, encoded_packet: Any = None, **more: Any) -> None:
        super().__init__(*fields, encoded_packet=encoded_packet, **more)
        if encoded_packet is not None and not encoded_packet:
            self._say_goodbye()

    def decode(self, encoded_packet: Any) -> int:
        try:
            attachments = super().decode(encoded_packet)
        except MALFORMED:
            attachments = -1
        if attachments or not self._is_known():
            self._say_goodbye()
        return 0

    def _is_known(self) -> bool:
        if self.packet_type == EVENT:
            named = isinstance(self.data, list) and self.data and isinstance(self.data[0], str)
            return bool(named)
        return self.packet_type in (CONNECT, DISCONNECT)

    def _say_goodbye(self) -> None:
        self.packet_type, self.namespace, self.id, self.data = DISCONNECT, None, None, None
