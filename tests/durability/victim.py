"""Processes to be killed: a parent that has loaded everything once, and a child per task.

The parent reads a JSON object a line: {"task", "url", "folder", "sources", "die_at", "log"}. It
forks a child for each, answers with the child's number, and takes its exit status only when it is
told "reap", so that the number cannot be another process's by then. ``die_at`` is [n, "before" or
"after"]: the child kills itself at its n-th step, where a step is any call after which the disk
holds something else: a flush, a rename, a removal or a commit.
"""

import json
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from threading import Event
from typing import Any

import faiss  # noqa: F401 - before the first fork, not after each
from sqlalchemy.engine.default import DefaultDialect

from indexer import worker
from indexer.importing import find, queue_files
from indexer.publishing import publish
from indexer.rebuild import renew_all
from knowledge.documents import library_name
from knowledge.index import FileIndex
from knowledge.metadata import Metadata
from knowledge.orm import open_engine
from tests.factories import make_tools

STEPS = [
    (os, "fsync"),
    (os, "replace"),
    (os, "unlink"),
    (shutil, "rmtree"),
    (DefaultDialect, "do_commit"),
]


def main() -> None:
    child = 0
    for line in sys.stdin:
        order = json.loads(line)
        if order == "reap":
            answer = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        else:
            child = os.fork()
            if not child:
                obey(order)
            answer = child
        print(answer, flush=True)


def obey(order: dict[str, Any]) -> None:
    log = os.open(order["log"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(log, 1)
    os.dup2(log, 2)
    steps = count_steps(*(order["die_at"] or (0, "", 0)))
    try:
        print("READY", flush=True)
        perform(order)
        print(f"STEPS {steps()}", flush=True)
    finally:
        os._exit(1 if sys.exc_info()[0] else 0)


def perform(order: dict[str, Any]) -> None:
    engine = open_engine(order["url"])
    folder = Path(order["folder"])
    index = FileIndex(folder / "index", lambda: library_name(engine))
    tools = make_tools(engine, folder, index=index)
    match order["task"]:
        case "import":
            for row in queue_files(tools, find([Path(order["sources"])]).sources, Metadata()):
                print(f"ACCEPTED {row.path} {row.result}", flush=True)
        case "work":
            worker.run(tools, Event(), once=True)
        case "rebuild":
            publish(engine, index, tools.embedder, tools.now(), anew=True)
        case "parse":
            worker.drive(tools, Event(), renew_all(engine, tools.now()), lambda: None)


def count_steps(fatal: int, when: str, number: int) -> Callable[[], int]:
    taken = [0]

    def wrapped(real: Callable[..., Any]) -> Callable[..., Any]:
        def step(*given: Any, **named: Any) -> Any:
            taken[0] += 1
            is_fatal = taken[0] == fatal
            if is_fatal and when == "before":
                os.kill(os.getpid(), number)
            result = real(*given, **named)
            if is_fatal:
                os.kill(os.getpid(), number)
            return result

        return step

    for home, name in STEPS:
        setattr(home, name, wrapped(getattr(home, name)))
    return lambda: taken[0]


if __name__ == "__main__":
    main()
