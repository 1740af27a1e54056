"""The files of the default embedding model, and the manifest that vouches for them."""

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path

from knowledge.errors import ModelUnavailable

MODEL, WEIGHTS, PIECES = "model.onnx", "weights.bin", "pieces.json"
MANIFEST = "manifest.json"
REMEDY = 'Run "make setup" to build it.'


@dataclass(frozen=True, slots=True)
class ModelManifest:
    """What the model is, and the sha256 of each of its files by name."""

    name: str
    fingerprint: str
    dimension: int
    source_sha256: str
    files: dict[str, str]


def sha256_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def write_manifest(folder: Path, manifest: ModelManifest) -> None:
    text = json.dumps(asdict(manifest), indent=2, sort_keys=True)
    (folder / MANIFEST).write_text(text + "\n", encoding="utf-8")


def read_manifest(folder: Path) -> ModelManifest:
    """The manifest in ``folder``.

    Raises:
        ModelUnavailable: there is none, or it is damaged.
    """
    try:
        found = ModelManifest(**json.loads((folder / MANIFEST).read_text(encoding="utf-8")))
        understood = {MODEL, WEIGHTS, PIECES} <= found.files.keys() and found.dimension > 0
    except FileNotFoundError:
        raise ModelUnavailable(f"The embedding model has not been built. {REMEDY}") from None
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise _damaged(MANIFEST) from error
    if not understood:
        raise _damaged(MANIFEST)
    return found


def verified_file(folder: Path, manifest: ModelManifest, name: str) -> Path:
    """Where a file of the model is, after its checksum was compared.

    Raises:
        ModelUnavailable: the file is missing or differs from the one that was built.
    """
    try:
        with (folder / name).open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise _damaged(name) from error
    if digest != manifest.files[name]:
        raise _damaged(name)
    return folder / name


def _damaged(name: str) -> ModelUnavailable:
    return ModelUnavailable(f"The embedding model is damaged ({name}). {REMEDY}")
