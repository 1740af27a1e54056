"""``flask library``: what a curator sees in the terminal."""

from pathlib import Path

from flask import Flask

HOSTILE = "a\x1b]0;title\x07\x1b[31m\u202egnp\nindexed    b.md"


def test_the_name_of_a_file_gives_the_terminal_no_commands(app: Flask, tmp_path: Path) -> None:
    folder = tmp_path / "documents"
    folder.mkdir()
    (folder / HOSTILE).write_text("The police of the city keep a register.\n")
    told = app.test_cli_runner().invoke(args=["library", "import", str(folder)])
    assert told.exit_code == 1
    failed, summary = told.output.splitlines()
    assert failed.startswith("failed     a")
    assert failed.isprintable()
    assert summary.startswith("1 failed")


def test_the_list_shows_titles_in_one_direction(app: Flask, shelf) -> None:
    shelf.add("rules.md", "# Rules\n\nThe police may use it.\n", title="Rules \u200ffdp.exe")
    told = app.test_cli_runner().invoke(args=["library", "list"])
    assert told.output.splitlines()[0].endswith("Rules \N{REPLACEMENT CHARACTER}fdp.exe")
