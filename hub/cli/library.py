"""flask library …: importing, listing and withdrawing documents."""

import json
import sys
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from flask.cli import AppGroup

from hub.cli.index import failing_in_words, stopping, tools

if TYPE_CHECKING:
    from indexer.importing import Row
    from indexer.pipeline import Tools

library = AppGroup("library", help="Import, list and withdraw documents.")


@library.command("import")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--wait", is_flag=True, help="Index in this process and return when all is done.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option("--title", help="For a single file.")
@click.option("--type", "type_", help="For example law, guideline, report.")
@click.option("--language", help="A code such as en; else it is recognised.")
@click.option("--date", help="YYYY, YYYY-MM or YYYY-MM-DD.")
@click.option("--status", help="in force, draft, superseded or not stated.")
@click.option("--publisher")
@click.option("--audience", help="Who may read it: public, members, lea, staff or group-17.")
@click.option("--mark", help="A sharing mark: TLP:CLEAR, GREEN, AMBER or RED; none takes it off.")
def import_(paths: Sequence[Path], wait: bool, as_json: bool, **given: str | None) -> None:
    """Bring files, or the files of folders, into the library.

    A folder may hold a metadata.csv, whose lines win over these options. Importing again is safe:
    what has not changed is left alone, and a changed file becomes a new version.
    """
    from hub.cli.noting import noting_documents
    from indexer.importing import find, queue_files

    metadata = _metadata(**given)
    with failing_in_words(), stopping() as stop:
        indexer = tools()
        found = find(paths)
        if metadata.title and len(found.sources) > 1:
            raise click.UsageError("--title is for a single file.")
        report = _Report(as_json)
        report.show_all(found.problems)
        report.note_all(found.notes)
        queued = []
        with noting_documents():
            for row in queue_files(indexer, found.sources, metadata):
                queued.append(row)
                if not (wait and row.job_id):
                    report.show(row)
        if wait:
            _wait(indexer, stop, queued, report)
    report.finish()


@library.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def list_(as_json: bool) -> None:
    """List the documents with their state."""
    from sqlalchemy import select

    from hub.wiring import parts
    from knowledge.models import Document
    from knowledge.orm import reading

    with failing_in_words(), reading(parts().engine) as session:
        rows = [_listed(d) for d in session.scalars(select(Document).order_by(Document.path))]
    if as_json:
        click.echo(json.dumps({"documents": rows}, indent=1, ensure_ascii=False))
        return
    for row in rows:
        line = f"{row['state']:<10} {row['language'] or '-':<3} {row['audience']:<10} {row['path']}"
        click.echo(printable(f"{line}  {row['title']}"))
    click.echo(f"{len(rows)} documents")


@library.command("withdraw")
@click.argument("path")
def withdraw(path: str) -> None:
    """Take the document at PATH (as flask library list shows it) from its readers, at once."""
    from sqlalchemy import select

    from hub.cli.noting import noting_documents
    from hub.clock import now
    from hub.wiring import parts
    from indexer.transactions import writing
    from knowledge import documents
    from knowledge.models import Document

    with failing_in_words(), noting_documents(), writing(parts().engine) as session:
        document = session.scalar(select(Document).where(Document.path == path))
        if document is None:
            raise click.ClickException(f"The library has no document “{path}”.")
        documents.withdraw(session, document, now())
    click.echo(f"withdrawn {path}")


@dataclass
class _Report:
    """Tells what became of each file: a line each, or all in one JSON object at the end."""

    as_json: bool

    def __post_init__(self) -> None:
        self.rows: list[Row] = []
        self.notes: list[str] = []
        self.started = time.monotonic()

    def show(self, row: "Row") -> None:
        self.rows.append(row)
        if not self.as_json:
            click.echo(_line(row))

    def show_all(self, rows: Iterable["Row"]) -> None:
        for row in rows:
            self.show(row)

    def note_all(self, notes: Iterable[str]) -> None:
        for note in notes:
            self.notes.append(note)
            if not self.as_json:
                click.echo(f"note       {note}")

    def finish(self) -> None:
        """The summary. Exit status 1 if any file failed."""
        seconds = time.monotonic() - self.started
        counts = self._counts()
        if self.as_json:
            click.echo(json.dumps(self._summary(counts, seconds), indent=1, ensure_ascii=False))
        else:
            told = ", ".join(f"{count} {result}" for result, count in counts.items())
            pages = sum(row.pages for row in self.rows if row.result == "indexed")
            speed = f", {pages} pages ({pages / seconds:.1f} pages/s)" if pages else ""
            click.echo(f"{told or 'nothing to import'} in {seconds:.1f} s{speed}")
        if counts.get("failed"):
            sys.exit(1)

    def _counts(self) -> dict[str, int]:
        results = [str(row.result) for row in self.rows]
        return {result: results.count(result) for result in sorted(set(results))}

    def _summary(self, counts: dict[str, int], seconds: float) -> dict[str, Any]:
        files = [
            {
                "path": row.path,
                "result": str(row.result),
                "title": row.title,
                "pages": row.pages,
                "passages": row.passages,
                "problem": row.problem,
                "warnings": list(row.warnings),
            }
            for row in self.rows
        ]
        return {"files": files, "notes": self.notes, **counts, "seconds": round(seconds, 1)}


def _wait(indexer: "Tools", stop: Any, queued: Sequence["Row"], report: _Report) -> None:
    """Works until the jobs of these rows are finished and shows each as soon as it is."""
    from hub.cli.progress import ImportBar
    from indexer.importing import ended, outcomes
    from indexer.worker import drive

    waiting = {row.job_id: row for row in queued if row.job_id}

    def show_ended() -> None:
        for row in ended(indexer.engine, list(waiting.values())):
            del waiting[row.job_id or 0]
            with bar.set_aside():
                report.show(row)

    sizes = {job: row.size for job, row in waiting.items() if job is not None}
    with ImportBar(indexer.engine, sizes, show_ended) as bar:
        drive(indexer, stop, list(sizes), bar)
    show_ended()
    report.show_all(outcomes(indexer.engine, list(waiting.values())))
    if stop.is_set():
        click.echo("Stopped. What is queued stays queued for flask index work.", err=True)


def _metadata(type_: str | None, status: str | None, mark: str | None, **given: str | None) -> Any:
    from knowledge.access import mark_named
    from knowledge.errors import MetadataRefused
    from knowledge.metadata import Metadata, status_named

    try:
        chosen = status_named(status) if status else None
        marked = mark_named(mark) if mark else None
        return Metadata(type=type_, status=chosen, mark=marked, **given)
    except MetadataRefused as error:
        raise click.UsageError(str(error)) from error


def _line(row: "Row") -> str:
    line = f"{row.result:<10} {printable(row.path)}"
    if row.problem:
        return f"{line}: {printable(row.problem)}"
    if row.result == "indexed":
        pages = f"{row.pages} page{'' if row.pages == 1 else 's'}"
        passages = f"{row.passages} passage{'' if row.passages == 1 else 's'}"
        notes = [f"note       {printable(f'{row.path}: {w}')}" for w in row.warnings]
        return "\n".join([f"{line}   {pages}, {passages}", *notes])
    return line


def printable(text: str) -> str:
    """Foreign text on one line, without the characters that a terminal takes for commands."""
    return "".join(
        letter if letter.isprintable() else " " if letter.isspace() else "\N{REPLACEMENT CHARACTER}"
        for letter in text
    )


def _listed(document: Any) -> dict[str, str]:
    newest = document.versions[-1] if document.versions else None
    state = "withdrawn" if document.withdrawn_at else newest.state if newest else "empty"
    names = ("path", "title", "type", "language", "date", "status", "publisher", "audience", "mark")
    return {**{name: getattr(document, name) for name in names}, "state": str(state)}
