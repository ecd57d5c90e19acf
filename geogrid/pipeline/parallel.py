"""Side by side: what does not need the interpreter (GEOS, GDAL, compiled code, SQLite) runs on several cores of one process.

What is built never depends on how many. Arrays of geometries may be read by several threads at a time and written by none: shapely makes them
read-only while it works on them.
"""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

MOST = 4
"""Threads that a build takes by itself: more find nothing to do."""


def worker_count(wanted: int | None = None) -> int:
    """Return how many threads to use: as many as wanted, else one for each core, at most `MOST`; at least one."""
    cores = getattr(os, "process_cpu_count", os.cpu_count)() or 1
    return max(1, min(cores, MOST) if wanted is None else wanted)


def side_by_side(workers: int) -> Executor:
    """Return an executor of so many threads; one worker does everything at once, in the caller's own thread."""
    return Here() if workers == 1 else ThreadPoolExecutor(workers)


class Here(Executor):
    """Does what it is given before `submit` returns; an error waits in the future, as with threads."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Call `fn` now."""
        done: Future[Any] = Future()
        try:
            done.set_result(fn(*args, **kwargs))
        except Exception as error:
            done.set_exception(error)
        return done


@contextmanager
def without_cycle_search() -> Iterator[None]:
    """Let the search for cycles of garbage rest: a build makes millions of geometries and texts in no cycle, and it costs a second to look."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
