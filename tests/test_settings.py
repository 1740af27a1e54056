"""Settings: what the README promises, and what the hub refuses to start with."""

import re
import stat
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from hub import create_app
from hub.config import MissingSetting, settings
from hub.extensions import db

CHECKOUT = Path(__file__).resolve().parent.parent
A_SETTING = re.compile(r"""["'](HUB_[A-Z_]+|DATABASE_URL|PORT)["']""")
A_ROW = re.compile(r"^\| `(HUB_[A-Z_]+|DATABASE_URL|PORT)` \|", re.M)


def settings_in_the_code() -> set[str]:
    found: set[str] = set()
    for package in ("hub", "indexer", "knowledge"):
        for path in (CHECKOUT / package).rglob("*.py"):
            found |= set(A_SETTING.findall(path.read_text(encoding="utf-8")))
    return found


def settings_in_the_tests() -> set[str]:
    texts = (path.read_text(encoding="utf-8") for path in (CHECKOUT / "tests").rglob("*.py"))
    return {name for text in texts for name in re.findall(r"HUB_TEST_[A-Z_]+\b", text)}


def settings_in_the_readme() -> set[str]:
    return set(A_ROW.findall((CHECKOUT / "README.md").read_text(encoding="utf-8")))


def test_the_readme_lists_every_setting_and_no_other() -> None:
    assert settings_in_the_readme() == settings_in_the_code()


def test_the_guide_for_contributors_lists_the_settings_of_the_tests() -> None:
    text = (CHECKOUT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    named = set(re.findall(r"HUB_TEST_[A-Z_]+\b", text))
    assert {name for name in settings_in_the_tests() if not name.endswith("_")} == named


@pytest.mark.parametrize(
    "mode", [{"HUB_ENV": "production"}, {"SERVER_SOFTWARE": "gunicorn/27.0"}], ids=str
)
def test_production_does_not_start_without_a_secret(mode: dict[str, str], tmp_path: Path) -> None:
    with pytest.raises(MissingSetting, match=r"^HUB_SECRET_KEY is not set\. .*secrets\.token_hex"):
        settings({**mode, "HUB_DATA": str(tmp_path)})
    assert list(tmp_path.iterdir()) == []


def test_production_takes_the_secret_that_is_set(tmp_path: Path) -> None:
    environ = {"HUB_ENV": "production", "HUB_SECRET_KEY": "long", "HUB_DATA": str(tmp_path)}
    chosen = settings(environ)
    assert chosen["SECRET_KEY"] == "long"
    assert chosen["SESSION_COOKIE_SECURE"] is True
    assert not (tmp_path / "secret.key").exists()


def test_a_developer_under_gunicorn_is_not_production(tmp_path: Path) -> None:
    environ = {"HUB_ENV": "local", "SERVER_SOFTWARE": "gunicorn/27.0", "HUB_DATA": str(tmp_path)}
    assert settings(environ)["PRODUCTION"] is False


@pytest.mark.parametrize("mode", ["prod", "Production", "debug", " local"])
def test_another_mode_is_refused(mode: str, tmp_path: Path) -> None:
    with pytest.raises(MissingSetting, match=f"HUB_ENV is “{mode}”"):
        settings({"HUB_ENV": mode, "HUB_SECRET_KEY": "long", "HUB_DATA": str(tmp_path)})


def test_the_local_secret_is_kept_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    environ = {"HUB_DATA": str(tmp_path / "new")}
    first, second = settings(environ)["SECRET_KEY"], settings(environ)["SECRET_KEY"]
    assert first == second
    assert len(first) == 64
    assert stat.S_IMODE((tmp_path / "new" / "secret.key").stat().st_mode) == 0o600


def test_two_checkouts_have_different_secrets(tmp_path: Path) -> None:
    keys = {settings({"HUB_DATA": str(tmp_path / name)})["SECRET_KEY"] for name in "ab"}
    assert len(keys) == 2


def test_a_plain_postgresql_address_means_the_driver_that_is_installed(tmp_path: Path) -> None:
    for scheme in ("postgres", "postgresql"):
        environ = {"HUB_DATA": str(tmp_path), "DATABASE_URL": f"{scheme}://db/hub"}
        assert settings(environ)["SQLALCHEMY_DATABASE_URI"] == "postgresql+psycopg://db/hub"


@pytest.mark.parametrize("number", ["one", "-1", "1.5"])
def test_a_number_that_is_none_is_refused(number: str, tmp_path: Path) -> None:
    with pytest.raises(MissingSetting, match="whole number"):
        settings({"HUB_DATA": str(tmp_path), "HUB_TRUSTED_PROXIES": number})


def test_no_message_of_the_database_repeats_what_somebody_wrote(tmp_path: Path) -> None:
    app = create_app({"TESTING": True}, {"HUB_DATA": str(tmp_path), "HUB_SECRET_KEY": "x"})
    asked = {"question": "a secret question"}
    with app.app_context(), db.engine.connect() as connection, pytest.raises(DBAPIError) as caught:
        connection.execute(text("SELECT :question FROM nowhere"), asked)
    assert "secret" not in str(caught.value)
