"""What a file is, by its content. Its name and what the browser says of it count for nothing."""

from enum import StrEnum


class MediaType(StrEnum):
    PNG = "image/png"
    JPEG = "image/jpeg"
    WEBP = "image/webp"
    GIF = "image/gif"
    PDF = "application/pdf"


ENDINGS = {
    MediaType.PNG: "png",
    MediaType.JPEG: "jpg",
    MediaType.WEBP: "webp",
    MediaType.GIF: "gif",
    MediaType.PDF: "pdf",
}
# As the format has it: a PDF may have some bytes before its header.
SEEN = 1024


def media_type_of(head: bytes) -> MediaType | None:
    """From the first ``SEEN`` bytes; None for what cannot be uploaded."""
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return MediaType.PNG
    if head.startswith(b"\xff\xd8\xff"):
        return MediaType.JPEG
    if head.startswith((b"GIF87a", b"GIF89a")):
        return MediaType.GIF
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return MediaType.WEBP
    return MediaType.PDF if b"%PDF-" in head else None
