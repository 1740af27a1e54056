"""A document as lists show it: the values for document_card in macros/document.html."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import url_for

from hub.library.audience_words import audience_name
from hub.library.words import language_name, type_name
from knowledge.access import PUBLIC
from knowledge.models import Document, Version


@dataclass(frozen=True, slots=True)
class Card:
    url: str
    title: str
    status: str
    date: str
    publisher: str
    kind: str
    language_name: str
    pages: int
    newer_url: str
    newer_title: str
    mark: str = ""
    audience: str = ""
    audience_label: str = ""


def card(
    document: Document,
    version: Version,
    newer: Document | None = None,
    groups: Mapping[str, str] | None = None,
) -> Card:
    """``newer`` replaces the document, and is one that the reader may see. ``groups``: the names
    of groups by their audience. What is for everybody says nothing of its audience."""
    return Card(
        url=document_url(document),
        title=document.title,
        status=document.status,
        date=document.date,
        publisher=document.publisher,
        kind=type_name(document.type),
        language_name=language_name(document.language),
        pages=version.page_count if version.has_pages else 0,
        newer_url=document_url(newer) if newer else "",
        newer_title=newer.title if newer else "",
        mark=document.mark,
        audience="" if document.audience == PUBLIC else document.audience,
        audience_label=audience_name(document.audience, groups or {}),
    )


def document_url(document: Document) -> str:
    return url_for("library.document", document_id=document.id)
