"""Set-up's first step: .venv is whole, or it is made afresh."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from hub import environment

CHECKOUT = Path(__file__).resolve().parent.parent


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A folder whose requirements name nothing, so that installing them needs no network."""
    (tmp_path / "requirements.txt").write_text("# nothing\n")
    return tmp_path


def stamp(checkout: Path) -> Path:
    return checkout / ".venv" / "installed.json"


@pytest.mark.slow
def test_what_is_whole_is_left_alone(checkout: Path) -> None:
    environment.install(checkout, ["requirements.txt"])
    written = stamp(checkout).stat().st_mtime_ns
    environment.install(checkout, ["requirements.txt"])
    assert stamp(checkout).stat().st_mtime_ns == written


@pytest.mark.slow
def test_what_a_killed_set_up_left_is_made_afresh(checkout: Path) -> None:
    (checkout / ".venv" / "lib").mkdir(parents=True)
    left = checkout / ".venv" / "lib" / "half a package"
    left.touch()
    environment.install(checkout, ["requirements.txt"])
    assert not left.exists()
    assert stamp(checkout).exists()


@pytest.mark.slow
def test_an_environment_that_was_moved_is_made_afresh(checkout: Path, tmp_path: Path) -> None:
    environment.install(checkout, ["requirements.txt"])
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    for name in (".venv", "requirements.txt"):
        (checkout / name).rename(elsewhere / name)
    environment.install(elsewhere, ["requirements.txt"])
    assert json.loads(stamp(elsewhere).read_text())["place"] == str(elsewhere / ".venv")


@pytest.mark.slow
def test_an_installation_that_failed_is_not_taken_for_whole(checkout: Path) -> None:
    environment.install(checkout, ["requirements.txt"])
    (checkout / "requirements.txt").write_text("./no-such-package\n")
    with pytest.raises(environment.SetupFailed, match=r"installing requirements\.txt failed"):
        environment.install(checkout, ["requirements.txt"])
    assert not stamp(checkout).exists()


@pytest.mark.slow
def test_changed_requirements_are_installed_into_the_same_environment(checkout: Path) -> None:
    environment.install(checkout, ["requirements.txt"])
    kept = checkout / ".venv" / "kept"
    kept.touch()
    (checkout / "requirements.txt").write_text("# something else\n")
    environment.install(checkout, ["requirements.txt"])
    assert kept.exists()
    assert json.loads(stamp(checkout).read_text())["requirements.txt"]


def test_an_old_python_is_told_what_to_do(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 9, 2, "final", 0))
    assert environment.main(["requirements.txt"]) == 1
    said = capsys.readouterr().err
    assert "needs Python 3.11 or newer" in said
    assert "is Python 3.9." in said
    assert len(said.splitlines()) == 1


def test_a_python_without_venv_is_told_what_to_install(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "ensurepip", None)
    assert environment.main(["requirements.txt"]) == 1
    assert "apt install python3-venv" in capsys.readouterr().err


def test_it_needs_nothing_but_the_standard_library() -> None:
    code = (
        "import sys, runpy; sys.modules.update(dict.fromkeys(['flask', 'hub', 'structlog']));"
        "runpy.run_path('hub/environment.py')"
    )
    run = subprocess.run([sys.executable, "-I", "-S", "-c", code], cwd=CHECKOUT)
    assert run.returncode == 0
