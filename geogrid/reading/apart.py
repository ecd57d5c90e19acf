"""What a process of its own read of foreign bytes (`child.py`), as a table here; what became of that process, as one line.

KML, GPX, FlatGeobuf and Parquet are parsed by large C++ libraries which a small file can lead to much memory, no end, or a crash. GeoPackage and
shapefile are not: SQLite and lengths are checked beforehand, and a recipe has many of them, each start being a third of a second.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pyarrow as pa

from geogrid.reading import child
from geogrid.reading.door import choose_layer
from geogrid.reading.limits import CHILD_BYTES, CHILD_SECONDS, MAX_CELLS
from geogrid.reading.raw import refuse


def read_apart(path: Path, kind: str, layer: str | None) -> pa.Table:
    """Read one layer of a KML, GPX, FlatGeobuf or GeoParquet file in a process of its own. Raises InputError, with the layers to choose from."""
    if not sys.executable or getattr(sys, "frozen", False):
        return _read_here(path, kind, layer)
    # -P: the folder of the script must not shadow modules; the paths of this process, because it may have been told where the libraries are
    call = [sys.executable, "-P", child.__file__, kind, str(path), layer or "", str(MAX_CELLS), str(CHILD_BYTES), str(CHILD_SECONDS)]
    try:
        done = subprocess.run(call, stdin=subprocess.DEVNULL, capture_output=True, timeout=2 * CHILD_SECONDS, check=False)
    except subprocess.TimeoutExpired:
        raise _too_much(path) from None
    answer = done.stdout
    if answer.startswith(b"A") and done.returncode == 0:
        with pa.ipc.open_stream(pa.py_buffer(answer)[1:]) as stream:
            return stream.read_all()
    if not answer.startswith(b"J"):
        raise _too_much(path) if done.returncode in (-9, -24, -6) else _unreadable(path, f"its reader stopped with {done.returncode}")
    said: dict[str, Any] = json.loads(answer[1:])
    if "layers" in said:
        choose_layer(str(path), said["layers"], layer)
    raise _too_much(path) if "memory" in said else _unreadable(path, said.get("error", ""))


def _read_here(path: Path, kind: str, layer: str | None) -> pa.Table:
    """Read without a process of its own, where there is no Python to start."""
    try:
        return child.read(kind, str(path), layer or "", MAX_CELLS)
    except child.Choice as choice:
        choose_layer(str(path), list(choice.args), layer)
        raise
    except Exception as error:
        raise _unreadable(path, " ".join(str(error).split())[:200]) from None


def _unreadable(path: Path, why: str) -> Exception:
    return refuse(str(path), f"can not be read: {why}", f"无法读取：{why}")


def _too_much(path: Path) -> Exception:
    said = f"reading it took over {CHILD_BYTES >> 20} MB of memory or {CHILD_SECONDS} seconds; it is damaged, or must be split"
    return refuse(str(path), said, f"读取它需要超过 {CHILD_BYTES >> 20} MB 内存或 {CHILD_SECONDS} 秒：文件已损坏，或请分成几个文件")
