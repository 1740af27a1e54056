"""XML, the Official Journal's Formex, books and e-mails: one small file a behaviour."""

import pytest

from tests.indexer.office_files import archive
from tests.indexer.test_parsers_formats import read, refused, shown

ACT = """<?xml version="1.0" encoding="UTF-8"?>
<ACT xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
 xsi:noNamespaceSchemaLocation="http://formex.publications.europa.eu/schema/formex-05.xd">
<BIB.INSTANCE><DATE ISO="20160427">20160427</DATE><LG.DOC>DE</LG.DOC></BIB.INSTANCE>
<TITLE><TI><P><HT TYPE="UC">Verordnung</HT> (EU) 2016/679
    <HT TYPE="UC">des Rates</HT></P></TI></TITLE>
<PREAMBLE><GR.CONSID><GR.CONSID.INIT>in Erwägung nachstehender Gründe:</GR.CONSID.INIT>
<CONSID><NP><NO.P>(1)</NO.P><TXT>Zweck der Richtlinie
    <NOTE NOTE.ID="E1"><P>ABl. L 281 vom
        <DATE>23.11.1995</DATE>, S. 31.</P></NOTE>, im Folgenden
    <QUOT.START CODE="201E"/>
Charta
    <QUOT.END CODE="201C"/>
) genannt (
    <REF.DOC.OJ>ABl. C 1</REF.DOC.OJ>).</TXT></NP></CONSID></GR.CONSID></PREAMBLE>
<ENACTING.TERMS><DIVISION><TITLE><TI><P>KAPITEL I</P></TI><STI><P>Allgemeines</P></STI></TITLE>
<ARTICLE IDENTIFIER="001"><TI.ART>Artikel 1</TI.ART><STI.ART>Gegenstand</STI.ART>
<PARAG><NO.PARAG>(1)</NO.PARAG><ALINEA>Diese Verordnung gilt.</ALINEA></PARAG>
<PARAG><NO.PARAG>(2)</NO.PARAG><ALINEA><P>Sie gilt nicht</P><LIST TYPE="alpha">
<ITEM><NP><NO.P>a)</NO.P><TXT>hier,</TXT></NP></ITEM>
<ITEM><NP><NO.P>b)</NO.P><TXT>dort:</TXT><P><LIST TYPE="DASH"><ITEM><P>oben</P></ITEM></LIST></P>
</NP></ITEM></LIST></ALINEA></PARAG></ARTICLE></DIVISION>
<GR.TBL><TBL><TITLE><TI><P>Tabelle 1</P></TI></TITLE><CORPUS>
<ROW TYPE="HEADER"><CELL>Jahr</CELL><CELL>Zahl</CELL></ROW>
<ROW><CELL>2024</CELL><CELL>7</CELL></ROW></CORPUS></TBL></GR.TBL></ENACTING.TERMS></ACT>
"""


def test_formex_gives_recitals_articles_points_notes_and_tables() -> None:
    document = read(ACT, "a.xml")
    assert (document.title, document.language, document.date) == (
        "Verordnung (EU) 2016/679 des Rates", "de", "2016-04-27"
    )  # fmt: skip
    assert shown(document) == [
        ("heading", 1, "Verordnung (EU) 2016/679 des Rates"),
        ("heading", 2, "in Erwägung nachstehender Gründe:"),
        ("item", 0, "(1) Zweck der Richtlinie, im Folgenden „Charta“) genannt (ABl. C 1)."),
        ("footnote", 0, "(1) ABl. L 281 vom 23.11.1995, S. 31."),
        ("heading", 2, "KAPITEL I Allgemeines"),
        ("heading", 4, "Artikel 1 Gegenstand"),
        ("item", 0, "(1) Diese Verordnung gilt."),
        ("item", 0, "(2) Sie gilt nicht"),
        ("item", 0, "a) hier,"),
        ("item", 0, "b) dort:"),
        ("item", 0, "— oben"),
        ("caption", 0, "Tabelle 1"),
        ("header", 0, "Jahr | Zahl"),
        ("row", 0, "2024 | 7"),
    ]
    page = document.pages[0]
    assert [(page.text[: n.position].splitlines()[-1], n.sign) for n in page.notes] == [
        ("(1) Zweck der Richtlinie", "1")
    ]
    assert page.blocks[3].sign == "1"


def test_other_xml_gives_its_text_in_order() -> None:
    source = """<?xml version="1.0"?><!DOCTYPE report SYSTEM "report.dtd">
    <report xml:lang="fr"><!-- a comment --><?page 3?><title>Rapport</title><section>
    <title>Portée</title><para>Un <em>texte</em> &amp; plus.&nbsp;Fin.</para><note>Voir.</note>
    <row><entry>a</entry><entry>b</entry></row></section></report>"""
    document = read(source, "a.xml")
    assert (document.title, document.language) == ("Rapport", "fr")
    assert shown(document) == [
        ("heading", 1, "Rapport"),
        ("heading", 2, "Portée"),
        ("paragraph", 0, "Un texte & plus. Fin."),
        ("footnote", 0, "Voir."),
        ("row", 0, "a | b"),
    ]


def test_a_web_page_in_xml_is_read_as_one() -> None:
    source = '<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><body><h1>T</h1></body></html>'
    assert shown(read(source, "a.xml")) == [("heading", 1, "T")]


@pytest.mark.parametrize("source", ["<a>open", '<?xml version="1.0"?>', "<a><b></a></b>"])
def test_broken_xml_is_damaged(source: str) -> None:
    assert refused(source, "a.xml")[0] == "damaged"


# Books


def book(*chapters: str, **members: str) -> bytes:
    items = "".join(
        f'<item id="c{n}" href="c%20{n}.xhtml" media-type="application/xhtml+xml"/>'
        for n in range(len(chapters))
    )
    order = "".join(f'<itemref idref="c{n}"/>' for n in reversed(range(len(chapters))))
    container = '<container><rootfiles><rootfile full-path="in/book.opf"/></rootfiles></container>'
    return archive(
        {
            "mimetype": "application/epub+zip",
            "META-INF/container.xml": container,
            "in/book.opf": f"<package><metadata><title>The book</title><language>en-GB</language>"
            f"</metadata><manifest>{items}</manifest><spine>{order}</spine></package>",
            **{f"in/c {n}.xhtml": text for n, text in enumerate(chapters)},
            **members,
        }
    )


def test_the_chapters_of_a_book_follow_its_spine() -> None:
    content = book("<html><body><h1>Second</h1><p>end</p></body></html>",
                   "<html><body><h1>First</h1></body></html>",
                   "<html><body><img src='cover.png'/></body></html>")  # fmt: skip
    document = read(content, "a.epub")
    assert (document.title, document.language) == ("The book", "en")
    assert [text for _, _, text in shown(document)] == ["First", "Second", "end"]


def test_a_book_with_copy_protection_says_so() -> None:
    reference = "<CipherReference URI='in/c%200.xhtml'/>"
    locked = f"<encryption><EncryptedData>{reference}</EncryptedData></encryption>"
    content = book("<html><body>x</body></html>", **{"META-INF/encryption.xml": locked})
    assert refused(content, "a.epub")[0] == "encrypted"


# E-mails

MAIL = """From: Ann Example <ann@example.org>
To: =?utf-8?q?J=C3=BCrgen?= <j@example.org>
Subject: =?iso-8859-1?q?Entwurf_der_Leitlinien_f=FCr_alle?=
Date: Tue, 24 Nov 2026 10:00:00 +0100
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=AA

--AA
Content-Type: multipart/alternative; boundary=BB

--BB
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: quoted-printable

Gr=C3=BC=C3=9Fe aus Athen.
--BB
Content-Type: text/html

<p>Other</p>
--BB--
--AA
Content-Type: application/pdf; name="draft.pdf"
Content-Disposition: attachment; filename="draft.pdf"
Content-Transfer-Encoding: base64

JVBERi0=
--AA
Content-Type: text/plain
Content-Disposition: attachment; filename="secret.txt"

never opened
--AA--
"""


def test_an_email_gives_its_subject_its_people_and_its_words() -> None:
    document = read(MAIL, "a.eml")
    assert (document.title, document.date) == ("Entwurf der Leitlinien für alle", "2026-11-24")
    assert shown(document) == [
        ("heading", 1, "Entwurf der Leitlinien für alle"),
        ("row", 0, "From | Ann Example <ann@example.org>"),
        ("row", 0, "To | Jürgen <j@example.org>"),
        ("row", 0, "Date | Tue, 24 Nov 2026 10:00:00 +0100"),
        ("paragraph", 0, "Grüße aus Athen."),
        ("paragraph", 0, "Attachment: draft.pdf"),
        ("paragraph", 0, "Attachment: secret.txt"),
    ]


def test_an_email_of_html_is_read_as_a_page() -> None:
    source = (
        "Subject: Hello you\nContent-Type: text/html; charset=utf-8\n\n"
        "<h1>Big</h1><p>Some <b>words</b></p><script>x()</script>"
    )
    assert shown(read(source, "a.eml")) == [
        ("heading", 1, "Hello you"),
        ("heading", 2, "Big"),
        ("paragraph", 0, "Some words"),
    ]


def test_an_encrypted_email_says_so() -> None:
    source = "Subject: x\nContent-Type: application/pkcs7-mime; name=smime.p7m\n\nAAAA"
    assert refused(source, "a.eml")[0] == "encrypted"


def test_a_text_that_is_no_email_is_a_text() -> None:
    assert shown(read("Just some words.", "a.eml")) == [("paragraph", 0, "Just some words.")]
