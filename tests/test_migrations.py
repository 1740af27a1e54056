"""The migrations make exactly the tables that the models describe, on both databases."""

import ast
import os
import secrets
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from flask_migrate import downgrade, upgrade

from hub import create_app
from hub.extensions import db
from knowledge.orm import Base, normalised_url, open_engine

CHECKOUT = Path(__file__).resolve().parent.parent
MIGRATIONS = CHECKOUT / "migrations"


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of an empty database (on PostgreSQL: of an empty schema)."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'hub.db'}"
        return
    server = os.environ.get("HUB_TEST_DATABASE_URL")
    if not server:
        pytest.skip("HUB_TEST_DATABASE_URL names no PostgreSQL database")
    schema = f"migrations_{secrets.token_hex(6)}"
    engine = open_engine(server)
    with engine.begin() as connection:
        connection.execute(sa.schema.CreateSchema(schema))
    url = sa.make_url(normalised_url(server))
    own = url.update_query_dict({"options": f"-csearch_path={schema}"})
    yield own.render_as_string(hide_password=False)
    with engine.begin() as connection:
        connection.execute(sa.schema.DropSchema(schema, cascade=True))
    engine.dispose()


@pytest.fixture
def app(database_url: str, tmp_path: Path) -> Iterator[Flask]:
    environ = {"HUB_DATA": str(tmp_path), "HUB_SECRET_KEY": "test", "DATABASE_URL": database_url}
    app = create_app({"TESTING": True}, environ)
    with app.app_context():
        yield app
        db.engine.dispose()


def is_modelled(name: str | None, kind: str, _parents: object = None) -> bool:
    """The words of the search are kept by triggers, in tables of no model."""
    return kind != "table" or not (name or "").startswith("contribution_words")


def tables() -> set[str]:
    found = set(sa.inspect(db.engine).get_table_names()) - {"alembic_version"}
    return {name for name in found if is_modelled(name, "table")}


def test_upgrading_an_empty_database_gives_the_tables_of_the_models(app: Flask) -> None:
    upgrade()
    with db.engine.connect() as connection:
        options = {"compare_type": True, "include_name": is_modelled}
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, Base.metadata) == []
    assert tables() == set(Base.metadata.tables)


def test_the_words_of_the_search_are_kept_as_by_the_models(app: Flask) -> None:
    upgrade()
    by_migration = kept_by_triggers()
    db.drop_all()
    db.create_all()
    assert kept_by_triggers() == by_migration
    assert any("contribution_words" in text for text in by_migration)


def kept_by_triggers() -> list[str]:
    """The triggers of this database as it tells them, in one order."""
    is_sqlite = db.engine.dialect.name == "sqlite"
    asked = (
        "SELECT sql FROM sqlite_master WHERE type = 'trigger' OR sql LIKE 'CREATE VIRTUAL%'"
        if is_sqlite
        else "SELECT pg_get_triggerdef(t.oid) || pg_get_functiondef(t.tgfoid) FROM pg_trigger t "
        "JOIN pg_class c ON c.oid = t.tgrelid "
        "WHERE NOT t.tgisinternal AND c.relnamespace = current_schema()::regnamespace"
    )
    with db.engine.connect() as connection:
        return sorted(" ".join(text.split()) for text in connection.scalars(sa.text(asked)))


def test_every_step_goes_down_and_up_again(app: Flask) -> None:
    upgrade()
    downgrade(revision="base")
    assert tables() == set()
    upgrade()
    assert tables() == set(Base.metadata.tables)


def test_foreign_keys_are_enforced_again_after_an_upgrade(app: Flask) -> None:
    upgrade()
    orphan = sa.text(
        "INSERT INTO page (version_id, number, start, text, width, height, blocks) "
        "VALUES (4711, 1, 0, '', 0, 0, '[]')"
    )
    with pytest.raises(sa.exc.IntegrityError), db.engine.begin() as connection:
        connection.execute(orphan)


def test_the_revisions_form_one_line() -> None:
    script = ScriptDirectory(str(MIGRATIONS))
    assert len(script.get_heads()) == 1
    assert len(script.get_bases()) == 1
    assert all(not revision.is_merge_point for revision in script.walk_revisions())


def test_no_revision_depends_on_code_that_will_change() -> None:
    revisions = sorted((MIGRATIONS / "versions").glob("*.py"))
    assert revisions
    for revision in revisions:
        for node in ast.walk(ast.parse(revision.read_text())):
            if isinstance(node, ast.ImportFrom | ast.Import):
                assert not ast.unparse(node).split()[1].startswith(("hub", "knowledge", "indexer"))


def flask(*arguments: str, data: Path) -> subprocess.Popen[str]:
    environ = {"HUB_DATA": str(data), "HUB_ENV": "local", "PATH": os.environ["PATH"]}
    command = [sys.executable, "-m", "flask", *arguments]
    return subprocess.Popen(
        command,
        cwd=CHECKOUT,
        env=environ,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )


def revision_of(database: Path) -> str | None:
    engine = open_engine(f"sqlite:///{database}")
    try:
        with engine.connect() as connection:
            return MigrationContext.configure(connection).get_current_revision()
    finally:
        engine.dispose()


@pytest.mark.slow
def test_any_command_brings_an_old_database_up_to_date_even_two_at_once(tmp_path: Path) -> None:
    runs = [flask("routes", data=tmp_path) for _ in range(2)]
    for run in runs:
        said, _ = run.communicate(timeout=120)
        assert run.returncode == 0, said
    assert revision_of(tmp_path / "hub.db") == ScriptDirectory(str(MIGRATIONS)).get_current_head()
