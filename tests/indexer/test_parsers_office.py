"""Texts, slides and spreadsheets of Office and OpenDocument: one small file a behaviour."""

import docx
import pytest
from docx.oxml import OxmlElement
from docx.oxml.ns import qn

from indexer.parsers import Limits
from tests.indexer.office_files import archive, odf, pptx, shape, sheet, xlsx
from tests.indexer.test_parsers_formats import read, refused, saved, shown

P = '<text:p text:style-name="{}">{}</text:p>'


# OpenDocument texts


def test_an_odt_keeps_headings_lists_tables_and_captions() -> None:
    body = (
        '<text:h text:outline-level="2">Scope</text:h>'
        "<text:p>Some <text:span>plain</text:span><text:s/>words<text:tab/>here.</text:p>"
        "<text:list><text:list-item><text:p>first point</text:p><text:p>its rest</text:p>"
        "</text:list-item></text:list>"
        + P.format("Caption", "Table 1: Partners")
        + "<table:table><table:table-header-rows><table:table-row><table:table-cell>"
        "<text:p>Name</text:p></table:table-cell><table:table-cell><text:p>Country</text:p>"
        "</table:table-cell></table:table-row></table:table-header-rows><table:table-row>"
        "<table:table-cell><text:p>KEMEA</text:p></table:table-cell><table:table-cell>"
        "<text:p>Greece</text:p></table:table-cell></table:table-row></table:table>"
    )
    assert shown(read(odf("text", body), "a.odt")) == [
        ("heading", 2, "Scope"),
        ("paragraph", 0, "Some plain words here."),
        ("item", 0, "first point"),
        ("paragraph", 0, "its rest"),
        ("caption", 0, "Table 1: Partners"),
        ("header", 0, "Name | Country"),
        ("row", 0, "KEMEA | Greece"),
    ]


def test_a_first_row_in_bold_names_the_columns() -> None:
    bold = (
        '<style:style style:name="B"><style:text-properties fo:font-weight="bold"/></style:style>'
    )
    rows = "".join(
        f"<table:table-row>{''.join(f'<table:table-cell>{c}</table:table-cell>' for c in cells)}"
        "</table:table-row>"
        for cells in (
            [
                P.format("B", "Name"),
                '<text:p><text:span text:style-name="B">Age</text:span></text:p>',
            ],
            [P.format("", "Ann"), P.format("", "44")],
        )
    )
    content = odf("text", f"<table:table>{rows}</table:table>", bold)
    assert [kind for kind, _, _ in shown(read(content, "a.odt"))] == ["header", "row"]


def test_a_footnote_of_an_odt_stands_apart_and_is_linked() -> None:
    note = (
        '<text:note text:note-class="footnote"><text:note-citation>1</text:note-citation>'
        "<text:note-body><text:p>OJ L 119.</text:p></text:note-body></text:note>"
    )
    document = read(odf("text", f"<text:p>The Act{note} applies.</text:p>"), "a.odt")
    assert shown(document) == [("paragraph", 0, "The Act applies."), ("footnote", 0, "1 OJ L 119.")]
    page = document.pages[0]
    assert [(page.text[: note.position], note.sign) for note in page.notes] == [("The Act", "1")]
    assert page.blocks[1].sign == "1"


def test_what_an_odt_does_not_show_is_not_read() -> None:
    hidden = (
        '<style:style style:name="H"><style:text-properties text:display="none"/></style:style>'
    )
    body = (
        "<text:tracked-changes><text:p>deleted</text:p></text:tracked-changes>"
        "<text:p>shown<office:annotation><text:p>comment</text:p></office:annotation>"
        '<text:span text:style-name="H"> secret</text:span></text:p>' + P.format("H", "secret")
    )
    assert shown(read(odf("text", body, hidden), "a.odt")) == [("paragraph", 0, "shown")]


def test_an_opendocument_file_with_a_password_says_so() -> None:
    manifest = {"META-INF/manifest.xml": "<m><encryption-data/></m>"}
    content = odf("text", "<text:p>x</text:p>", **manifest)
    assert refused(content, "a.odt")[0] == "encrypted"


# Slides


def test_slides_are_pages_with_their_title_and_their_notes_apart() -> None:
    group = f"<p:grpSp><p:grpSp>{shape('inner')}</p:grpSp>{shape('outer')}</p:grpSp>"
    table = (
        '<p:graphicFrame><a:graphic><a:graphicData><a:tbl><a:tblPr firstRow="1"/>'
        + "".join(
            f"<a:tr>{''.join(f'<a:tc><a:txBody><a:p><a:r><a:t>{c}</a:t></a:r></a:p></a:txBody></a:tc>' for c in row)}</a:tr>"  # noqa: E501
            for row in (["Name", "Country"], ["KEMEA", "Greece"])
        )
        + "</a:tbl></a:graphicData></a:graphic></p:graphicFrame>"
    )
    first = shape("one", "two", kind="body") + shape("The title", kind="title") + group
    content = pptx(first, shape("never shown"), table + shape("12", kind="sldNum"),
                   notes="Say hello.", hidden=2)  # fmt: skip
    document = read(content, "a.pptx")
    assert document.has_pages
    assert [page.number for page in document.pages] == [1, 2, 3]
    assert document.pages[1].text == ""
    assert shown(document) == [
        ("heading", 1, "The title"),
        ("item", 0, "one"),
        ("item", 0, "two"),
        ("paragraph", 0, "inner"),
        ("paragraph", 0, "outer"),
        ("footnote", 0, "Say hello."),
        ("header", 0, "Name | Country"),
        ("row", 0, "KEMEA | Greece"),
    ]


def test_slides_of_an_odp_are_pages() -> None:
    slide = (
        '<draw:page draw:name="p"><draw:frame><draw:text-box><text:p>words</text:p>'
        '</draw:text-box></draw:frame><draw:frame presentation:class="title"><draw:text-box>'
        "<text:p>Title</text:p></draw:text-box></draw:frame><presentation:notes><draw:frame>"
        "<draw:text-box><text:p>aside</text:p></draw:text-box></draw:frame></presentation:notes>"
        "</draw:page>"
    )
    document = read(odf("presentation", slide * 2), "a.odp")
    assert (document.has_pages, len(document.pages)) == (True, 2)
    assert shown(document)[:3] == [
        ("heading", 1, "Title"),
        ("paragraph", 0, "words"),
        ("footnote", 0, "aside"),
    ]


# Spreadsheets


def test_a_workbook_gives_its_visible_sheets_as_tables() -> None:
    sheets = {
        "Partners": sheet(["Members of the project"], ["Name", "Country"], ["KEMEA", "Greece"]),
        "-Salaries": sheet(["secret", "secret"]),
        "More": sheet(["a", "b"]),
    }
    assert shown(read(xlsx(sheets), "a.xlsx")) == [
        ("heading", 1, "Partners"),
        ("caption", 0, "Members of the project"),
        ("header", 0, "Name | Country"),
        ("row", 0, "KEMEA | Greece"),
        ("heading", 1, "More"),
        ("row", 0, "a | b"),
    ]


def test_cells_show_what_the_program_showed() -> None:
    formats = (
        '<numFmts><numFmt numFmtId="164" formatCode="dd/mm/yyyy"/>'
        '<numFmt numFmtId="165" formatCode="&quot;days&quot; 0.0%"/></numFmts><cellXfs>'
        '<xf numFmtId="0"/><xf numFmtId="164"/><xf numFmtId="9"/><xf numFmtId="165"/>'
        '<xf numFmtId="22"/></cellXfs>'
    )
    cells = (
        '<c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c>'
        '<c r="D1"><f>SUM(X1:X9)</f><v>0.30000000000000004</v></c>'
        '<c r="E1" s="1"><v>45457</v></c><c r="F1" s="2"><v>0.5</v></c>'
        '<c r="G1" s="3"><v>0.125</v></c><c r="H1" s="4"><v>45457.75</v></c>'
        '<c r="I1" t="b"><v>1</v></c><c r="J1" t="str"><f>A1</f><v>made</v></c>'
        '<c r="K1"><v>1234567</v></c><c r="L1" t="e"><v>#REF!</v></c><c r="M1" t="s"><v>99</v></c>'
    )
    rows = f'<cols><col min="2" max="2" hidden="1"/></cols><sheetData><row r="1">{cells}</row>'
    rows += '<row r="2" hidden="1"><c t="inlineStr"><is><t>secret</t></is></c></row></sheetData>'
    assert shown(read(xlsx({"Sheet1": rows}, formats), "a.xlsx")) == [
        ("row", 0, "Shared | | 0.3 | 2024-06-14 | 50% | 12.5% | 2024-06-14 18:00 | TRUE | made | "
                   "1234567 | #REF!"),
    ]  # fmt: skip


def test_an_ods_gives_what_it_shows_and_repeats_no_emptiness() -> None:
    def cell(words: str, repeated: int = 1) -> str:
        paragraph = f"<text:p>{words}</text:p>" if words else ""
        return (
            f'<table:table-cell table:number-columns-repeated="{repeated}">{paragraph}'
            "</table:table-cell>"
        )

    rows = (
        f"<table:table-row>{cell('Year')}{cell('Share')}{cell('', 16000)}</table:table-row>"
        f'<table:table-row table:number-rows-repeated="2">{cell("2024")}{cell("12 %")}'
        "</table:table-row>"
        f'<table:table-row table:visibility="filter">{cell("secret")}</table:table-row>'
        f'<table:table-row table:number-rows-repeated="1048000">{cell("", 16384)}'
        "</table:table-row>"
    )
    hidden = (
        '<style:style style:name="H"><style:table-properties table:display="false"/></style:style>'
    )
    body = (
        f'<table:table table:name="Figures">{rows}</table:table>'
        f'<table:table table:name="Secret" table:style-name="H">{rows}</table:table>'
    )
    assert shown(read(odf("spreadsheet", body, hidden), "a.ods")) == [
        ("heading", 1, "Figures"),
        ("header", 0, "Year | Share"),
        ("row", 0, "2024 | 12 %"),
        ("row", 0, "2024 | 12 %"),
    ]


@pytest.mark.parametrize("mark", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8-sig", "latin-1", "utf-16"])
def test_separated_values_are_one_table(mark: str, encoding: str) -> None:
    lines = [
        ["Name", "Größe"],
        ["A, B" if mark != "," else '"A, B"', "1,5" if mark != "," else "2"],
    ]
    content = "\r\n".join(mark.join(line) for line in lines).encode(encoding)
    found = shown(read(content, "a.csv"))
    assert found[0] == ("header", 0, "Name | Größe")
    assert found[1][2].startswith("A, B | ")


@pytest.mark.parametrize("make", ["xlsx", "csv", "ods"])
def test_a_sheet_that_is_too_long_is_refused(make: str) -> None:
    limits = Limits(max_rows=1000)
    if make == "xlsx":
        content = xlsx({"S": sheet(*[["a", "b"]] * 1001)})
    elif make == "csv":
        content = b"a,b\n" * 1001
    else:
        row = '<table:table-row table:number-rows-repeated="1000000"><table:table-cell><text:p>a'
        row += "</text:p></table:table-cell></table:table-row>"
        content = odf("spreadsheet", f"<table:table>{row}</table:table>")
    assert refused(content, f"a.{make}", limits)[0] == "too_large"


# Word


def word_table(bold: bool, repeats: bool) -> bytes:
    document = docx.Document()
    table = document.add_table(rows=2, cols=2)
    for place, words in enumerate(("Name", "Country", "KEMEA", "Greece")):
        run = table.cell(place // 2, place % 2).paragraphs[0].add_run(words)
        run.bold = (bold and place < 2) or None
    if repeats:
        table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
    document.add_paragraph("Table 1: Partners", style="Caption")
    return saved(document)


@pytest.mark.parametrize(("bold", "repeats"), [(True, False), (False, True), (False, False)])
def test_word_tells_which_row_names_the_columns(bold: bool, repeats: bool) -> None:
    first = "header" if bold or repeats else "row"
    assert shown(read(word_table(bold, repeats), "a.docx")) == [
        (first, 0, "Name | Country"),
        ("row", 0, "KEMEA | Greece"),
        ("caption", 0, "Table 1: Partners"),
    ]


def test_hidden_words_of_a_word_file_are_not_read() -> None:
    document = docx.Document()
    paragraph = document.add_paragraph("shown")
    paragraph.add_run(" secret").font.hidden = True
    assert shown(read(saved(document), "a.docx")) == [("paragraph", 0, "shown")]


def test_the_notes_of_a_word_file_are_numbered_as_they_are_referred_to() -> None:
    document = docx.Document()
    paragraph = document.add_paragraph("Second")
    for number in ("5", "3"):
        mark = OxmlElement("w:footnoteReference")
        mark.set(qn("w:id"), number)
        paragraph.add_run()._r.append(mark)
        paragraph.add_run(" word")
    content = with_notes(saved(document), {"3": "third", "5": "fifth", "9": "unused"})
    read_again = read(content, "a.docx")
    assert shown(read_again) == [
        ("paragraph", 0, "Second word word"),
        ("footnote", 0, "1 fifth"),
        ("footnote", 0, "2 third"),
    ]
    page = read_again.pages[0]
    assert [(page.text[: n.position], n.sign) for n in page.notes] == [
        ("Second", "1"),
        ("Second word", "2"),
    ]
    assert [block.sign for block in page.blocks] == ["", "1", "2"]


def with_notes(content: bytes, notes: dict[str, str]) -> bytes:
    """A Word file with a part for its footnotes."""
    import io
    import zipfile

    with zipfile.ZipFile(io.BytesIO(content)) as file:
        members = {name: file.read(name) for name in file.namelist()}
    space = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    listed = "".join(
        f'<w:footnote w:id="{number}"><w:p><w:r><w:t>{words}</w:t></w:r></w:p></w:footnote>'
        for number, words in notes.items()
    )
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/footnotes"
    relations = members["word/_rels/document.xml.rels"].decode()
    members |= {
        "word/footnotes.xml": f"<w:footnotes {space}>{listed}</w:footnotes>".encode(),
        "word/_rels/document.xml.rels": relations.replace(
            "</Relationships>",
            f'<Relationship Id="rNotes" Type="{kind}" Target="footnotes.xml"/></Relationships>',
        ).encode(),
        "[Content_Types].xml": members["[Content_Types].xml"].replace(
            b"</Types>",
            b'<Override PartName="/word/footnotes.xml" ContentType="application/vnd.openxml'
            b'formats-officedocument.wordprocessingml.footnotes+xml"/></Types>',
        ),
    }
    return archive(dict(members))
