"""Parts of statements that both databases understand."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from knowledge.among import among
from knowledge.joined import joined
from knowledge.models import Document
from knowledge.orm import rows

MOMENT = datetime(2026, 12, 1, tzinfo=UTC)


@pytest.fixture
def session(engine):
    with Session(engine) as opened:
        for title in ("Act", "O'Hara", '["Bill"]'):
            opened.add(
                Document(
                    path=title, title=title, language="en", created_at=MOMENT, updated_at=MOMENT
                )
            )
        opened.flush()
        yield opened


def titles(session, **given):
    (name,) = given
    asked = select(Document.title).where(among(getattr(Document, name), "given"))
    return sorted(row[0] for row in rows(session, asked, {"given": given[name]}))


def test_one_of_many_texts_is_found_by_its_very_letters(session):
    assert titles(session, title=["Act", "O'Hara", "nobody's"]) == ["Act", "O'Hara"]
    assert titles(session, title={'["Bill"]'}) == ['["Bill"]']
    assert titles(session, title=[]) == []


def test_one_of_many_numbers_is_found(session):
    first = session.scalar(select(Document.id).where(Document.title == "Act"))
    assert titles(session, id=[first, first, 2**31 - 1]) == ["Act"]
    assert titles(session, id=()) == []


def test_values_of_many_rows_become_one_text(session):
    (found,) = rows(session, select(joined(Document.language)), {})
    assert found[0] == "en en en"
    (nothing,) = rows(session, select(joined(Document.title)).where(Document.title == "none"), {})
    assert nothing[0] is None
