"""Fixtures that every test may use."""

import gc
import os
import shutil
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from knowledge import models  # noqa: F401 - the tables of the library
from knowledge.orm import Base, open_engine
from tests import statements

CHECKOUT = Path(__file__).resolve().parent.parent
MEMORY, ROOM = Path("/dev/shm"), 2**30


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--database-tests",
        action="store_true",
        help="only tests that use a database: the others are the same whatever the database",
    )


def pytest_configure() -> None:
    """Statements are shared. The folders of tests lie in memory where there is room: each test has
    a database of its own, which would wait for the disk at each of its transactions."""
    statements.share()
    if os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ROOM:
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if not config.getoption("--database-tests"):
        return
    using = [
        item for item in items if {"app", "database_url"} & set(getattr(item, "fixturenames", ()))
    ]
    config.hook.pytest_deselected(items=[item for item in items if item not in using])
    items[:] = using


def pytest_collection_finish() -> None:
    """What is loaded by now stays: walking through all of it again and again, as the collector of
    garbage does, was a quarter of the time of the tests."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real test documents; absent, the test is skipped, and fails under CI=true."""
    folder = Path(os.environ.get("HUB_TEST_DATA", CHECKOUT.parent / "shared"))
    if folder.is_dir():
        return folder
    reason = f"the test documents are not here ({folder}); set HUB_TEST_DATA to their folder"
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def tesseract() -> frozenset[str]:
    """The languages that Tesseract reads; absent, the test is skipped, and fails under CI=true."""
    from indexer.parsers.tesseract import installed_languages

    if found := installed_languages():
        return found
    reason = "Tesseract is not installed (Debian: tesseract-ocr and its languages)"
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture
def database_url(tmp_path: Path) -> Iterator[str]:
    """An empty database: a file of SQLite, or with HUB_TEST_DATABASE_URL a schema of its own in
    that PostgreSQL."""
    server = os.environ.get("HUB_TEST_DATABASE_URL", "")
    if not server:
        yield f"sqlite:///{tmp_path / 'test.db'}"
        return
    schema = f"test_{uuid.uuid4().hex}"
    outside = open_engine(server)
    with outside.begin() as connection:
        connection.execute(text(f"CREATE SCHEMA {schema}"))
    joint = "&" if "?" in server else "?"
    yield f"{server}{joint}options=-csearch_path%3D{schema}"
    with outside.begin() as connection:
        connection.execute(text(f"DROP SCHEMA {schema} CASCADE"))
    outside.dispose()


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """The library's tables in an empty database; the same tests run on both kinds."""
    opened = open_engine(database_url)
    Base.metadata.create_all(opened)
    yield opened
    opened.dispose()
