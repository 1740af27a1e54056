"""Documents in the library of a test, brought there the way the command line does it."""

import io
from dataclasses import dataclass
from threading import Event

from flask import Flask
from sqlalchemy import select

from hub.clock import now
from hub.extensions import db
from hub.wiring import parts
from indexer import worker
from indexer.pipeline import Tools
from knowledge import documents
from knowledge.embedders import embedder_from
from knowledge.metadata import Metadata
from knowledge.models import Document, PageRow, Status, Version
from tests.factories import READER


@dataclass(frozen=True)
class Place:
    """Where words stand: the page, and their stretch of the canonical text."""

    page: int
    start: int
    end: int

    @property
    def query(self) -> str:
        return f"from={self.start}&to={self.end}"


class Shelf:
    def __init__(self, app: Flask) -> None:
        self.app = app

    def add(self, path: str, content: str | bytes, index: bool = True, **said: str) -> int:
        """Imports and, unless told otherwise, indexes a document; returns its id."""
        stream = io.BytesIO(content.encode() if isinstance(content, str) else content)
        status = Status(said.pop("status", "in force"))
        with self.app.app_context():
            metadata = Metadata(status=status, **said)
            added = documents.add(db.session(), parts().files, stream, metadata, path, now())
            document_id = added.document.id
            db.session.commit()
            if index:
                self._index()
        return document_id

    def add_rows(self, count: int = 3) -> None:
        """Documents that an assistant which is told what to say may quote; they have no text."""
        with self.app.app_context():
            for number in range(count):
                document = Document(
                    id=number + 1,
                    path=f"row-{number}.md",
                    title="Row",
                    created_at=now(),
                    updated_at=now(),
                )
                document.versions.append(
                    Version(number=1, sha256="0" * 64, filename="a", size=0, created_at=now())
                )
                db.session.add(document)
                db.session.flush()
                document.current_version_id = document.versions[0].id
            db.session.commit()

    def move(self, document_id: int, audience: str) -> None:
        """To other readers, in the database at once; the index hears of it later."""
        with self.app.app_context():
            db.session.get_one(Document, document_id).audience = audience
            db.session.commit()

    def withdraw(self, document_id: int) -> None:
        with self.app.app_context():
            documents.withdraw(db.session(), db.session.get_one(Document, document_id), now())
            db.session.commit()

    def place(self, document_id: int, words: str, until: str = "") -> Place:
        """The stretch from the start of ``words`` to their end, or to the end of ``until``."""
        with self.app.app_context():
            version = db.session.get_one(Document, document_id).current_version_id
            pages = select(PageRow).where(PageRow.version_id == version).order_by(PageRow.number)
            rows = db.session.scalars(pages).all()
            text = "".join(row.text for row in rows)
            start = text.index(words)
            end = text.index(until, start) + len(until) if until else start + len(words)
            page = max(row.number for row in rows if row.start <= start)
        return Place(page, start, end)

    def _index(self) -> None:
        embedder = embedder_from("hashing", parts().model_folder)
        tools = Tools(parts().engine, parts().files, parts().index, embedder, now, reader=READER)
        worker.run(tools, Event(), once=True)
        db.session.expire_all()
