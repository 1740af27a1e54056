"""From tokens to HTML, one page of blocks after the other. ``hub.marking.lines`` writes what stands
inside of a line."""

import re
from collections.abc import Mapping, Sequence
from html import escape

from markdown_it.token import Token

from hub.marking.lines import LineWriter, words_of
from hub.marking.quotes import Quoted, quoted_post
from hub.marking.unfolding import card_path

_TASK = re.compile(r"\[([ xX])\] +")
_CODE_LANGUAGE = re.compile(r"[a-z0-9][a-z0-9+#-]{0,29}")
LONGEST_LABEL = 100
LEVELS = {"h1": "h3", "h2": "h4", "h3": "h5", "h4": "h6", "h5": "h6", "h6": "h6"}
SIDES = {"text-align:right": ' class="to-end"', "text-align:center": ' class="to-centre"'}
# What is written as it stands: the token and the tags.
PLAIN = {
    "thead_open": "<thead>",
    "thead_close": "</thead>",
    "tbody_open": "<tbody>",
    "tbody_close": "</tbody>",
    "tr_open": "<tr>",
    "tr_close": "</tr>",
    "th_close": "</th>",
    "td_close": "</td>",
    "table_close": "</table></div>",
    "list_item_close": "</li>",
    "hr": "<hr>",
}


class Writer:
    """``people``: the names that are links, with the pseudonym of each. ``scope`` tells the
    footnotes of this text from those of others on the same page."""

    def __init__(self, tokens: Sequence[Token], people: Mapping[str, str], scope: str) -> None:
        self.tokens, self.scope, self.position = tokens, scope, 0
        self.lines = LineWriter(people, scope)
        self.written: list[str] = []
        self.depth = 0  # of lists and quotes: the outermost says in which direction they are read
        self.quotes: list[Quoted | None] = []

    def html(self) -> str:
        while self.position < len(self.tokens):
            token = self.tokens[self.position]
            if token.type in PLAIN:
                self.written.append(PLAIN[token.type])
            else:
                getattr(self, f"_{token.type}")(token)
            self.position += 1
        return "".join(self.written)

    def _next(self, steps: int = 1) -> Token | None:
        place = self.position + steps
        return self.tokens[place] if place < len(self.tokens) else None

    def _open(self, tag: str, attributes: str = "") -> None:
        direction = "" if self.depth else ' dir="auto"'
        self.written.append(f"<{tag}{direction}{attributes}>")

    def _paragraph_open(self, token: Token) -> None:
        line = self._next()
        if token.hidden:
            return
        if not self.depth and line and card_path(line):
            self.written.append('<p class="card-place">')
        else:
            self._open("p")

    def _paragraph_close(self, token: Token) -> None:
        self.written.append("\n" if token.hidden else "</p>")

    def _inline(self, token: Token) -> None:
        self.written.append(self.lines.html(token.children or []))

    def _heading_open(self, token: Token) -> None:
        self._open(LEVELS[token.tag])

    def _heading_close(self, token: Token) -> None:
        self.written.append(f"</{LEVELS[token.tag]}>")

    def _blockquote_open(self, _token: Token) -> None:
        line = self._next(2)
        quoted = quoted_post(line) if line and line.type == "inline" else None
        self.quotes.append(quoted)
        self.lines.is_quoted = True
        if quoted is None:
            self._open("blockquote")
            self.depth += 1
            return
        link = f'<a href="{escape(quoted.path)}">{escape(quoted.who)}</a>'
        caption = f'<figcaption dir="auto">{link}</figcaption>'
        self.written.append(f'<figure class="person-quote">{caption}')
        self._open("blockquote")
        self.depth += 1
        if quoted.rest:
            self.written.append("<p>" + self.lines.html(quoted.rest) + "</p>")
        self.position += 3

    def _blockquote_close(self, _token: Token) -> None:
        self.depth -= 1
        is_person = self.quotes.pop() is not None
        self.lines.is_quoted = bool(self.quotes)
        self.written.append("</blockquote></figure>" if is_person else "</blockquote>")

    def _bullet_list_open(self, _token: Token) -> None:
        self._open("ul")
        self.depth += 1

    def _bullet_list_close(self, _token: Token) -> None:
        self.depth -= 1
        self.written.append("</ul>")

    def _ordered_list_open(self, token: Token) -> None:
        start = int(token.attrs.get("start", 1))
        self._open("ol", f' start="{start}"' if start != 1 else "")
        self.depth += 1

    def _ordered_list_close(self, _token: Token) -> None:
        self.depth -= 1
        self.written.append("</ol>")

    def _list_item_open(self, _token: Token) -> None:
        paragraph, line = self._next(1), self._next(2)
        children = line.children if line and line.type == "inline" else None
        task = _TASK.match(children[0].content) if children else None
        is_task = task and children and children[0].type == "text"
        if not (paragraph and paragraph.type == "paragraph_open" and is_task and task and children):
            self.written.append("<li>")
            return
        checked = " checked" if task[1] in "xX" else ""
        start, end = ("<p>", "</p>") if not paragraph.hidden else ("", "")
        words = self.lines.html(children, skip=task.end())
        box = f'<input type="checkbox" disabled{checked}>'
        self.written.append(f'<li class="task">{start}<label>{box} {words}</label>{end}')
        self.position += 3

    def _code_block(self, token: Token) -> None:
        self._code(token.content, "")

    def _fence(self, token: Token) -> None:
        said = token.info.split(maxsplit=1)[0].lower() if token.info.strip() else ""
        self._code(token.content, said if _CODE_LANGUAGE.fullmatch(said) else "")

    def _code(self, text: str, language: str) -> None:
        name = f' class="language-{language}"' if language else ""
        self.written.append(
            f'<pre dir="ltr" tabindex="0"><code{name}>{escape(text, quote=False)}</code></pre>'
        )

    def _table_open(self, _token: Token) -> None:
        """It scrolls in a frame of its own, which is named by the head of the table."""
        label = ", ".join(self._head_words())[:LONGEST_LABEL]
        frame = f'<div class="table-frame" role="group" tabindex="0" aria-label="{escape(label)}">'
        self.written.append(frame + "<table>")

    def _head_words(self) -> list[str]:
        words = []
        for token in self.tokens[self.position :]:
            if token.type == "thead_close":
                break
            if token.type == "inline":
                words.append(words_of(token.children or []))
        return [word for word in words if word]

    def _th_open(self, token: Token) -> None:
        self._cell(token, "th", ' scope="col"')

    def _td_open(self, token: Token) -> None:
        self._cell(token, "td")

    def _cell(self, token: Token, tag: str, more: str = "") -> None:
        side = SIDES.get(str(token.attrs.get("style", "")), "")
        self.written.append(f'<{tag} dir="auto"{side}{more}>')

    def _footnote_block_open(self, _token: Token) -> None:
        self.written.append('<section class="footnotes" role="doc-endnotes"><ol dir="auto">')
        self.depth += 1

    def _footnote_block_close(self, _token: Token) -> None:
        self.depth -= 1
        self.written.append("</ol></section>")

    def _footnote_open(self, token: Token) -> None:
        self.written.append(f'<li id="fn-{self.scope}-{token.meta["id"] + 1}">')

    def _footnote_close(self, _token: Token) -> None:
        self.written.append("</li>")

    def _footnote_anchor(self, token: Token) -> None:
        self.written.append(" " + self.lines.way_back(token))
