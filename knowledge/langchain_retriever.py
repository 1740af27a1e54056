"""The library's search as a LangChain retriever, for those who build their own chain on it."""

from typing import TYPE_CHECKING, Any

from knowledge.access import Reader
from knowledge.evidence import Evidence
from knowledge.retrieval import Retriever

if TYPE_CHECKING:
    from langchain_core.retrievers import BaseRetriever


def as_langchain_retriever(retriever: Retriever, reader: Reader) -> "BaseRetriever":
    """A LangChain retriever that finds what ``reader`` may see, and nothing else.

    Every document's text is the passage; its metadata names the place (document, title, status,
    version, section, start, end) and the ``score``.
    """
    from langchain_core.documents import Document
    from langchain_core.retrievers import BaseRetriever

    class LibraryRetriever(BaseRetriever):
        def _get_relevant_documents(self, query: str, **_options: Any) -> list[Document]:
            found = retriever.retrieve(query, reader)
            return [
                Document(page_content=evidence.text, metadata=_place(evidence))
                for evidence in found.evidence
            ]

    return LibraryRetriever()


def _place(evidence: Evidence) -> dict[str, Any]:
    return {
        "document": evidence.document.path,
        "title": evidence.document.title,
        "status": str(evidence.document.status),
        "version": evidence.version.number,
        "section": list(evidence.passage.section),
        "start": evidence.passage.start,
        "end": evidence.passage.end,
        "score": evidence.score,
    }
