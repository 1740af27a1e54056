"""Builds the parts of the library once per process, the first time that somebody asks for them."""

from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from flask import Flask, current_app
from sqlalchemy import Engine

from hub.extensions import db

if TYPE_CHECKING:
    from knowledge.answering import Assistant
    from knowledge.community import Community
    from knowledge.files import FileStore
    from knowledge.index import FileIndex
    from knowledge.retrieval import Retriever

_LOCK = Lock()


@dataclass(frozen=True)
class Parts:
    """What the library runs on in this process."""

    engine: Engine
    files: "FileStore"
    index: "FileIndex"
    assistant: "Assistant"
    model_folder: Path
    embedder: str
    page_images: Path
    posts_index: "FileIndex"
    community: "Community"
    retriever: "Retriever"


def parts() -> Parts:
    """The parts of the current app."""
    app = current_app
    with _LOCK:
        if "parts" not in app.extensions:
            app.extensions["parts"] = _build(app)  # type: ignore[arg-type]
    built: Parts = app.extensions["parts"]
    return built


def _build(app: Flask) -> Parts:
    from knowledge.answering import Assistant
    from knowledge.community import Community
    from knowledge.documents import library_name
    from knowledge.files import FileStore
    from knowledge.index import FileIndex
    from knowledge.retrieval import Retriever

    folder = app.config["DATA"]
    models = app.config["MODEL_FOLDER"]
    engine = db.engine
    index = FileIndex(folder / "index", lambda: library_name(engine))
    retriever = Retriever(engine, index, models)
    posts_index = FileIndex(folder / "community-index", lambda: _community_name(engine))
    return Parts(
        engine=engine,
        files=FileStore(folder / "files"),
        index=index,
        assistant=Assistant(engine, retriever),
        model_folder=models,
        embedder=app.config["EMBEDDER"],
        page_images=folder / "page-images",
        posts_index=posts_index,
        community=Community(engine, posts_index, models),
        retriever=retriever,
    )


def _community_name(engine: Engine) -> str:
    from knowledge.contributions import community_name
    from knowledge.orm import reading

    with reading(engine) as session:
        return community_name(session)
