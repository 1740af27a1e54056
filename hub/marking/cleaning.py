"""The second fence: what of the HTML may stay, whatever wrote it."""

import re

import nh3

from hub.marking.addresses import is_kept, upload_in

BLOCKS = {"p", "h3", "h4", "h5", "h6", "ul", "ol", "blockquote", "th", "td", "figcaption"}
ATTRIBUTES: dict[str, set[str]] = {
    **{tag: {"dir"} for tag in BLOCKS},
    "a": {"href", "class", "role", "aria-label"},
    "code": {"class"},
    "div": {"class", "role", "tabindex", "aria-label"},
    "figure": {"class"},
    "img": {"src", "alt", "loading"},
    "input": {"type", "disabled", "checked"},
    "li": {"class", "id"},
    "ol": {"start", "dir"},
    "p": {"class", "dir"},
    "pre": {"dir", "tabindex"},
    "section": {"class", "role"},
    "sup": {"id"},
    "td": {"class", "dir"},
    "th": {"class", "dir", "scope"},
}
TAGS = {*ATTRIBUTES, *["br", "em", "hr", "label", "s", "strong", "table", "tbody", "thead", "tr"]}
REL = "nofollow ugc noopener"
_VALUES = {
    "alt": re.compile(r"[^<>]*"),
    "aria-label": re.compile(r"[^<>]{0,120}"),
    "checked": re.compile(""),
    "class": re.compile(
        "mention|task|card-place|as-typed|person-quote|table-frame|footnotes|to-end|to-centre"
        "|language-[a-z0-9][a-z0-9+#-]{0,29}"
    ),
    "dir": re.compile("auto|ltr"),
    "disabled": re.compile(""),
    "id": re.compile("fn(?:ref)?-[0-9a-z]{1,20}(?:-[0-9]{1,5}){1,2}"),
    "loading": re.compile("lazy"),
    "role": re.compile("group|doc-(?:noteref|backlink|endnotes)"),
    "scope": re.compile("col"),
    "start": re.compile("[0-9]{1,9}"),
    "tabindex": re.compile("0"),
    "type": re.compile("checkbox"),
}
_NOTE = re.compile("#fn(?:ref)?-[0-9a-z]{1,20}(?:-[0-9]{1,5}){1,2}")


def is_allowed(tag: str, name: str, value: str) -> bool:
    """Whether this attribute may have this value."""
    if (tag, name) == ("a", "rel"):
        return value == REL
    if name not in ATTRIBUTES.get(tag, ()):
        return False
    if name == "href":
        return bool(_NOTE.fullmatch(value)) or is_kept(value)
    if name == "src":
        return upload_in(value) is not None
    return bool(_VALUES[name].fullmatch(value))


def _kept(tag: str, name: str, value: str) -> str | None:
    return value if is_allowed(tag, name, value) else None


_CLEANER = nh3.Cleaner(
    tags=TAGS,
    attributes=ATTRIBUTES,
    attribute_filter=_kept,
    clean_content_tags={"script", "style"},
    link_rel=REL,
    url_schemes={"http", "https", "mailto"},
)


def cleaned(html: str) -> str:
    return _CLEANER.clean(html)
