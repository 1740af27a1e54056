"""What Office and OpenDocument files have in common: parts, relations, stated facts."""

import posixpath

from indexer.parsers import statements
from indexer.parsers.xml_source import Element, Package, attribute, name_of

Stated = tuple[str | None, str | None, str | None]


def relations(package: Package, part: str) -> dict[str, tuple[str, str]]:
    """(kind, target) by id of the relations of ``part``; outside targets are left out."""
    folder, name = posixpath.split(part)
    root = package.root(posixpath.join(folder, "_rels", f"{name}.rels"))
    found: dict[str, tuple[str, str]] = {}
    for relation in root if root is not None else ():
        if relation.get("TargetMode") == "External" or name_of(relation) != "Relationship":
            continue
        target = relation.get("Target", "")
        place = target[1:] if target.startswith("/") else posixpath.join(folder, target)
        kind = relation.get("Type", "").rpartition("/")[2]
        found[relation.get("Id", "")] = (kind, posixpath.normpath(place))
    return found


def related(package: Package, part: str, kind: str) -> str | None:
    """The part that ``part`` has as its ``kind`` ("notesSlide")."""
    found = relations(package, part).values()
    return next((target for its_kind, target in found if its_kind == kind), None)


def main_part(package: Package, otherwise: str) -> str:
    return related(package, "", "officeDocument") or otherwise


def stated_facts(package: Package, part: str) -> Stated:
    """(title, language, date) of docProps/core.xml or meta.xml."""
    root = package.root(part)
    facts: dict[str, str] = {}
    for element in root.iter() if root is not None else ():
        if element.text and name_of(element) not in facts:
            facts[name_of(element)] = element.text
    date = facts.get("modified") or facts.get("date") or facts.get("created")
    return (
        statements.title(facts.get("title")),
        statements.language(facts.get("language")),
        statements.date(date),
    )


def is_on(element: Element, name: str) -> bool:
    """Whether a yes-or-no attribute says yes."""
    return attribute(element, name).lower() in ("1", "true", "on")
