"""The project that is served: one view of it for each plan and version asked for, brought up to date when the plan's version changes.

Source    the file: opened once, opened anew when another file takes its place; it also keeps the desk, through which edits are written
Served    a project at one version of a plan, and all that was computed from it. What no edit changes is passed on to the next (`fixed`)
"""

from __future__ import annotations

import gc
import gzip
import hashlib
import json
import re
import threading
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from cachetools import LRUCache
from flask import Response, current_app, g, request

from geogrid import maps
from geogrid.edit.reference import MAIN, parse_at
from geogrid.errors import InputError, StoreError

if TYPE_CHECKING:
    from geogrid.store.desk import Desk

T = TypeVar("T")
Packed = tuple[bytes, bytes, str]  # the bytes, gzipped, and their tag
TILES_BYTES = 64_000_000
PLANS_KEPT = 8
MOMENTS = frozenset({"api.locate", "emergency.overlays"})
"""Endpoints whose `at`, where it is no version, is a moment of which people are asked: the plan is that of now."""
_VERSION = re.compile(r"(?P<plan>[a-z0-9]+)_(?P<at>at_)?(?P<version>[0-9]{1,9})_\w+")


class Kept:
    """What was made once, each thing under a key of its own. Safe from several threads."""

    def __init__(self) -> None:
        self._kept: dict[Hashable, Any] = {}
        self._making: dict[Hashable, threading.Lock] = {}
        self._lock = threading.Lock()

    def keep(self, key: Hashable, make: Callable[[], T]) -> T:
        """Return what `make` made for `key`, making it once; who asks for another key need not wait. `make` may keep other keys, in no circle."""
        if key not in self._kept:
            with self._lock:
                making = self._making.setdefault(key, threading.Lock())
            with making:
                if key not in self._kept:
                    self._kept[key] = make()
        return self._kept[key]


class Tiles:
    """Packed bytes of the tiles asked for last, for there are more of them than memory holds."""

    def __init__(self) -> None:
        self._lru: LRUCache[Hashable, Packed] = LRUCache(TILES_BYTES, getsizeof=lambda packed: len(packed[0]) + len(packed[1]))
        self._lock = threading.Lock()

    def keep(self, key: Hashable, make: Callable[[], Packed]) -> Packed:
        """Return what `make` made for `key`."""
        with self._lock:
            found = self._lru.get(key)
        if found is None:
            found = make()
            with self._lock:
                if sum(map(len, found[:2])) <= TILES_BYTES:
                    self._lru[key] = found
        return found


class Served:
    """One opened project and all that was computed from it. `version` names the plan, its version and the file: it changes whenever one does.

    `former`: the same file at another version, which passes on what no edit changes (`fixed`) and the store of tiles.
    `whole`: what this is one visitor's view of; itself where nothing is cut or hidden.
    """

    def __init__(self, project: Any, version: str, former: Served | None = None, *, whole: Served | None = None) -> None:
        self.project = project
        self.version = version
        self.whole = whole or self
        self.fixed = former.fixed if former else Kept()
        self.tiles = former.tiles if former else Tiles()
        self._kept = Kept()

    def keep(self, key: Hashable, make: Callable[[], T]) -> T:
        """Return what `make` made for `key`, as `Kept.keep`; it is forgotten with this version."""
        return self._kept.keep(key, make)

    def keep_tile(self, key: Hashable, make: Callable[[], Packed]) -> Packed:
        """Return what `make` made for `key`, as long as there is room."""
        return self.tiles.keep((self.version, key), make)


class Source:
    """The file behind the service; `current` answers with the project as it now is. Safe from several threads.

    `companions` are called when the file is let go of: whoever keeps something of it forgets it then.
    """

    def __init__(self, path: Path, opener: Callable[[Path], Any], clock: Callable[[], datetime] | None = None) -> None:
        self.path = path
        self.opener = opener
        self.clock = clock
        self.companions: list[Callable[[], None]] = []
        self._begins = not path.exists()
        self._stamp: tuple[int, int] | None = None
        self._live: LRUCache[str, Served] = LRUCache(PLANS_KEPT)
        self._past: LRUCache[Hashable, Served] = LRUCache(PLANS_KEPT)
        self._desk: Desk | None = None
        self._lock = self.door = threading.RLock()

    def current(self, plan: str = MAIN, at: int | str | None = None) -> Served:
        """Return the project with a plan as it is now, or `at` a version or day (ISO date).

        Raises StoreError when the file is gone or unreadable, NotFoundError for a plan or version that is not there.
        """
        with self._lock:
            self._look()
            main = self._refreshed(MAIN)
            if plan == MAIN and at is None:
                return main
            return self._refreshed(plan) if at is None else self._fixed(plan, at)

    def _refreshed(self, plan: str) -> Served:
        """Return a plan as it is now: what was served last where it has no new version, else what shares with that all that did not change."""
        former = self._live.get(plan)
        if former is None:
            main = self._live.get(MAIN)
            project = main.project.of(plan) if main else self.opener(self.path)
            former = self._live[plan] = Served(project, self._version(project), main)
            self._share()
        project = former.project.refreshed()
        if project is not former.project:
            maps.succeed(project, former.project)
            self._live[plan] = Served(project, self._version(project), former)
        return self._live[plan]

    def _fixed(self, plan: str, at: int | str) -> Served:
        """Return a plan as it was."""
        if (plan, at) not in self._past:
            main = self._live[MAIN]
            project = main.project.of(plan, at)
            known = self._past.get((plan, project.version))
            self._past[plan, project.version] = known or Served(project, self._version(project, is_at=True), main)
            at = project.version
        return self._past[plan, at]

    def _look(self) -> None:
        """Let go of a file in whose place another one is, or which other points and people were delivered to.

        Requests that still use the former project keep it open until the last of them.
        """
        stamp, main = self._read_stamp(), self._live.get(MAIN)
        if stamp != self._stamp or (main is not None and main.project.is_delivered_anew()):
            self._let_go()
            self._stamp = stamp

    def desk(self) -> Desk:
        """Return the desk that writes to the file, opened once. Raises StoreError where it can not be written to."""
        desk = self._desk
        if desk is not None and self._read_stamp() == self._stamp:  # who writes or polls need not wait for a page that is being made
            return desk
        from geogrid.store.desk import open_desk

        with self._lock:
            self._look()
            if self._desk is None:
                assert self.clock is not None, "a source that is only read has no clock"
                self._desk = open_desk(self.path, clock=self.clock)
                if self._desk.kept:  # a file of an earlier format: it was upgraded
                    self._live.clear()
                    self._past.clear()
                self._share()
            return self._desk

    def _share(self) -> None:
        """Let what reads the file use the states that the desk has."""
        if self._desk is not None:
            for served in self._live.values():  # all are of one reader
                served.project.take_history(self._desk.history)

    def _version(self, project: Any, *, is_at: bool = False) -> str:
        plan, version, _ = project.plan_name
        return f"{plan}_{'at_' if is_at else ''}{version}_{hashlib.sha256(project.stamp.encode()).hexdigest()[:8]}"

    def is_new(self) -> bool:
        """Tell whether the project is still to come: the service began without its file, and there is none yet."""
        return self._begins and not self.path.exists()

    @contextmanager
    def held(self) -> Iterator[None]:
        """Let go of the file and open it for nobody while the block runs, so that it can be replaced; whoever still reads it closes it when done."""
        with self._lock:
            self._let_go()
            gc.collect()  # frames and their project hold each other
            yield

    def _let_go(self) -> None:
        self._stamp = None
        self._live.clear()
        self._past.clear()
        if self._desk is not None:
            self._desk.close()
            self._desk = None
        for forget in self.companions:
            forget()

    def _read_stamp(self) -> tuple[int, int]:
        """Return what tells this file from another that takes its place; edits change its content and its time, not this."""
        try:
            stat = self.path.stat()
        except OSError:
            message = f"project {self.path.name}: the file is not there; bring data in at /import, or build it with `geogrid build`"
            message_zh = f"项目 {self.path.name}：文件不存在；请在“导入”页导入数据，或运行 geogrid build"
            raise StoreError(message, message_zh, file=self.path.name) from None
        return stat.st_dev, stat.st_ino


def asked() -> tuple[str, int | str | None]:
    """Return the plan and the version or day that the request asks for: by `?plan=` and `?at=`, or by the version in its address.

    An address with a version that is not `at` one is of a page as it was: it is answered as the plan is now. Raises InputError.
    """
    found = _VERSION.match((request.view_args or {}).get("version", ""))
    if found:
        return found["plan"], int(found["version"]) if found["at"] else None
    text = request.args.get("at", "")
    if request.endpoint in MOMENTS and not text.isdecimal():
        text = ""
    at = parse_at(text)
    if text and at is None:
        message = f"at={text!r}: write a version number or a date like 2026-01-31"
        raise InputError(message, f"at={text!r}：应为版本号或 2026-01-31 这样的日期", field="at", value=text)
    return request.args.get("plan", "") or MAIN, at


def served() -> Served:
    """Return the project of the running application as the visitor may see it (`web.accounts.visible`), the same for all of a request."""
    if "geogrid_served" not in g:
        g.geogrid_served = current_app.extensions["geogrid.view"](current_app.extensions["geogrid"].current(*asked()))
    return g.geogrid_served


def to_bytes(value: Any) -> bytes:
    """Serialise once, compactly, Chinese as it is."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()


def fresh_json(value: Any, status: int = 200) -> Response:
    """Answer with JSON that the browser asks for anew each time."""
    return Response(to_bytes(value), status=status, mimetype="application/json", headers={"Cache-Control": "no-cache"})


def kept_bytes(key: Hashable, make: Callable[[], bytes], mimetype: str, *, immutable: bool = False, is_tile: bool = False) -> Response:
    """Answer with bytes that were made and gzipped once per project version, with an ETag; 304 where the browser has them."""
    return kept_bytes_of(served(), key, make, mimetype, immutable=immutable, is_tile=is_tile)


def kept_bytes_of(
    now: Served, key: Hashable, make: Callable[[], bytes], mimetype: str, *, immutable: bool = False, is_tile: bool = False
) -> Response:
    """Answer as `kept_bytes` does, of the project that is given."""

    def pack() -> Packed:
        body = make()
        return body, gzip.compress(body, 6, mtime=0), hashlib.sha256(body).hexdigest()[:20]

    body, small, tag = now.keep_tile(key, pack) if is_tile else now.keep(("bytes", key), pack)
    zipped = "gzip" in request.headers.get("Accept-Encoding", "") and len(small) < len(body)
    response = Response(small if zipped else body, mimetype=mimetype)
    if zipped:
        response.headers["Content-Encoding"] = "gzip"
    response.headers["Vary"] = "Accept-Encoding"
    response.headers["Cache-Control"] = "private, max-age=31536000, immutable" if immutable else "no-cache"
    response.set_etag(tag + ("-gz" if zipped else ""))
    return response.make_conditional(request)
