"""Looking into zip-based files before anything unpacks or parses them."""

import re
import zipfile
from typing import BinaryIO

from indexer.parsers.limits import Limits
from indexer.parsers.parsed import UnreadableFile

_DECLARES_ENTITIES = re.compile(rb"<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_BLOCK = 1 << 20
_OVERLAP = 64


def check_container(stream: BinaryIO, size: int, limits: Limits) -> None:
    """Refuse broken archives, zip bombs, passwords and XML that declares entities.

    Reads the directory, and each XML member through: nothing but a declaration may look like one.
    Leaves ``stream`` at its beginning. Raises UnreadableFile.
    """
    try:
        with zipfile.ZipFile(stream) as archive:
            members = archive.infolist()
            _check_sizes(members, size, limits)
            for member in members:
                _check_member(archive, member)
    except (
        zipfile.BadZipFile,
        OSError,
        EOFError,
        NotImplementedError,
        ValueError,
        RuntimeError,
    ) as error:
        raise UnreadableFile("damaged", f"broken archive ({type(error).__name__})") from error
    finally:
        stream.seek(0)


def _check_sizes(members: list[zipfile.ZipInfo], size: int, limits: Limits) -> None:
    expanded = sum(member.file_size for member in members)
    allowed = min(limits.max_expanded_bytes, max(size, 50_000) * limits.max_expansion)
    if expanded > allowed or len(members) > 20_000:
        raise UnreadableFile("too_large", f"would expand to {expanded} bytes")


def _check_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> None:
    if member.flag_bits & 0x1:
        raise UnreadableFile("encrypted", "the archive has a password")
    if not member.filename.lower().endswith((".xml", ".rels")):
        return
    before = b""
    with archive.open(member) as content:
        while block := content.read(_BLOCK):
            if _DECLARES_ENTITIES.search((before + block).replace(b"\x00", b"")):
                raise UnreadableFile("damaged", f"{member.filename} declares XML entities")
            before = block[-_OVERLAP:]
