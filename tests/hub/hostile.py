"""What somebody sends who means harm, and the forms that it is sent in.

Bodies are made by hand, as bytes: a polite client would refuse to send what these tests send.
"""

import secrets
from collections.abc import Iterable, Mapping
from urllib.parse import quote_from_bytes, urlsplit

from flask import Flask
from lxml.html import HtmlElement, document_fromstring
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from tests.hub.people import PASSWORD
from tests.hub.stage import ROLES, Stage


def text(value: str) -> bytes:
    return value.encode("utf-8", "surrogatepass")


# What no form expects, however well it is meant.
UNREADABLE = [
    b"\0",
    b"Words\0and words",
    b"\xed\xa0\x80 half a character",
    b"\xff\xfe\x00",
    b"\xc3(",
    text("\x0b\x1b[31mred"),
    text("\u202egnihton"),
    text("\u2066isolated\u2069 \u200f\u061c"),
    text("\ufffe\uffff\ufdd0"),
    text("\U0010ffff\U000e0041"),
]
ODD = [
    text("\u200b\u200d\u2060\ufeff"),
    text("a\u0301\u0327" * 300),
    text("الهاتف של עברית 12"),
    text("👩‍👩‍👧‍👦" * 20),
    text("\u2028\u2029\u0085"),
    text("ﷺﬀİıſKÅ"),
    b"word\r\nSet-Cookie: a=b\r\n\r\n<script>alert(1)</script>",
    b"'\"><svg onload=alert(1)>{{7*7}}%s%(name)s{0}${x}",
    b"\\x00 \\ud800 %00 &#0; &#xd800; &#8238;",
    b"| a | b |\n|---|---|\n" + b"> " * 400 + b"`" * 999,
    b"[" * 2_000 + b"](" * 2_000,
    b"@" * 500 + b' @"' + b"x" * 300 + b'" https://[::1 http://[ mailto:@',
]
LONG = [b"x" * 130_000, text("\u0301" * 50_000), b"9" * 5_000, b"a b " * 30_000]
NUMBERS = [
    *(b"0", b"-1", b"1e309", b"NaN", b"0x10", b"1_000", b"+1", b" 7 ", b"1.5", b"00000000001"),
    *(b"2147483648", b"9007199254740993", b"9223372036854775808", b"99999999999999999999"),
    *(text("²"), text("٣"), text("１２"), text("Ⅷ")),
]
DATES = [b"0000-00-00", b"0001-01-01", b"9999-12-31", b"10000-01-01", b"2026-02-30", b"-1-1-1"]
ADDRESSES = [
    *(
        b"//evil.example",
        b"/\\evil.example",
        b"http://[",
        b"javascript:alert(1)",
        b"/%00",
        b"/\n/x",
    ),
    *(b"?", b"#", b"/forum/topics/99999999999999999999", b"../../etc/passwd", b"data:,x"),
]
KINDS = [b"", b" ", b"on", b"true", b"null", b"[]", b"{}", b"[object Object]", b"None"]
VALUES = UNREADABLE + ODD + NUMBERS + DATES + ADDRESSES + KINDS
FILE_NAMES = [
    *(b"", b"map.png", b"..", b"../../etc/passwd", b"a" * 4_000 + b".png", b"C:\\con.pdf"),
    *(b"a\0b.png", b"\xed\xa0\x80.png", text("\u202egnp.exe"), b"<svg>.svg", b"x.tar.gz", b"."),
]
FILE_CONTENTS = [
    *(b"", b"\0", b"\xff\xd8\xff", b"%PDF-1.7", b"GIF89a", b"<svg onload=alert(1)>"),
    *(b"\x89PNG\r\n\x1a\n" + b"\0" * 99, b"PK\x03\x04", b"RIFF\xff\xff\xff\xffWEBP", b"words"),
]
# What lets a form through to what it does, where its page says nothing of it.
FITTING: dict[str, str] = {
    "text": "Some words of ours.",
    "title": "Which tool is it?",
    "reason": "It is insulting and says nothing about the matter.",
    "facts": "It insults a colleague and says nothing about the matter.",
    "rule": "Rule 2",
    "answer": "It was a joke between friends, as both say.",
    "email": "somebody@example.org",
    "address": "somebody@example.org",
    "official_address": "somebody@police.example",
    "organisation": "Police of Ysel",
    "real_name": "Real Name",
    "password": PASSWORD,
    "question": "When is the harbour open?",
    "name": "A name",
    "purpose": "What it is for",
    "label": "A name",
    "code": "123456",
    "days": "30",
    "poll_question": "Which one?",
    "poll_option": "This one",
    "poll_options": "This one\nThat one",
    "note": "A note.",
    "tags": "tools, tests",
    "after": "1",
    "number": "1",
}


# The forms of the pages


Fields = dict[str, list[str]]
# Of forms that script sends, or that stand on pages of states that nothing here is in.
SCRIPTED: dict[str, Fields] = {
    "accounts.set_password": {"password": []},
    "arranging.accept": {"undo": [""]},
    "arranging.merge_now": {"into": [], "reason": []},
    "community.begin_topic": {"board": []},
    "moderation.object_to_outcome": {"text": []},
    "moderation.take_over": {"holder": [], "text": []},
    "polls.vote": {"option": [], "withdraw": []},
    "provider.create": {"pseudonym": []},
    "second_factor.check": {"code": [], "next": ["/"]},
    "writing.keep_draft": {"place": [], "title": [], "text": [], "tags": [], "revision": ["0"]},
    "writing.preview": {"text": [], "title": [], "board": []},
}
# Buttons on pages of such states.
BARE = {
    *("assistant.stop", "forum_desk.archive_category", "forum_desk.reopen", "groups.leave"),
    *("groups.step_down", "membership.send_link_again", "membership.withdraw", "moderation.claim"),
    *("polls.close", "profile.remove_notifications", "second_factor.codes_kept"),
    *("second_factor.remove_app", "writing.restore"),
}
# These take JSON.
IN_JSON = {
    *("second_factor.add_passkey", "second_factor.answer", "second_factor.question"),
    "second_factor.question_for_new_passkey",
}
CONTROLS = "(.//*[@name] | //*[@name and @form = $id])[@name != 'csrf_token']"


def routes(app: Flask, method: str) -> list[str]:
    """The endpoints that take this method, without the files of the hub's own."""
    found = {rule.endpoint for rule in app.url_map.iter_rules() if method in (rule.methods or ())}
    return sorted(found - {"static"})


def forms_of(stage: Stage) -> tuple[dict[str, Fields], set[str]]:
    """By the endpoint that takes it: the fields of the forms of all pages that anybody sees, each
    with what it holds; and the names of what stands in queries of addresses."""
    found: dict[str, Fields] = {name: dict(fields) for name, fields in SCRIPTED.items()}
    asked: set[str] = set()
    for role in reversed(ROLES):
        stage.things(role, stage.makers)  # so that lists have something of each kind
        for method in ("GET", "POST"):
            for endpoint in routes(stage.app, method):
                if method == "POST" and endpoint in found:
                    continue
                # Sent empty, a form that stands on no page by itself comes back.
                address = stage.address(endpoint, method, role)
                answer = stage.client(role).open(address, method=method, buffered=True)
                if answer.mimetype == "text/html" and answer.data:
                    page = document_fromstring(answer.text, base_url=address)
                    _read(stage.app, page, found, asked)
    return found, asked


def _read(app: Flask, page: HtmlElement, found: dict[str, Fields], asked: set[str]) -> None:
    for form in page.xpath("//form"):
        if (form.get("method") or "").lower() != "post":
            asked.update(form.xpath(".//@name"))
            continue
        actions = {form.get("action") or page.base_url or ""} | set(form.xpath(".//@formaction"))
        for endpoint in filter(None, (_endpoint(app, action) for action in actions)):
            fields = found.setdefault(endpoint, {})
            for control in form.xpath(CONTROLS, id=form.get("id") or ""):
                kept = fields.setdefault(control.get("name"), [])
                kept += [value for value in _held(control) if value not in kept][:9]
    for address in page.xpath("//a/@href"):
        asked.update(
            piece.partition("=")[0] for piece in address.partition("?")[2].split("#")[0].split("&")
        )


def _endpoint(app: Flask, action: str) -> str:
    try:
        path = urlsplit(action).path
        return str(app.url_map.bind("localhost").match(path, "POST")[0])
    except (HTTPException, RequestRedirect):
        return ""


def _held(control: HtmlElement) -> list[str]:
    if control.tag == "select":
        return [option.get("value") or "" for option in control.xpath(".//option")]
    if control.tag == "textarea":
        return [control.text or ""]
    if control.get("type") == "file":
        return ["file"]
    return [control.get("value") or ""]


def fitting(name: str, held: list[str], fresh: Mapping[str, str]) -> list[bytes]:
    """What the field takes: what was made for it, what the page holds, or what such a field takes
    anywhere."""
    bare = name.rstrip("0123456789-")
    known = {**FITTING, **fresh}
    usual = [known[key] for key in (name, bare) if key in known][:1]
    values = ([fresh[name]] if name in fresh else []) or [value for value in held if value]
    values = values or usual or held or ["1"]
    return [text(value) for value in values]


# What is sent


Pairs = Iterable[tuple[bytes, bytes]]


def encoded(pairs: Pairs) -> bytes:
    return b"&".join(_escaped(name) + b"=" + _escaped(value) for name, value in pairs)


def _escaped(octets: bytes) -> bytes:
    return quote_from_bytes(octets, safe="").encode()


def in_parts(pairs: Pairs, files: Iterable[tuple[bytes, bytes, bytes]]) -> tuple[bytes, str]:
    """The body of a form with files (name, name of the file, content), and its type."""
    boundary = b"hostile" + secrets.token_hex(8).encode()
    parts = [
        b'Content-Disposition: form-data; name="%s"\r\n\r\n%s' % (_quoted(name), value)
        for name, value in pairs
    ] + [
        b'Content-Disposition: form-data; name="%s"; filename="%s"\r\n'
        b"Content-Type: application/octet-stream\r\n\r\n%s" % (name, _quoted(filename), content)
        for name, filename, content in files
    ]
    body = b"".join(b"--%s\r\n%s\r\n" % (boundary, part) for part in parts)
    return body + b"--%s--\r\n" % boundary, f"multipart/form-data; boundary={boundary.decode()}"


def _quoted(octets: bytes) -> bytes:
    return octets.replace(b'"', b"%22").replace(b"\r", b"").replace(b"\n", b"")
