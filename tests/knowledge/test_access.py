"""Who reads what, by the one definition; and what sharing marks allow."""

import random
from datetime import timedelta

import pytest
from sqlalchemy import Engine, select

from knowledge.access import (
    ANYONE,
    LEA,
    MEMBERS,
    PUBLIC,
    STAFF,
    Mark,
    Reader,
    audience_for,
    group_audience,
    group_of,
    is_audience,
    mark_named,
    may_read,
    readable_by,
    reader_of,
)
from knowledge.errors import AudienceRefused, MetadataRefused
from knowledge.models import Document, Version
from tests.factories import NOON, committed

GROUP = group_audience(17)
AUDIENCES = (PUBLIC, MEMBERS, LEA, STAFF, GROUP, group_audience(1), group_audience(170))


def test_who_reads_what() -> None:
    assert reader_of() == ANYONE == Reader(frozenset({PUBLIC}))
    assert reader_of(is_member=True).audiences == {PUBLIC, MEMBERS}
    assert reader_of(is_member=True, is_lea=True).audiences == {PUBLIC, MEMBERS, LEA}
    assert reader_of(is_member=True, is_staff=True).audiences == {PUBLIC, MEMBERS, LEA, STAFF}
    assert reader_of(is_member=True, groups=[17]).audiences == {PUBLIC, MEMBERS, GROUP}
    everything = reader_of(is_member=True, is_lea=True, is_staff=True, groups=[17])
    assert group_audience(1) not in everything.audiences


def test_a_reader_is_renewed_each_time_it_is_asked() -> None:
    standing = [reader_of(is_staff=True), ANYONE]
    reader = reader_of(is_staff=True, renew=lambda: standing.pop(0))

    assert reader.now() == reader_of(is_staff=True)
    assert reader.now() == ANYONE


@pytest.mark.parametrize("text", AUDIENCES)
def test_audiences_that_may_be_kept(text: str) -> None:
    assert is_audience(text)
    assert audience_for("", text) == text


@pytest.mark.parametrize(
    "text",
    [
        *("", "police", "Public", "staff,public", "a b", "\x00", "\ud800"),
        *("group-", "group-0", "group-01", "group--1", "group-1 ", "group-1\n", "group-١"),
        "group-" + "9" * 60,
    ],
)
def test_what_is_no_audience_is_refused_in_words(text: str) -> None:
    assert not is_audience(text)
    assert group_of(text) is None
    with pytest.raises(MetadataRefused, match="is not “public”, “members”, “lea”, “staff” or"):
        audience_for("", text)


@pytest.mark.parametrize(
    ("mark", "widest", "allowed"),
    [
        ("", PUBLIC, {*AUDIENCES}),
        (Mark.CLEAR, PUBLIC, {*AUDIENCES}),
        (Mark.GREEN, LEA, {*AUDIENCES} - {PUBLIC, MEMBERS}),
        (Mark.AMBER, STAFF, {*AUDIENCES} - {PUBLIC, MEMBERS, LEA}),
        (Mark.RED, None, {*AUDIENCES} - {PUBLIC, MEMBERS, LEA, STAFF}),
    ],
)
def test_a_mark_allows_some_audiences_and_has_one_of_its_own(
    mark: str, widest: str | None, allowed: set[str]
) -> None:
    for audience in AUDIENCES:
        if audience in allowed:
            assert audience_for(mark, audience) == audience
        else:
            with pytest.raises(AudienceRefused, match=f"marked TLP:{mark.upper()} may be for "):
                audience_for(mark, audience)
    if widest is None:
        with pytest.raises(AudienceRefused, match="needs the group"):
            audience_for(mark)
    else:
        assert audience_for(mark) == widest


def test_a_mark_is_known_as_people_write_it() -> None:
    for text in ("TLP:AMBER", "amber", " tlp: Amber ", "TLP AMBER"):
        assert mark_named(text) == Mark.AMBER
    assert mark_named("none") == ""
    for text in ("TLP:AMBER+STRICT", "white", "TLP:", "", "red, green", "\x00"):
        with pytest.raises(MetadataRefused, match="is not one of TLP:CLEAR, TLP:GREEN"):
            mark_named(text)


def test_the_database_and_the_object_say_the_same_of_every_document(engine: Engine) -> None:
    chance = random.Random(5)
    stored = [*AUDIENCES, "", "police", "Public", "public ", "group-1,group-17", "%", "group_1"]
    with committed(engine) as session:
        for number in range(400):
            made = NOON + timedelta(days=number)
            values = {"path": str(number), "title": "A", "created_at": made, "updated_at": made}
            gone = chance.choice([None, None, NOON])
            document = Document(audience=chance.choice(stored), withdrawn_at=gone, **values)
            session.add(document)
            session.flush()
            if chance.random() < 0.7:
                version = {"document_id": document.id, "number": 1, "sha256": "a" * 64, "size": 1}
                row = Version(filename="a", created_at=made, **version)
                session.add(row)
                session.flush()
                document.current_version_id = row.id
    readers = [
        reader_of(
            is_member=chance.random() < 0.5,
            is_lea=chance.random() < 0.3,
            is_staff=chance.random() < 0.3,
            groups=chance.sample([1, 17, 170], chance.randint(0, 3)),
        )
        for _ in range(40)
    ]
    with committed(engine) as session:
        documents = session.scalars(select(Document)).all()
        for reader in [ANYONE, Reader(frozenset()), *readers]:
            by_database = set(session.scalars(select(Document.id).where(readable_by(reader))))
            assert by_database == {d.id for d in documents if may_read(reader, d)}
            for document in documents:
                if document.id in by_database:
                    assert document.audience in reader.audiences
                    assert document.withdrawn_at is None
