"""The settings of mail: what is not set, what is wrong, and that no password is ever shown."""

from pathlib import Path

import pytest

from hub.config import MissingSetting, settings
from hub.mail.settings import Server, sender_of, server_of


def chosen(folder: Path, **environ: str) -> dict[str, object]:
    return settings({"HUB_DATA": str(folder), "HUB_SECRET_KEY": "long", **environ})


def test_a_checkout_writes_its_mails_into_files(tmp_path: Path) -> None:
    found = chosen(tmp_path, PORT="8123")
    assert found["MAIL"] == "files"
    assert found["ADDRESS"] == "http://127.0.0.1:8123"
    assert found["MAIL_FROM"] == "popAI hub <no-reply@localhost>"


def test_production_sends_no_mail_unless_it_is_told_how(tmp_path: Path) -> None:
    assert chosen(tmp_path, HUB_ENV="production")["MAIL"] == ""


def test_production_does_not_send_links_that_begin_nowhere(tmp_path: Path) -> None:
    with pytest.raises(MissingSetting, match=r"^HUB_ADDRESS is not set\."):
        chosen(tmp_path, HUB_ENV="production", HUB_MAIL="smtp://mail.example.org")


def test_the_sender_is_at_the_host_of_the_hub(tmp_path: Path) -> None:
    found = chosen(tmp_path, HUB_ENV="production", HUB_ADDRESS="https://hub.example.org/")
    assert found["ADDRESS"] == "https://hub.example.org"
    assert found["MAIL_FROM"] == "popAI hub <no-reply@hub.example.org>"


@pytest.mark.parametrize(
    ("way", "server"),
    [
        ("smtp://mail.example.org", Server("mail.example.org", 25)),
        ("smtp://mail.example.org:2525", Server("mail.example.org", 2525)),
        (
            "smtp://a%40b:p%2Fw%40d@mail.example.org",
            Server("mail.example.org", 587, "a@b", "p/w@d"),
        ),
        ("smtps://u:p@mail.example.org", Server("mail.example.org", 465, "u", "p", True)),
        ("smtp://[::1]:25", Server("::1", 25)),
    ],
)
def test_a_server_is_named_by_an_address(way: str, server: Server) -> None:
    assert server_of(way) == server


@pytest.mark.parametrize(
    "way",
    [
        "mail",
        "http://u:secret@h",
        "smtp://",
        "smtp://u:secret@h:x",
        "smtp://u:secret@h/p",
        "smtp://[u:secret",
    ],
)
def test_a_wrong_way_is_refused_without_repeating_it(way: str, tmp_path: Path) -> None:
    with pytest.raises(MissingSetting, match="HUB_MAIL is neither") as refused:
        chosen(tmp_path, HUB_MAIL=way)
    assert "secret" not in str(refused.value)


def test_a_password_is_not_shown_with_its_server() -> None:
    assert "secret" not in repr(server_of("smtp://u:secret@h"))


@pytest.mark.parametrize(
    "address", ["hub", "ftp://h", "https://", "https://h?x=1", "https://u@h", "https://[h"]
)
def test_an_address_that_is_none_is_refused(address: str, tmp_path: Path) -> None:
    with pytest.raises(MissingSetting, match="HUB_ADDRESS is “"):
        chosen(tmp_path, HUB_ADDRESS=address)


@pytest.mark.parametrize("sender", ["hub", "a@b.org, c@d.org", "a@b.org\r\nBcc: c@d.org", "<>"])
def test_a_sender_that_is_none_is_refused(sender: str, tmp_path: Path) -> None:
    with pytest.raises(MissingSetting, match="HUB_MAIL_FROM is no sender"):
        chosen(tmp_path, HUB_MAIL_FROM=sender)


def test_a_sender_has_a_name_and_an_address() -> None:
    assert sender_of("Der Hub <hub@example.org>").addr_spec == "hub@example.org"
