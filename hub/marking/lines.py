"""What stands inside of a line: words, emphasis, links, pictures, names of people."""

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from urllib.parse import quote

from markdown_it.token import Token

from hub.marking.addresses import own_path, upload_in
from hub.marking.mentions import mentions_in

DEEPEST_EMPHASIS = 8
BREAKS = ("softbreak", "hardbreak")
EMPHASIS = {"em": "em", "strong": "strong", "s": "s"}


def words_of(children: Sequence[Token]) -> str:
    """The words without their signs, in one line."""
    return " ".join("".join(_words(children)).split())


def address_of(token: Token) -> str:
    """Where a link or a picture leads: the path where it is a page of this hub."""
    address = str(token.attrs.get("href") or token.attrs.get("src") or "")
    return own_path(address) or address


def _words(children: Sequence[Token]) -> Iterator[str]:
    for token in children:
        if token.type in ("text", "text_special", "code_inline"):
            yield token.content
        elif token.type in BREAKS:
            yield " "
        elif token.type == "image":
            yield from _words(token.children or [])


class LineWriter:
    def __init__(self, people: Mapping[str, str], scope: str) -> None:
        self.people, self.scope = people, scope
        self.is_quoted = False

    def html(self, children: Sequence[Token], skip: int = 0) -> str:
        """``skip``: how many characters of the first text are left out."""
        line = _Line(self)
        for token in children:
            line.add(token, skip)
            skip = 0
        return line.ended()

    def way_back(self, token: Token) -> str:
        """From a footnote to the place in the text that it belongs to."""
        name = self._name(token)
        number = token.meta["id"] + 1
        return (
            f'<a href="#fnref-{name}" role="doc-backlink" aria-label="\u21a9 [{number}]">'
            "\u21a9\ufe0e</a>"
        )

    def mark(self, token: Token, is_link: bool) -> str:
        """The sign of a footnote in the text."""
        number = token.meta["id"] + 1
        note = f"#fn-{self.scope}-{number}"
        sign = f'<a href="{note}" role="doc-noteref">[{number}]</a>' if is_link else f"[{number}]"
        return f'<sup id="fnref-{self._name(token)}">{sign}</sup>'

    def _name(self, token: Token) -> str:
        again = token.meta.get("subId") or 0
        return f"{self.scope}-{token.meta['id'] + 1}" + (f"-{again + 1}" if again else "")

    def with_people(self, text: str) -> str:
        """Each name of ``people`` is a link to their page."""
        pieces, last = [], 0
        for start, end, name in mentions_in(text):
            if name not in self.people:
                continue
            pseudonym = self.people[name]
            page = f"/people/{quote(pseudonym, safe='')}"
            link = f'<a class="mention" href="{escape(page)}">@{escape(pseudonym)}</a>'
            pieces += [escape(text[last:start], quote=False), link]
            last = end
        return "".join([*pieces, escape(text[last:], quote=False)])


class _Line:
    """One line while it is written."""

    def __init__(self, writer: LineWriter) -> None:
        self.writer = writer
        self.written: list[str] = []
        self.open: list[str] = []
        self.in_link = False

    def add(self, token: Token, skip: int) -> None:
        if token.nesting:
            self._nest(token)
        elif token.type == "text":
            self._text(token.content[skip:])
        elif token.type == "text_special":
            self.written.append(escape(token.content, quote=False))
        elif token.type == "code_inline":
            self.written.append(f"<code>{escape(token.content, quote=False)}</code>")
        elif token.type in BREAKS:
            self.written.append("<br>\n")
        elif token.type == "image":
            self._image(token)
        elif token.type == "footnote_ref":
            self.written.append(self.writer.mark(token, is_link=not self.in_link))

    def ended(self) -> str:
        return "".join([*self.written, *(f"</{tag}>" for tag in reversed(self.open) if tag)])

    def _text(self, text: str) -> None:
        names_people = "@" in text and not self.in_link and not self.writer.is_quoted
        self.written.append(
            self.writer.with_people(text) if names_people else escape(text, quote=False)
        )

    def _nest(self, token: Token) -> None:
        """What is too deep, or a link within a link, is left out and its words stay."""
        if token.nesting < 0:
            tag = self.open.pop() if self.open else ""
            self.in_link = self.in_link and tag != "a"
            self.written.append(f"</{tag}>" if tag else "")
        elif token.tag == "a" and not self.in_link:
            self.in_link = True
            self.open.append("a")
            self.written.append(f'<a href="{escape(address_of(token))}">')
        else:
            tag = EMPHASIS.get(token.tag, "") if len(self.open) < DEEPEST_EMPHASIS else ""
            self.open.append(tag)
            self.written.append(f"<{tag}>" if tag else "")

    def _image(self, token: Token) -> None:
        """Pictures come from this hub only, so that nobody else learns who reads."""
        address, words = address_of(token), words_of([token])
        if upload_in(address) is not None:
            self.written.append(f'<img src="{address}" alt="{escape(words)}" loading="lazy">')
        elif self.in_link:
            self.written.append(escape(words or address, quote=False))
        else:
            link = escape(words or address, quote=False)
            self.written.append(f'<a href="{escape(address)}">{link}</a>')
