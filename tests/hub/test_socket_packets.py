import pytest
from socketio.packet import DISCONNECT, EVENT

from hub.socket_packets import TextPacket


def test_an_ordinary_event_is_read() -> None:
    packet = TextPacket(encoded_packet='2["ask",{"text":"Why?"}]')

    assert packet.packet_type == EVENT
    assert packet.data == ["ask", {"text": "Why?"}]


@pytest.mark.parametrize(
    "frame",
    [
        '5999999999-["ask",{"_placeholder":true,"num":0}]',
        '51-["ask",{"_placeholder":true,"num":0}]',
        "5" + "9" * 40 + '-["ask"]',
        "",
        "x",
        "2[",
        "2[]",
        "2[1]",
        "2{}",
        "31[1]",
        "4",
        "99",
        "2" + "[" * 16_000,
        "2" + "9" * 200,
        b"\x04\x00",
        b"2[]",
    ],
)
def test_any_other_frame_is_a_goodbye(frame: str | bytes) -> None:
    packet = TextPacket(encoded_packet=frame)

    assert packet.packet_type == DISCONNECT
    assert packet.data is None
    assert packet.attachment_count == 0
