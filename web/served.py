"""The project that is served: opened once, opened anew when its file changes; what is derived from it is kept as long as it is open."""

from __future__ import annotations

import gc
import gzip
import hashlib
import json
import threading
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from cachetools import LRUCache, cachedmethod
from flask import Response, current_app, request

from geogrid.errors import StoreError

T = TypeVar("T")
Packed = tuple[bytes, bytes, str]  # the bytes, gzipped, and their tag
TILES_BYTES = 64_000_000


class Served:
    """One opened project and all that was computed from it. `version` changes whenever the file does."""

    def __init__(self, project: Any, version: str) -> None:
        self.project = project
        self.version = version
        self._kept: dict[Hashable, Any] = {}
        self._making: dict[Hashable, threading.Lock] = {}
        self._lock = threading.Lock()
        self._tiles: LRUCache[Hashable, Packed] = LRUCache(TILES_BYTES, getsizeof=lambda packed: len(packed[0]) + len(packed[1]))

    def keep(self, key: Hashable, make: Callable[[], T]) -> T:
        """Return what `make` made for `key`, making it once; who asks for another key need not wait. `make` may keep other keys, in no circle."""
        if key not in self._kept:
            with self._lock:
                making = self._making.setdefault(key, threading.Lock())
            with making:
                if key not in self._kept:
                    self._kept[key] = make()
        return self._kept[key]

    @cachedmethod(lambda self: self._tiles, key=lambda _, key, __: key, lock=lambda self: self._lock)
    def keep_tile(self, key: Hashable, make: Callable[[], Packed]) -> Packed:  # noqa: ARG002 - the key is what it is kept under
        """Return what `make` made for `key`; the tiles asked for last are kept, for there are more of them than memory holds."""
        return make()


class Source:
    """The file behind the service; `current` answers with the project as it now is. Safe from several threads."""

    def __init__(self, path: Path, opener: Callable[[Path], Any]) -> None:
        self.path = path
        self.opener = opener
        self._begins = not path.exists()
        self._stamp: tuple[int, int] | None = None
        self._served: Served | None = None
        self._lock = threading.Lock()

    def current(self) -> Served:
        """Return the project, opened anew if the file changed. Raises StoreError when it is gone or unreadable."""
        with self._lock:
            stamp = self._read_stamp()
            if self._served is None or stamp != self._stamp:
                # Requests that still use the former project keep it alive; it closes with the last of them.
                self._served = Served(self.opener(self.path), hashlib.sha256(repr(stamp).encode()).hexdigest()[:12])
                self._stamp = stamp
            return self._served

    def is_new(self) -> bool:
        """Tell whether the project is still to come: the service began without its file, and there is none yet."""
        return self._begins and not self.path.exists()

    @contextmanager
    def held(self) -> Iterator[None]:
        """Let go of the file and open it for nobody while the block runs, so that it can be replaced; whoever still reads it closes it when done."""
        with self._lock:
            self._served = self._stamp = None
            gc.collect()  # frames and their project hold each other
            yield

    def _read_stamp(self) -> tuple[int, int]:
        try:
            stat = self.path.stat()
        except OSError:
            message = f"project {self.path.name}: the file is not there; bring data in at /import, or build it with `geogrid build`"
            message_zh = f"项目 {self.path.name}：文件不存在；请在“导入”页导入数据，或运行 geogrid build"
            raise StoreError(message, message_zh, file=self.path.name) from None
        return stat.st_mtime_ns, stat.st_size


def served() -> Served:
    """Return the project of the running application as the visitor may see it (`web.accounts.visible`)."""
    return current_app.extensions["geogrid.view"](current_app.extensions["geogrid"].current())


def to_bytes(value: Any) -> bytes:
    """Serialise once, compactly, Chinese as it is."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()


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
