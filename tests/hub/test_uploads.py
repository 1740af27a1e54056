"""Uploads: what is taken, what is left of it, and who may open it."""

import io
import os
import struct
import zlib
from datetime import timedelta

import pypdfium2
import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from hub.clock import now
from hub.config import MissingSetting, settings
from hub.extensions import db, limiter
from hub.forum import operations as forum
from hub.forum.models import Board, Post, State
from hub.own_data import content
from hub.own_data.content import Choice
from hub.uploads import keeping, operations
from hub.uploads.models import Attachment, Upload
from hub.uploads.naming import file_name, markdown_for
from hub.uploads.sniffing import MediaType
from knowledge.access import ANYONE, reader_of
from tests.hub.at_once import at_once
from tests.hub.paper import pdf
from tests.hub.rooms import Rooms

JSON = {"Accept": "application/json"}
SECRET = b"Hidden Waxwing"
MEMBER = reader_of(is_member=True)


@pytest.fixture(autouse=True)
def counters(app):
    with app.app_context():
        limiter.reset()


@pytest.fixture
def rooms(app):
    return Rooms(app)


@pytest.fixture
def board(rooms):
    return rooms.board()


@pytest.fixture
def mira(people):
    return people.add("Mira")


@pytest.fixture
def client(people, board, mira):
    return people.client(mira)


def picture(kind="PNG", size=(40, 30), **options):
    out = io.BytesIO()
    image = Image.new("RGB", size, "red")
    image.putpixel((0, 0), (0, 0, 255))
    image.save(out, kind, **options)
    return out.getvalue()


def send(client, content, name="photo.png"):
    """Put together in memory: the test client leaves the files open in which it does that."""
    boundary, body = encode_multipart({"file": FileStorage(io.BytesIO(content), name)})
    kind = f'multipart/form-data; boundary="{boundary}"'
    return client.post("/forum/uploads", data=body, content_type=kind, headers=JSON)


def sent(client, content=None, name="photo.png"):
    answer = send(client, picture() if content is None else content, name)
    assert answer.status_code == 200, answer.text
    return answer.json["id"]


def opened(client, upload):
    return client.get(f"/forum/uploads/{upload}", buffered=True)


def kept(client, content, name="photo.png"):
    answer = opened(client, sent(client, content, name))
    assert answer.status_code == 200
    return answer.data


def attach(app, post, uploads, person, reader=MEMBER):
    with app.app_context():
        carrier = db.session.get_one(Post, post)
        refused = operations.attach(db.session(), carrier, uploads, person, reader, now())
        db.session.commit()
    return refused


def hostile_pdf(catalog="", page="", more=()):
    """A page with what a page must not carry."""
    bodies = [
        f"<< /Type /Catalog /Pages 2 0 R {catalog} >>",
        "<< /Type /Pages /Count 1 /Kids [3 0 R] >>",
        f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] /Contents 4 0 R {page} "
        "/Resources << /Font << /F1 5 0 R /AA 5 0 R >> >> >>",
        "<< /Length 35 >>\nstream\nBT /AA 12 Tf 20 100 Td (Seen) Tj ET\nendstream",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        *more,
    ]
    out, offsets = b"%PDF-1.7\n", []
    for number, body in enumerate(bodies, 1):
        offsets.append(len(out))
        out += f"{number} 0 obj\n{body}\nendobj\n".encode("latin-1")
    table = "".join(f"{offset:010d} 00000 n \n" for offset in offsets)
    head = f"xref\n0 {len(bodies) + 1}\n0000000000 65535 f \n{table}"
    tail = (
        f"trailer\n<< /Size {len(bodies) + 1} /Root 1 0 R /Info << /Author (Hidden Waxwing) >> >>"
    )
    return out + f"{head}{tail}\nstartxref\n{len(out)}\n%%EOF\n".encode("latin-1")


def words_of(content):
    return pypdfium2.PdfDocument(content)[0].get_textpage().get_text_range()


# What is taken


@pytest.mark.parametrize(
    ("kind", "becomes"),
    [("PNG", "PNG"), ("JPEG", "JPEG"), ("WEBP", "WEBP"), ("GIF", "PNG")],
)
def test_pictures_are_taken_by_what_they_are(client, kind, becomes):
    answer = opened(client, sent(client, picture(kind), "whatever.txt"))
    with Image.open(io.BytesIO(answer.data)) as image:
        assert (image.format, image.size) == (becomes, (40, 30))
    assert answer.mimetype == Image.MIME[becomes]


@pytest.mark.parametrize(
    "content",
    [
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"<html><script>alert(1)</script>",
        b"MZ\x90\x00",
        b"PK\x03\x04",
        b"BM" + bytes(100),
        b"just text",
    ],
)
def test_nothing_else_is_taken_whatever_it_is_called(client, content):
    answer = send(client, content, "photo.png")
    assert answer.status_code == 422
    assert "PNG" in answer.json["problem"]


def test_an_empty_file_and_none_are_refused_with_words(client):
    assert send(client, b"").status_code == 422
    answer = client.post("/forum/uploads", data={})
    assert answer.status_code == 422
    assert "Choose another one" in answer.text


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF"])
def test_a_truncated_picture_is_refused(client, kind):
    whole = picture(kind, (400, 300))
    assert send(client, whole[: len(whole) // 3]).status_code == 422


def test_a_bomb_of_pixels_is_refused_before_it_is_decoded(client):
    def chunk(name, body):
        return (
            struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        )

    head = struct.pack(">IIBBBBB", 60_000, 60_000, 1, 0, 0, 0, 0)
    rows = zlib.compress(bytes(7_501 * 1_000), 9)
    bomb = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
    answer = send(client, bomb)
    assert answer.status_code == 422
    assert "pixels" in answer.json["problem"]


def test_a_bomb_of_text_in_a_picture_is_refused(client):
    note = PngInfo()
    note.add_text("Comment", "A" * 300_000_000, zip=True)
    answer = send(client, picture(pnginfo=note))
    assert answer.status_code == 422


def test_a_bomb_in_a_pdf_ends_within_its_bounds(client):
    rows = zlib.compress(zlib.compress(bytes(600_000_000), 9), 9)
    stream = f"<< /Filter [/FlateDecode /FlateDecode] /Length {len(rows)} >>\nstream\n"
    body = stream + rows.decode("latin-1") + "\nendstream"
    bomb = hostile_pdf(more=[body]).replace(b"/Contents 4 0 R", b"/Contents 6 0 R")
    assert send(client, bomb, "a.pdf").status_code in (200, 422)


def test_a_file_larger_than_allowed_is_refused(app, client):
    app.config["UPLOAD_SIZE"] = 1_000
    answer = send(client, picture(size=(40, 30)) + bytes(2_000))
    assert answer.status_code == 422
    app.config["MAX_CONTENT_LENGTH"] = 100
    assert send(client, bytes(5_000)).status_code == 413


def test_files_may_be_larger_than_other_forms(app, client):
    big = picture() + os.urandom(2_000_000)
    assert send(client, big).status_code == 200
    assert client.post("/forum/bookmarks", data={"x": "x" * 2_000_000}).status_code in (405, 413)


def test_whoever_is_not_signed_in_sends_nothing(app, board):
    stranger = app.test_client()
    assert send(stranger, picture()).status_code == 401
    app.config.update(MAX_CONTENT_LENGTH=2_000, WTF_CSRF_ENABLED=True)
    assert send(stranger, os.urandom(4_000)).status_code == 413


def test_whoever_may_write_nowhere_sends_nothing(app, rooms, people, mira):
    with app.app_context():
        db.session.query(Board).delete()
        db.session.commit()
    rooms.board("Staff", "staff")
    assert send(people.client(mira), picture()).status_code == 403


def test_the_quota_holds_also_for_many_at_once(app, people, mira, client):
    size = len(kept(client, picture("PNG", (500, 500))))
    app.config["UPLOAD_QUOTA"] = size * 3 + size // 2
    clients = [people.client(mira) for _ in range(4)]
    answers = at_once(*(lambda one=one: send(one, picture("PNG", (500, 500))) for one in clients))
    assert sorted(answer.status_code for answer in answers) == [200, 200, 422, 422]


def test_so_many_that_no_post_carries_are_enough(client, monkeypatch):
    monkeypatch.setattr(operations, "MOST_LOOSE", 1)
    sent(client)
    assert send(client, picture()).status_code == 422


# What is left of it


def test_nothing_but_pixels_is_left_of_a_photograph(client):
    exif = Image.Exif()
    exif[0x010F], exif[0x8298] = "Hidden Waxwing", "Hidden Waxwing"
    exif.get_ifd(0x8825)[1] = "N"
    options = {"exif": exif, "comment": SECRET, "xmp": b"<x>Hidden Waxwing</x>"}
    content = picture("JPEG", **options) + SECRET * 10
    assert content.count(SECRET) > 11
    left = kept(client, content, "Hidden.jpg")
    assert SECRET not in left
    with Image.open(io.BytesIO(left)) as image:
        assert not image.getexif()
        assert not {"comment", "icc_profile", "xmp", "exif"} & image.info.keys()


def test_nothing_but_pixels_is_left_of_a_drawing(client):
    note = PngInfo()
    note.add_text("Author", SECRET.decode())
    note.add_itxt("XML:com.adobe.xmp", SECRET.decode())
    left = kept(client, picture(pnginfo=note, icc_profile=SECRET) + b"<script>" + SECRET)
    assert SECRET not in left
    assert b"<script" not in left


def test_a_picture_that_a_flag_turns_is_turned(client):
    exif = Image.Exif()
    exif[0x0112] = 6
    with Image.open(io.BytesIO(kept(client, picture("JPEG", exif=exif)))) as image:
        assert image.size == (30, 40)


def test_of_an_animation_the_first_picture_is_kept_and_said(client):
    out, frames = io.BytesIO(), [Image.new("RGB", (9, 9), colour) for colour in ("red", "blue")]
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:])
    answer = send(client, out.getvalue())
    assert "first picture" in answer.json["said"]
    with Image.open(io.BytesIO(opened(client, answer.json["id"]).data)) as image:
        assert getattr(image, "n_frames", 1) == 1


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "I;16", "CMYK"])
def test_every_way_to_hold_pixels_is_taken(client, mode):
    out = io.BytesIO()
    Image.new(mode, (20, 10)).save(out, "JPEG" if mode == "CMYK" else "PNG")
    with Image.open(io.BytesIO(kept(client, out.getvalue()))) as image:
        assert image.size == (20, 10)


XMP = "<< /Type /Metadata /Subtype /XML /Length 14 >>\nstream\nHidden Waxwing\nendstream"
SCRIPT = "<< /S /JavaScript /JS (app.alert\\('Hidden Waxwing'\\)) >>"


@pytest.mark.parametrize(
    "parts",
    [
        {},
        {"catalog": "/Metadata 6 0 R", "more": [XMP]},
        {"page": "/Metadata 6 0 R", "more": [XMP]},
        {"page": "/PieceInfo << /App << /Private (Hidden Waxwing) >> >>"},
        {"catalog": f"/OpenAction {SCRIPT}"},
        {"page": f"/AA << /O {SCRIPT} >>"},
        {"page": f"/Meta#64ata 6 0 R /A#41 << /C {SCRIPT} >>", "more": [XMP]},
        {"catalog": f"/Names << /JavaScript << /Names [(x) {SCRIPT}] >> >>"},
        {"page": f"/Annots [<< /Type /Annot /Subtype /Link /Rect [0 0 9 9] /A {SCRIPT} >>]"},
        {
            "page": "/Annots [<< /Type /Annot /Subtype /Link /Rect [0 0 9 9] "
            "/A << /S /Launch /F (Hidden Waxwing) >> >>]"
        },
        {
            "catalog": "/Names << /EmbeddedFiles << /Names [(x) << /Type /Filespec /F (x) "
            "/EF << /F 6 0 R >> >>] >> >>",
            "more": ["<< /Type /EmbeddedFile /Length 14 >>\nstream\nHidden Waxwing\nendstream"],
        },
    ],
)
def test_of_a_pdf_its_pages_are_left(client, parts):
    hostile = hostile_pdf(**parts)
    assert SECRET in hostile
    left = kept(client, hostile, "a.pdf")
    assert SECRET not in left
    for name in (b"/JS", b"/JavaScript", b"/Launch", b"/OpenAction", b"/EmbeddedFile", b"/AA <<"):
        assert name not in left
    assert words_of(left).strip() == "Seen"


def test_exif_of_photographs_in_a_pdf_is_gone(client):
    exif = Image.Exif()
    exif[0x010F] = "Hidden Waxwing"
    photo = picture("JPEG", (30, 20), exif=exif).decode("latin-1")
    body = (
        "<< /Type /XObject /Subtype /Image /Width 30 /Height 20 /ColorSpace /DeviceRGB "
        f"/BitsPerComponent 8 /Filter /DCTDecode /Length {len(photo)} >>\n"
        f"stream\n{photo}\nendstream"
    )
    hostile = hostile_pdf(more=[body]).replace(
        b"/AA 5 0 R >>", b"/AA 5 0 R >> /XObject << /P 6 0 R >>"
    )
    left = kept(client, hostile, "a.pdf")
    assert SECRET not in left
    assert b"\xff\xd8\xff" in left


def test_a_pdf_with_a_password_and_half_a_pdf_are_refused(client):
    whole = pdf([["A page"]])
    assert send(client, whole[: len(whole) // 2], "a.pdf").status_code == 422
    assert send(client, b"%PDF-1.7\n" + os.urandom(500), "a.pdf").status_code == 422


def test_real_pdf_files_are_taken_or_refused_but_never_kept_with_their_metadata(
    client, shared_data
):
    for path in sorted((shared_data / "files").glob("*.pdf"))[:12]:
        answer = send(client, path.read_bytes(), path.name)
        assert answer.status_code in (200, 422), path.name
        if answer.status_code == 200:
            left = opened(client, answer.json["id"]).data
            found = pypdfium2.PdfDocument(left).get_metadata_dict(skip_empty=True)
            assert found.keys() <= {"Creator", "Producer", "CreationDate"}
            assert found["Creator"] == "PDFium"


# The check


def check_with(app, tmp_path, line):
    script = tmp_path / "check.sh"
    script.write_text(f"#!/bin/sh\n{line}\n")
    script.chmod(0o755)
    app.config["UPLOAD_CHECK"] = [str(script), "--quietly"]


def test_the_check_sees_the_file_as_it_came(app, client, tmp_path):
    check_with(app, tmp_path, 'grep -q "Hidden Waxwing" "$2" && exit 1; exit 0')
    assert send(client, picture()).status_code == 200
    answer = send(client, picture() + SECRET)
    assert answer.status_code == 422
    assert "harmful" in answer.json["problem"]


def test_the_check_learns_no_secret_of_the_hub(app, client, tmp_path, monkeypatch):
    monkeypatch.setenv("HUB_SECRET_KEY", "Hidden Waxwing")
    check_with(app, tmp_path, "env | grep -q Waxwing && exit 1; exit 0")
    assert send(client, picture()).status_code == 200


def test_without_its_check_nothing_is_taken(app, client):
    app.config["UPLOAD_CHECK"] = ["/nowhere/to/be/found"]
    assert send(client, picture()).status_code == 422


@pytest.mark.parametrize(
    "environ",
    [
        {"HUB_UPLOAD_SIZE": "0"},
        {"HUB_UPLOAD_SIZE": "ten"},
        {"HUB_UPLOAD_QUOTA": "-1"},
        {"HUB_UPLOAD_CHECK": "clamdscan 'half"},
    ],
)
def test_settings_that_make_no_sense_stop_the_hub(tmp_path, environ):
    with pytest.raises(MissingSetting, match=next(iter(environ))):
        settings({"HUB_DATA": str(tmp_path), **environ})


# Names


@pytest.mark.parametrize(
    ("typed", "media_type", "kept_as"),
    [
        ("photo.PNG", MediaType.PNG, "photo.png"),
        ("evil.pdf.exe", MediaType.PDF, "evil.pdf"),
        ("../../etc/passwd", MediaType.PNG, "passwd.png"),
        ("C:\\fakepath\\plan.pdf", MediaType.PDF, "plan.pdf"),
        ("exe\u202egnp.pdf", MediaType.PDF, "exegnp.pdf"),
        ("a\r\nSet-Cookie: x.png", MediaType.PNG, "a Set-Cookie_ x.png"),
        ("", MediaType.PNG, "picture.png"),
        ("...", MediaType.PDF, "document.pdf"),
        ("Ευρώπη 2026.jpeg", MediaType.JPEG, "Ευρώπη 2026.jpg"),
        ("\udcff\x00.png", MediaType.PNG, "picture.png"),
    ],
)
def test_names_are_kept_without_what_a_name_must_not_hold(typed, media_type, kept_as):
    assert file_name(typed, media_type) == kept_as


def test_a_long_name_fits_and_a_name_breaks_out_of_no_text(client):
    assert len(file_name("x" * 100_000 + ".png", MediaType.PNG)) <= 120
    assert markdown_for(7, "a_*b!.png", "image/png") == "![a\\_\\*b\\!](/forum/uploads/7)"
    assert markdown_for(7, "a.pdf", "application/pdf") == "[a.pdf](/forum/uploads/7)"


# Who may open it


def test_what_no_post_carries_its_owner_opens_alone(people, client):
    upload = sent(client)
    assert opened(client, upload).status_code == 200
    assert opened(people.client(people.add("Olga")), upload).status_code == 404
    assert opened(people.app.test_client(), upload).status_code == 404


def test_whoever_reads_the_post_opens_the_file(app, rooms, people, board, mira, client):
    upload, post = sent(client), rooms.first_post(rooms.topic(board, mira))
    assert attach(app, post, [upload], mira) == []
    assert opened(people.client(people.add("Olga")), upload).status_code == 200
    assert opened(app.test_client(), upload).status_code == 404
    with app.app_context():
        db.session.get_one(Board, board).audience = "staff"
        db.session.commit()
    assert opened(people.client(people.add("Otto")), upload).status_code == 404


@pytest.mark.parametrize("state", [State.HELD, State.HIDDEN])
def test_of_a_post_that_is_not_seen_those_open_it_who_see_the_post(
    app, rooms, people, board, mira, client, state
):
    upload, topic = sent(client), rooms.topic(board, people.add("Anton"))
    post = rooms.reply(topic, mira, is_held=state == State.HELD)
    attach(app, post, [upload], mira)
    if state == State.HIDDEN:
        with app.app_context():
            forum.take_away(db.session(), post, state, None, now())
            db.session.commit()
    moderator = people.add("Mo")
    rooms.moderator(board, moderator)
    assert opened(people.client(people.add("Olga")), upload).status_code == 404
    assert opened(people.client(moderator), upload).status_code == 200
    assert opened(client, upload).status_code == (200 if state == State.HELD else 404)


def test_what_an_author_took_back_nobody_opens_but_its_owner(
    app, rooms, people, board, mira, client
):
    upload, topic = sent(client), rooms.topic(board, people.add("Anton"))
    post = rooms.reply(topic, mira)
    attach(app, post, [upload], mira)
    with app.app_context():
        forum.take_away(db.session(), post, State.DELETED, mira, now())
        db.session.commit()
    assert opened(people.client(people.add("Olga")), upload).status_code == 404
    assert opened(client, upload).status_code == 200


def test_what_the_text_does_not_show_any_more_is_closed_to_readers(
    app, rooms, people, board, mira, client
):
    upload, post = sent(client), rooms.first_post(rooms.topic(board, mira))
    olga, moderator = people.client(people.add("Olga")), people.add("Mo")
    rooms.moderator(board, moderator)
    attach(app, post, [upload], mira)
    attach(app, post, [], mira)
    assert opened(olga, upload).status_code == 404
    assert opened(people.client(moderator), upload).status_code == 200
    attach(app, post, [upload], mira)
    assert opened(olga, upload).status_code == 200


def test_a_file_of_a_closed_board_cannot_be_carried_into_an_open_one(
    app, rooms, people, board, mira, client
):
    upload = sent(client)
    closed = rooms.first_post(rooms.topic(rooms.board("Closed", "lea"), mira))
    attach(app, closed, [upload], mira)
    leo = people.add("Leo", lea=True)
    lea = reader_of(is_lea=True)
    here = rooms.first_post(rooms.topic(board, leo))
    assert attach(app, here, [upload], leo, lea) == [upload]
    assert opened(people.client(people.add("Olga")), upload).status_code == 404
    beside = rooms.first_post(rooms.topic(rooms.board("Beside", "lea"), leo))
    assert attach(app, beside, [upload], leo, lea) == []


def test_nobody_carries_what_they_may_not_read(app, rooms, people, board, mira, client):
    upload, olga = sent(client), people.add("Olga")
    post = rooms.first_post(rooms.topic(board, olga))
    assert attach(app, post, [upload, 4711], olga) == [upload, 4711]
    assert attach(app, post, [upload], olga, ANYONE) == [upload]


def test_a_file_is_served_so_that_it_can_do_nothing(client):
    answer = opened(client, sent(client))
    assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"
    assert not answer.headers["Content-Disposition"].startswith("attachment")
    answer = opened(client, sent(client, pdf([["A page"]]), 'a";b.pdf'))
    assert answer.headers["Content-Disposition"].startswith("attachment")


# What becomes of it


def sweep(app, later):
    with app.app_context():
        gone = operations.sweep(db.session(), now() + later)
        db.session.commit()
    return gone


def age(app, days):
    """What lies in the store lies there for longer."""
    with app.app_context():
        for path in keeping.store().folder.rglob("*"):
            if path.is_file():
                then = path.stat().st_mtime - days * 86_400
                os.utime(path, (then, then))


def test_what_no_post_carries_goes_after_a_day(app, rooms, board, mira, client):
    loose, carried = sent(client), sent(client, picture(size=(5, 5)))
    attach(app, rooms.first_post(rooms.topic(board, mira)), [carried], mira)
    assert sweep(app, timedelta(hours=23)) == 0
    assert sweep(app, timedelta(hours=25)) == 1
    age(app, 2)
    sweep(app, timedelta(hours=25))
    with app.app_context():
        assert [row.id for row in db.session.query(Upload)] == [carried]
        kept_files = list(keeping.store().folder.glob("??/*"))
    assert len(kept_files) == 1
    assert opened(client, carried).status_code == 200
    assert opened(client, loose).status_code == 404


def test_what_a_draft_shows_stays(app, mira, client):
    from hub.writing.models import Draft

    upload = sent(client)
    with app.app_context():
        db.session.add(
            Draft(
                person_id=mira,
                place="board 1",
                text=f"Look: ![x](/forum/uploads/{upload})",
                kept_at=now(),
            )
        )
        db.session.commit()
    assert sweep(app, timedelta(days=3)) == 0


def test_what_posts_do_not_show_any_more_goes_after_ninety_days(app, rooms, board, mira, client):
    upload, post = sent(client), rooms.first_post(rooms.topic(board, mira))
    attach(app, post, [upload], mira)
    attach(app, post, [], mira)
    assert sweep(app, timedelta(days=89)) == 0
    assert sweep(app, timedelta(days=91)) == 1


def test_bytes_are_not_swept_while_somebody_adds_a_file(app, client):
    with app.app_context():
        folder = keeping.store().folder
        (folder / "ab").mkdir(parents=True)
        (folder / "ab" / ("ab" * 32)).write_bytes(b"left")
    age(app, 2)
    with keeping.nothing_is_swept(folder):
        sweep(app, timedelta())
        assert (folder / "ab" / ("ab" * 32)).exists()
    sweep(app, timedelta())
    assert not (folder / "ab" / ("ab" * 32)).exists()


def test_one_removes_ones_own_and_nobody_elses(app, rooms, people, board, mira, client):
    upload = sent(client)
    olga = people.client(people.add("Olga"))
    assert olga.post(f"/forum/uploads/{upload}/remove").status_code == 404
    assert client.post(f"/forum/uploads/{upload}/remove").status_code == 303
    assert opened(client, upload).status_code == 404
    carried = sent(client)
    attach(app, rooms.first_post(rooms.topic(board, mira)), [carried], mira)
    client.post(f"/forum/uploads/{carried}/remove")
    assert opened(client, carried).status_code == 200


@pytest.mark.parametrize("choice", list(Choice))
def test_whoever_leaves_takes_their_files_or_leaves_them_without_a_name(
    app, rooms, board, mira, client, choice
):
    upload, loose = sent(client, name="Mira at home.png"), sent(client)
    attach(app, rooms.first_post(rooms.topic(board, mira)), [upload], mira)
    with app.app_context():
        content.apply(db.session(), mira, choice)
        db.session.commit()
        left = db.session.query(Upload).all()
        assert loose not in [one.id for one in left]
        assert [one.filename for one in left] == (["picture.png"] if choice == "stays" else [])
        assert db.session.query(Attachment).count() == len(left)


def test_the_page_of_ones_files_says_what_to_paste(client):
    upload = sent(client)
    page = client.get("/forum/uploads")
    assert page.status_code == 200
    assert f"![photo](/forum/uploads/{upload})" in page.text
    assert client.get("/forum/uploads?before=99999999999999999999").status_code == 200
