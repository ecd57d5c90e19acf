"""Long work of imports, one piece at a time in a kept thread: how far it is, what it said when it failed, and an end when the service ends."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

Tell = Callable[[str, float], None]
"""Called with a stage's name and the share done; raises Stopped when nobody wants the work any more."""


class Stopped(BaseException):
    """The work was called off."""


class Jobs:
    """The work that imports wait for, at most one piece an import."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="geogrid-import")
        self._lock = threading.Lock()
        self._at: dict[str, dict[str, Any]] = {}
        self._futures: dict[str, Future[None]] = {}
        self._ended = False
        self._unwanted: set[str] = set()

    def start(self, key: str, what: str, work: Callable[[Tell], None]) -> bool:
        """Queue `work` for the import `key`; False where it already waits for something. `work` tells of its own failures."""
        with self._lock:
            if key in self._at or self._ended:
                return False
            self._unwanted.discard(key)
            self._at[key] = {"what": what, "stage": "", "share": 0.0, "done": [], "since": time.monotonic()}
            self._futures[key] = self._pool.submit(self._run, key, work)
            return True

    def at(self, key: str) -> dict[str, Any] | None:
        """Return `what` an import waits for, its `stage`, the stages `done` and its `seconds`; None where it waits for nothing."""
        with self._lock:
            found = self._at.get(key)
            if found is None:
                return None
            told = {name: value for name, value in found.items() if name != "since"}
            return {**told, "done": list(found["done"]), "seconds": round(time.monotonic() - found["since"])}

    def drop(self, key: str, patience_s: float = 30.0) -> bool:
        """Call off what an import waits for; True when it has ended."""
        with self._lock:
            self._unwanted.add(key)
            future = self._futures.get(key)
            if future is not None and future.cancel():  # it never began
                self._forget(key)
                return True
        return self._wait(future, patience_s)

    def wait(self, key: str, patience_s: float = 60.0) -> bool:
        """Wait until an import waits for nothing any more; for tests and scripts."""
        with self._lock:
            future = self._futures.get(key)
        return self._wait(future, patience_s)

    def end(self, patience_s: float = 3.0) -> bool:
        """Call everything off; True when nothing runs any more."""
        with self._lock:
            self._ended = True
            futures = list(self._futures.values())
        self._pool.shutdown(wait=False, cancel_futures=True)
        return all(self._wait(future, patience_s) for future in futures)

    def _run(self, key: str, work: Callable[[Tell], None]) -> None:
        def tell(stage: str, share: float) -> None:
            with self._lock:
                if self._ended or key in self._unwanted:
                    raise Stopped
                now = self._at[key]
                now["stage"], now["share"] = stage, share
                if share >= 1 and stage not in now["done"]:
                    now["done"].append(stage)

        try:
            tell("", 0.0)
            work(tell)
        except Stopped:
            pass
        finally:
            with self._lock:
                self._forget(key)

    def _forget(self, key: str) -> None:
        self._at.pop(key, None)
        self._futures.pop(key, None)

    @staticmethod
    def _wait(future: Future[None] | None, patience_s: float) -> bool:
        if future is None or future.cancelled():
            return True
        try:
            future.exception(patience_s)
        except TimeoutError:
            return False
        return True
