"""Files made to exhaust or to fool whoever reads them, through the process that reads files."""

import time
from pathlib import Path

import pytest

from indexer.parsers import Limits, ParsedDocument, UnreadableFile
from tests.factories import READER
from tests.indexer.office_files import archive, odf, pptx, shape, sheet, xlsx
from tests.indexer.test_parsers_formats import saved, zipped

QUICK = 10.0
ENTITIES = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12))
LAUGHS = f'<!DOCTYPE d [<!ENTITY e0 "ha ha ha ha ">{ENTITIES}]>'
LATE = f"<!--{'x' * 70_000}-->"


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    file = tmp_path / "secret.txt"
    file.write_text("swordfish")
    return file


def outcome(tmp_path: Path, content: bytes, name: str, limits: Limits) -> str:
    """The text, or "!" and the cause."""
    file = tmp_path / f"hostile.{name}"
    file.write_bytes(content)
    started = time.monotonic()
    try:
        document: ParsedDocument = READER.read(file, f"a.{name}", limits)[1]
        return "".join(page.text for page in document.pages)
    except UnreadableFile as error:
        return f"!{error.cause}"
    finally:
        assert time.monotonic() - started < QUICK


def with_prologue(kind: str, prologue: str) -> bytes:
    """A file of each format in which some XML begins with ``prologue`` and shows "&e11;"."""
    xml = f'<?xml version="1.0"?>{prologue}'
    match kind:
        case "xml":
            return f"{xml}<d><p>&e11;</p></d>".encode()
        case "docx":
            return zipped(word__document_xml=f"{xml}<d>&e11;</d>")
        case "odt":
            return archive({
                "mimetype": "application/vnd.oasis.opendocument.text",
                "content.xml": f"{xml}<d><body><text><p>&e11;</p></text></body></d>",
            })  # fmt: skip
        case "ods":
            return odf("spreadsheet", "", **{"styles.xml": f"{xml}<d>&e11;</d>"})
        case "pptx":
            return archive({"ppt/presentation.xml": f"{xml}<p>&e11;</p>"})
        case "xlsx":
            return xlsx({"S": sheet(["a"])}, **{"xl/sharedStrings.xml": f"{xml}<sst>&e11;</sst>"})
        case _:
            return archive({
                "mimetype": "application/epub+zip",
                "META-INF/container.xml": f"{xml}<c>&e11;</c>",
            })  # fmt: skip


KINDS = ("xml", "docx", "odt", "ods", "pptx", "xlsx", "epub")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("before", ["", LATE], ids=["at once", "late"])
def test_entities_do_not_grow(tmp_path: Path, kind: str, before: str) -> None:
    found = outcome(tmp_path, with_prologue(kind, before + LAUGHS), kind, Limits())
    assert found == "!damaged"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("where", ["SYSTEM", "PUBLIC 'x'"])
def test_no_file_of_the_machine_is_drawn_in(
    tmp_path: Path, secret: Path, kind: str, where: str
) -> None:
    prologue = f'<!DOCTYPE d [<!ENTITY e11 {where} "file://{secret}">]>'
    assert outcome(tmp_path, with_prologue(kind, prologue), kind, Limits()) == "!damaged"


def test_no_file_is_drawn_in_by_other_ways(tmp_path: Path, secret: Path) -> None:
    for source in (
        f'<!DOCTYPE d SYSTEM "file://{secret}"><d><p>words &e;</p></d>',
        f'<d xmlns:x="http://www.w3.org/2001/XInclude"><p>words</p>'
        f'<x:include href="file://{secret}" parse="text"/></d>',
        f'<?xml-stylesheet href="file://{secret}"?><d><p>words</p></d>',
    ):
        found = outcome(tmp_path, f'<?xml version="1.0"?>{source}'.encode(), "xml", Limits())
        assert found.strip() in ("words", "!damaged")


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32"])
def test_entities_in_other_encodings_do_not_grow(tmp_path: Path, encoding: str) -> None:
    source = f'<?xml version="1.0" encoding="{encoding}"?>{LAUGHS}<d>&e11;</d>'.encode(encoding)
    for name, file in (("xml", source), ("docx", archive({"word/document.xml": source}))):
        assert outcome(tmp_path, file, name, Limits()).startswith("!")


@pytest.mark.parametrize("kind", ["xlsx", "pptx", "odt", "epub", "docx"])
def test_a_zip_bomb_is_refused_in_every_format(tmp_path: Path, kind: str) -> None:
    large = "0" * 60_000_000
    content = {
        "xlsx": lambda: xlsx({"S": sheet(["a"])}, **{"xl/media/x.bin": large}),
        "pptx": lambda: archive({"ppt/presentation.xml": "<p/>", "x": large}),
        "odt": lambda: odf("text", "<text:p>x</text:p>", x=large),
        "epub": lambda: archive({"META-INF/container.xml": "<c/>", "x": large}),
        "docx": lambda: zipped(word__document_xml="<d/>", media=large),
    }[kind]()
    assert outcome(tmp_path, content, kind, Limits()) == "!too_large"


@pytest.mark.parametrize("depth", [5_000, 200_000])
def test_deep_nesting_is_refused_or_read(tmp_path: Path, depth: int) -> None:
    xml = f'<?xml version="1.0"?>{"<d>" * depth}deep words{"</d>" * depth}'.encode()
    assert outcome(tmp_path, xml, "xml", Limits()) == "!damaged"
    nested = "<text:section>" * depth + "<text:p>deep words</text:p>" + "</text:section>" * depth
    assert outcome(tmp_path, odf("text", nested), "odt", Limits()) == "!damaged"
    groups = "<p:grpSp>" * depth + shape("deep words") + "</p:grpSp>" * depth
    assert outcome(tmp_path, pptx(groups), "pptx", Limits()) == "!damaged"


def test_parts_within_parts_without_end(tmp_path: Path) -> None:
    depth = 1_000
    head = "".join(
        f"Content-Type: multipart/mixed; boundary=b{n}\n\n--b{n}\n" for n in range(depth)
    )
    content = f"Subject: deep\n{head}Content-Type: text/plain\n\nwords\n".encode()
    assert outcome(tmp_path, content, "eml", Limits()) == "!damaged"


def test_a_million_rows_are_refused_and_empty_ones_are_nothing(tmp_path: Path) -> None:
    limits = Limits(max_expansion=10_000)
    row = "<row><c t='inlineStr'><is><t>a</t></is></c></row>"
    full = xlsx({"S": f"<sheetData>{row * 1_000_000}</sheetData>"})
    assert outcome(tmp_path, full, "xlsx", limits) == "!too_large"
    empty = xlsx({"S": f"<sheetData>{'<row/>' * 200_000}{row}</sheetData>"})
    assert outcome(tmp_path, empty, "xlsx", limits) == "S\na\n"


def test_a_sheet_as_wide_as_it_says_is_not_laid_out(tmp_path: Path) -> None:
    cell = '<c r="XFD1" t="inlineStr"><is><t>far</t></is></c>'
    content = xlsx({"S": f'<sheetData><row r="1048576">{cell}</row></sheetData>'})
    assert outcome(tmp_path, content, "xlsx", Limits()) == "!too_large"
    nothing = xlsx({"S": '<sheetData><row r="1048576"/></sheetData>'})
    assert outcome(tmp_path, nothing, "xlsx", Limits()) == "!no_text"


def paged(count: int, kids: str) -> bytes:
    body = (
        "%PDF-1.4\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n"
        f"2 0 obj\n<< /Type /Pages /Count {count} /Kids [{kids}] >>\nendobj\n"
        "3 0 obj\n<< /Type /Page /Parent 2 0 R /MediaBox [0 0 99 99] >>\nendobj\n"
        "trailer\n<< /Size 4 /Root 1 0 R >>\n"
    )
    return body.encode()


@pytest.mark.parametrize("kids", ["3 0 R", "3 0 R " * 6_000, "2 0 R " * 50])
def test_a_pdf_with_more_pages_than_it_has(tmp_path: Path, kids: str) -> None:
    for count in (6_000, 2_000_000_000, -5):
        found = outcome(tmp_path, paged(count, kids), "pdf", Limits())
        assert found in ("!too_large", "!damaged", "!no_text")


def test_a_table_within_a_table_without_end(tmp_path: Path) -> None:
    import docx

    document = docx.Document()
    cell = document.add_table(rows=1, cols=1).cell(0, 0)
    for _ in range(60):
        cell = cell.add_table(rows=1, cols=1).cell(0, 0)
    cell.text = "deep words"
    assert outcome(tmp_path, saved(document), "docx", Limits()) == "deep words\n"
