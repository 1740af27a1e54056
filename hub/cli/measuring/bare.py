"""The least that a page of posts costs with the same tools, kept to compare ours with.

Plain Flask, SQLAlchemy and Jinja, no extension: twenty rows joined with their authors, 16 KiB of
HTML; and a form that inserts one row. It promises nothing that ours do (who may read, languages,
forged requests), so it is the limit that they come near and never reach.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask, redirect, render_template, request
from jinja2 import DictLoader
from sqlalchemy import ForeignKey, Text, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, joinedload, mapped_column, relationship
from werkzeug.wrappers import Response

from knowledge.orm import open_engine, reading

ROWS = 20
PATH = "/topics/1"
INSERT_PATH = "/topics/1/posts"
WORDS = (
    "In our test some of the suggestions were wrong, most of them where the light was poor. "
    "A second officer looks at the original first; the contract lets us test each version. "
)
TEMPLATES = {
    "base.html": """<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>{% block title %}{% endblock %}</title></head>
<body>
<header><nav><a href="/">Home</a> <a href="/topics">Topics</a></nav></header>
<main>{% block content %}{% endblock %}</main>
<footer><p>Free software</p></footer>
</body>
</html>""",
    "topic.html": """{% extends "base.html" %}
{% block title %}A topic{% endblock %}
{% block content %}
<h1>A topic</h1>
{% for post in posts %}
<article id="post-{{ post.number }}">
<header><a href="/people/{{ post.author.id }}">{{ post.author.name }}</a>
<time>{{ post.number }}</time> <a href="#post-{{ post.number }}">#{{ post.number }}</a></header>
<div>{{ post.html|safe }}</div>
</article>
{% endfor %}
{% endblock %}""",
}


class BareBase(DeclarativeBase):
    """Tables of its own, which the hub knows nothing of."""


class BareAuthor(BareBase):
    __tablename__ = "bare_author"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]


class BarePost(BareBase):
    __tablename__ = "bare_post"

    id: Mapped[int] = mapped_column(primary_key=True)
    topic_id: Mapped[int] = mapped_column(index=True)
    number: Mapped[int]
    author_id: Mapped[int] = mapped_column(ForeignKey("bare_author.id"))
    text: Mapped[str] = mapped_column(Text, default="")
    html: Mapped[str] = mapped_column(Text)

    author: Mapped[BareAuthor] = relationship()


@contextmanager
def serving_bare(url: str) -> Iterator[Flask]:
    """``bare_app`` for a while; its connections are closed in the end."""
    app = bare_app(url)
    try:
        yield app
    finally:
        app.extensions["engine"].dispose()


def bare_app(url: str) -> Flask:
    """An app whose tables are made in this database."""
    engine = open_engine(url)
    BareBase.metadata.create_all(engine)
    app = Flask("bare", static_folder=None)
    app.jinja_loader = DictLoader(TEMPLATES)  # type: ignore[assignment]
    app.extensions["engine"] = engine
    with Session(engine) as session:
        session.add_all(_posts())
        session.commit()

    @app.get("/topics/<int:topic_id>")
    def topic(topic_id: int) -> str:
        asked = select(BarePost).where(BarePost.topic_id == topic_id, BarePost.number > 0)
        asked = asked.options(joinedload(BarePost.author)).order_by(BarePost.number).limit(ROWS)
        with reading(engine) as session:
            return render_template("topic.html", posts=session.scalars(asked).all())

    @app.post("/topics/<int:topic_id>/posts")
    def insert(topic_id: int) -> Response:
        text = request.form["text"]
        with Session(engine) as session:
            session.add(BarePost(topic_id=0, number=0, author_id=1, text=text, html=text))
            session.commit()
        return redirect(f"/topics/{topic_id}", 303)

    return app


def _posts() -> list[BarePost]:
    html = f"<p>{WORDS}</p>\n<p>{WORDS}{WORDS}</p>\n<p>{WORDS[:122]}</p>"
    authors = [BareAuthor(name=f"Somebody {number}") for number in range(1, ROWS + 1)]
    return [
        BarePost(topic_id=1, number=number, author=author, html=html)
        for number, author in enumerate(authors, 1)
    ]
