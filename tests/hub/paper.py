"""A small PDF made by hand: text lines on A5 pages."""

from collections.abc import Sequence

WIDTH, HEIGHT = 420, 595


def pdf(pages: Sequence[Sequence[str]], size: tuple[int, int] = (WIDTH, HEIGHT)) -> bytes:
    """Each page is a list of ASCII lines, set in 12 point Helvetica from the top."""
    kids = " ".join(f"{4 + 2 * index} 0 R" for index in range(len(pages)))
    bodies = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Count {len(pages)} /Kids [{kids}] >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    for index, lines in enumerate(pages):
        bodies += [_page(5 + 2 * index, size), _content(lines, size[1])]
    return _assembled(bodies)


def _page(content: int, size: tuple[int, int]) -> str:
    return (
        f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {size[0]} {size[1]}] "
        f"/Resources << /Font << /F1 3 0 R >> >> /Contents {content} 0 R >>"
    )


def _content(lines: Sequence[str], height: int) -> str:
    escaped = [line.replace("(", r"\(").replace(")", r"\)") for line in lines]
    shown = "".join(f"({line}) Tj 0 -16 Td\n" for line in escaped)
    stream = f"BT /F1 12 Tf 40 {height - 60} Td\n{shown}ET"
    return f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream"


def _assembled(bodies: Sequence[str]) -> bytes:
    out, offsets = b"%PDF-1.4\n", []
    for number, body in enumerate(bodies, 1):
        offsets.append(len(out))
        out += f"{number} 0 obj\n{body}\nendobj\n".encode("ascii")
    table = "".join(f"{offset:010d} 00000 n \n" for offset in offsets)
    count = len(bodies) + 1
    first = f"xref\n0 {count}\n0000000000 65535 f \n"
    trailer = f"{first}{table}trailer\n<< /Size {count} /Root 1 0 R >>"
    return out + f"{trailer}\nstartxref\n{len(out)}\n%%EOF\n".encode("ascii")
