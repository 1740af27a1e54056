"""``flask library``: what a curator sees in the terminal."""

from pathlib import Path

from flask import Flask
from sqlalchemy import select

from hub.audit.models import AuditEntry
from hub.extensions import db

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


def noted(app: Flask) -> list[tuple[str, str, dict | None, dict | None]]:
    with app.app_context():
        entries = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id))
        return [(entry.act, entry.actor, entry.before, entry.after) for entry in entries]


def test_what_the_commands_do_to_readers_stands_in_the_audit_log(
    app: Flask, tmp_path: Path
) -> None:
    file = tmp_path / "rules.md"
    file.write_text("# Rules\n\nThe police may use it.\n")
    run = app.test_cli_runner().invoke

    def state(audience: str, mark: str = "", state: str = "open") -> dict[str, str]:
        return {"audience": audience, "mark": mark, "state": state}

    run(args=["library", "import", str(file)])
    run(args=["library", "import", str(file), "--title", "Other"])
    run(args=["library", "import", str(file), "--mark", "TLP:GREEN"])
    assert run(args=["library", "import", str(file), "--audience", "public"]).exit_code == 1
    run(args=["library", "withdraw", "rules.md"])
    run(args=["library", "withdraw", "rules.md"])
    run(args=["library", "import", str(file)])
    who = "command line"
    assert noted(app) == [
        ("document.added", who, None, state("public")),
        ("document.audience", who, state("public"), state("lea", "green")),
        ("document.withdrawn", who, state("lea", "green"), state("lea", "green", "withdrawn")),
        ("document.returned", who, state("lea", "green", "withdrawn"), state("lea", "green")),
    ]
