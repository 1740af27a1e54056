import socket
from pathlib import Path

import pytest
from sqlalchemy import Engine

from knowledge.access import ANYONE
from knowledge.langchain_retriever import as_langchain_retriever
from knowledge.retrieval import Retriever
from tests.factories import ACT, add_document, make_tools, work


def test_a_chain_finds_what_the_reader_may_see_and_nothing_is_sent(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tools = make_tools(engine, tmp_path)
    add_document(tools, path="open.md")
    add_document(tools, ACT.replace("faces", "staff faces"), "own.md", audience="staff")
    work(tools)
    chain = as_langchain_retriever(Retriever(engine, tools.index, tmp_path), ANYONE)
    asked: list[object] = []
    monkeypatch.setattr(socket, "getaddrinfo", lambda *address, **_: asked.append(address))

    documents = chain.invoke("Which cameras that recognise faces are prohibited?")

    assert {document.metadata["document"] for document in documents} == {"open.md"}
    assert "recognise faces" in documents[0].page_content
    assert documents[0].metadata["section"][-1] == "Article 2 Prohibited practices"
    assert asked == []
