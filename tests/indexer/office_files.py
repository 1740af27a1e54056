"""Small Office and OpenDocument files written by hand, as few parts as a reader needs."""

import io
import zipfile

_W = "http://schemas.openxmlformats.org"
_R = f'xmlns:r="{_W}/officeDocument/2006/relationships"'
_KINDS = f"{_W}/officeDocument/2006/relationships"
_O = "urn:oasis:names:tc:opendocument:xmlns"


def archive(members: dict[str, str | bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in members.items():
            file.writestr(name, content)
    return stream.getvalue()


def _relations(*targets: tuple[str, str]) -> str:
    listed = "".join(
        f'<Relationship Id="r{n}" Type="{_KINDS}/{kind}" Target="{target}"/>'
        for n, (kind, target) in enumerate(targets, 1)
    )
    return f'<Relationships xmlns="{_W}/package/2006/relationships">{listed}</Relationships>'


def xlsx(sheets: dict[str, str], formats: str = "", **changes: str) -> bytes:
    """``sheets`` are the rows' XML by name; a name that begins with "-" is hidden. ``changes``
    replace parts."""
    names = [name.lstrip("-") for name in sheets]
    listed = "".join(
        f'<sheet name="{name}" sheetId="{n}" r:id="r{n}" '
        f'state="{"hidden" if given.startswith("-") else "visible"}"/>'
        for n, (name, given) in enumerate(zip(names, sheets, strict=True), 1)
    )
    space = f'xmlns="{_W}/spreadsheetml/2006/main"'
    count = len(names)
    targets = [("worksheet", f"worksheets/sheet{n}.xml") for n in range(1, count + 1)]
    members = {
        "_rels/.rels": _relations(("officeDocument", "xl/workbook.xml")),
        "xl/workbook.xml": f"<workbook {space} {_R}><sheets>{listed}</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": _relations(
            *targets, ("sharedStrings", "sharedStrings.xml"), ("styles", "styles.xml")
        ),
        "xl/sharedStrings.xml": f"<sst {space}><si><t>Shared</t></si>"
        "<si><r><t>two </t></r><r><t>runs</t></r><rPh><t>spoken</t></rPh></si></sst>",
        "xl/styles.xml": f"<styleSheet {space}>{formats}</styleSheet>",
    }
    for n, rows in enumerate(sheets.values(), 1):
        members[f"xl/worksheets/sheet{n}.xml"] = (
            f'<worksheet {space}><dimension ref="A1:XFD1048576"/>{rows}</worksheet>'
        )
    members.update(changes)
    return archive(dict(members))


def sheet(*rows: list[str]) -> str:
    """Rows of inline words."""
    body = "".join(
        f'<row r="{n}">'
        + "".join(f'<c t="inlineStr"><is><t>{cell}</t></is></c>' for cell in row)
        + "</row>"
        for n, row in enumerate(rows, 1)
    )
    return f"<sheetData>{body}</sheetData>"


def pptx(*slides: str, notes: str = "", hidden: int = 0) -> bytes:
    """``slides`` are the XML of their shapes; ``notes`` belong to the first."""
    p, a = f"{_W}/presentationml/2006/main", f"{_W}/drawingml/2006/main"
    spaces = f'xmlns:p="{p}" xmlns:a="{a}" {_R}'
    listed = "".join(f'<p:sldId id="{255 + n}" r:id="r{n}"/>' for n in range(1, len(slides) + 1))
    members = {
        "_rels/.rels": _relations(("officeDocument", "ppt/presentation.xml")),
        "ppt/presentation.xml": f"<p:presentation {spaces}><p:sldIdLst>{listed}</p:sldIdLst>"
        "</p:presentation>",
        "ppt/_rels/presentation.xml.rels": _relations(
            *[("slide", f"slides/slide{n}.xml") for n in range(1, len(slides) + 1)]
        ),
    }
    for n, shapes in enumerate(slides, 1):
        shown = ' show="0"' if n == hidden else ""
        members[f"ppt/slides/slide{n}.xml"] = (
            f"<p:sld {spaces}{shown}><p:cSld><p:spTree>{shapes}</p:spTree></p:cSld></p:sld>"
        )
    if notes:
        members["ppt/slides/_rels/slide1.xml.rels"] = _relations(
            ("notesSlide", "../notesSlides/notesSlide1.xml")
        )
        members["ppt/notesSlides/notesSlide1.xml"] = (
            f"<p:notes {spaces}><p:cSld><p:spTree>{shape(notes, kind='body')}"
            f"{shape('7', kind='sldNum')}</p:spTree></p:cSld></p:notes>"
        )
    return archive(dict(members))


def shape(*paragraphs: str, kind: str | None = None, facts: str = "") -> str:
    place = "" if kind is None else f'<p:nvPr><p:ph type="{kind}"/></p:nvPr>'
    body = "".join(f"<a:p>{facts}<a:r><a:t>{words}</a:t></a:r></a:p>" for words in paragraphs)
    return f"<p:sp><p:nvSpPr>{place}</p:nvSpPr><p:txBody>{body}</p:txBody></p:sp>"


def odf(kind: str, body: str, styles: str = "", **members: str) -> bytes:
    """``kind`` is text, presentation or spreadsheet."""
    names = ("office", "text", "table", "style", "draw", "presentation", "fo")
    places = {"draw": "drawing", "fo": "xsl-fo-compatible"}
    spaces = " ".join(f'xmlns:{n}="{_O}:{places.get(n, n)}:1.0"' for n in names)
    content = (
        f"<office:document-content {spaces}><office:automatic-styles>{styles}"
        f"</office:automatic-styles><office:body><office:{kind}>{body}</office:{kind}>"
        "</office:body></office:document-content>"
    )
    mimetype = f"application/vnd.oasis.opendocument.{kind}"
    return archive({"mimetype": mimetype, "content.xml": content, **members})
