"""What can go wrong in the library's own words."""


class ModelUnavailable(Exception):
    """A model's files are missing, damaged or not usable; the sentence says what to do."""


class FileTooLarge(Exception):
    """A file is larger than is accepted; ``limit`` is in bytes."""

    def __init__(self, limit: int) -> None:
        super().__init__(f"The file is larger than {limit / 1_000_000:g} MB.")
        self.limit = limit


class FileMissing(Exception):
    """An original that the database names is not on the disk."""

    def __init__(self, sha256: str) -> None:
        super().__init__(f"The stored file {sha256[:12]} is missing from the data folder.")
        self.sha256 = sha256


class FileDamaged(Exception):
    """An original on the disk is not what was stored under its name."""

    def __init__(self, sha256: str) -> None:
        super().__init__(
            f"The stored file {sha256[:12]} has changed on the disk since it was imported."
        )
        self.sha256 = sha256


class IndexDamaged(Exception):
    """The files of the index do not match their manifest; the sentence says which."""


class MetadataRefused(Exception):
    """A value that describes a document cannot be kept; the sentence says which and why."""


class AudienceRefused(MetadataRefused):
    """A sharing mark does not allow the audience; the sentence says which it allows."""
