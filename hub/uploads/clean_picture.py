"""Draws a picture anew, so that nothing but its pixels is left: python clean_picture.py IN OUT

A program of its own (``hub.uploads.cleaning`` starts it): what hostile bytes do to a decoder they
do to a process that holds nothing and ends. It imports nothing of the hub, and prints one line:
{"media_type", "width", "height", "notes"}. It ends with 3 and prints a word of
``hub.uploads.cleaning.Problem`` where the picture is refused.

What goes: EXIF with places and cameras, XMP, comments, colour profiles (the colours are converted),
everything behind the end of the picture, and animations but for their first frame. What was turned
by a flag of EXIF is turned for good.
"""

import io
import json
import sys
import warnings
from pathlib import Path
from typing import NoReturn

from PIL import Image, ImageCms, ImageOps

FORMATS = ("PNG", "JPEG", "WEBP", "GIF")
MOST_PIXELS = 40_000_000
LONGEST_EDGE = 16_000
LARGEST_SHOWN = 4_096
TYPES = {"PNG": "image/png", "JPEG": "image/jpeg", "WEBP": "image/webp"}
Image.MAX_IMAGE_PIXELS = MOST_PIXELS
warnings.simplefilter("error", Image.DecompressionBombWarning)


def main(source: Path, target: Path) -> None:
    content = source.read_bytes()
    try:
        picture, kind, notes = _drawn(content)
    except (Image.DecompressionBombWarning, Image.DecompressionBombError):
        _refuse("too many pixels")
    except MemoryError:
        _refuse("too costly")
    except Exception:
        _refuse("damaged")  # whatever a decoder says about hostile bytes
    with target.open("wb") as out:
        _write(picture, kind, out)
    size = {"width": picture.width, "height": picture.height}
    print(json.dumps({"media_type": TYPES[kind], "notes": notes, **size}))


def _drawn(content: bytes) -> tuple[Image.Image, str, list[str]]:
    """The pixels, how they are to be kept, and what was changed that people may notice."""
    with Image.open(io.BytesIO(content), formats=FORMATS) as first:
        _look_at_size(first)
        first.verify()
    with Image.open(io.BytesIO(content), formats=FORMATS) as picture:
        notes = ["animation"] if getattr(picture, "n_frames", 1) > 1 else []
        kind = "PNG" if picture.format == "GIF" else str(picture.format)
        picture.seek(0)
        picture.draft("RGB", (LARGEST_SHOWN, LARGEST_SHOWN))
        picture.load()
        profile = picture.info.get("icc_profile")
        upright = ImageOps.exif_transpose(picture)
        plain = _plain(_in_srgb(upright, profile), kind)
    if max(plain.size) > LARGEST_SHOWN:
        plain.thumbnail((LARGEST_SHOWN, LARGEST_SHOWN))
        notes.append("smaller")
    return _without_info(plain), "JPEG" if kind == "MPO" else kind, notes


def _look_at_size(picture: Image.Image) -> None:
    """Before anything is decoded."""
    width, height = picture.size
    if width * height > MOST_PIXELS or max(width, height) > LONGEST_EDGE:
        raise Image.DecompressionBombError
    if not width or not height:
        raise ValueError("no pixels")


def _in_srgb(picture: Image.Image, profile: bytes | None) -> Image.Image:
    """With the colours that the profile means; as they are where the profile is of no use."""
    if not profile or picture.mode not in ("RGB", "RGBA", "CMYK", "L"):
        return picture
    wanted = picture.mode if picture.mode == "RGBA" else "RGB"
    try:
        meant = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        converted = ImageCms.profileToProfile(
            picture, meant, ImageCms.createProfile("sRGB"), outputMode=wanted
        )
    except (ImageCms.PyCMSError, OSError, ValueError):
        return picture
    return converted if converted is not None else picture


def _plain(picture: Image.Image, kind: str) -> Image.Image:
    """In one of few ways to hold pixels."""
    if picture.mode.startswith("I"):
        picture = picture.convert("I").point(lambda value: value / 256).convert("L")
    has_alpha = "A" in picture.mode or "a" in picture.mode or "transparency" in picture.info
    if has_alpha and kind != "JPEG":
        return picture.convert("RGBA")
    return picture if picture.mode in ("L", "RGB") else picture.convert("RGB")


def _without_info(picture: Image.Image) -> Image.Image:
    """A picture that was never a file: writers take over what they find on one that was."""
    bare = Image.new(picture.mode, picture.size)
    bare.paste(picture)
    return bare


def _write(picture: Image.Image, kind: str, out: io.BufferedWriter) -> None:
    if kind == "JPEG":
        picture.save(out, "JPEG", quality=88, optimize=True)
    elif kind == "WEBP":
        picture.save(out, "WEBP", quality=88, method=4)
    else:
        picture.save(out, "PNG", compress_level=7)


def _refuse(problem: str) -> NoReturn:
    print(problem)
    sys.exit(3)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
