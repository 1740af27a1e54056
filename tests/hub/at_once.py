"""Calls that race each other."""

import threading
from collections.abc import Callable

from werkzeug.test import TestResponse


def at_once(*calls: Callable[[], TestResponse]) -> list[TestResponse]:
    """Each in a thread of its own, let go at the same moment."""
    gate, results = threading.Barrier(len(calls)), []

    def run(call: Callable[[], TestResponse]) -> None:
        gate.wait()
        results.append(call())

    threads = [threading.Thread(target=run, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(results) == len(calls)
    return results
