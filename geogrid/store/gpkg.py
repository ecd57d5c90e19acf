"""GeoPackage geometry blobs, and the five SQL functions that let plain `sqlite3` keep a GeoPackage's R-tree.

    'G' 'P' 0 flags srs_id | min_x max_x min_y max_y | ISO WKB         (flags 3: little endian, envelope xy; 0x11: empty, no envelope)

The R-tree triggers of the GeoPackage standard call ST_IsEmpty and ST_MinX … ST_MaxY. They read the blob's header, so no SpatiaLite is needed.
"""

from __future__ import annotations

import sqlite3
import struct
from collections.abc import Callable, Sequence

import numpy as np
import shapely

_HEADER = np.dtype([("magic", "S2"), ("version", "u1"), ("flags", "u1"), ("srs_id", "<i4"), ("envelope", "<f8", 4)])
_ENVELOPE_BYTES = (0, 32, 48, 48, 64)
_EMPTY_FLAG = 0x10


def encode(geometry: np.ndarray, srs_id: int) -> list[bytes | None]:
    """Make the GeoPackage blob of each geometry (x, y, float64 exact); None stays None."""
    header = np.zeros(len(geometry), _HEADER)
    header["magic"], header["flags"], header["srs_id"] = b"GP", 3, srs_id
    header["envelope"] = shapely.bounds(geometry)[:, [0, 2, 1, 3]] if len(geometry) else 0
    heads = header.tobytes()
    empty = shapely.is_empty(geometry)
    size = _HEADER.itemsize
    bodies = shapely.to_wkb(geometry, byte_order=1, output_dimension=2, flavor="iso")
    bare = b"GP\0" + bytes([1 | _EMPTY_FLAG]) + struct.pack("<i", srs_id)
    return [
        None if b is None else bare + b if e else heads[i : i + size] + b for i, b, e in zip(range(0, len(heads), size), bodies, empty, strict=True)
    ]


def decode(blobs: Sequence[bytes | None]) -> np.ndarray:
    """Make the geometry of each blob, by whomever it was written; None stays None."""
    bodies = [None if b is None else b[8 + _ENVELOPE_BYTES[(b[3] >> 1) & 7] :] for b in blobs]
    return shapely.from_wkb(np.array(bodies, dtype=object))


def register(connection: sqlite3.Connection) -> None:
    """Give the connection the functions that R-tree triggers call; without them even a rename of a unit fails."""
    functions: dict[str, Callable[[bytes | None], float | int | None]] = {"ST_IsEmpty": _is_empty}
    for position, name in enumerate(("ST_MinX", "ST_MaxX", "ST_MinY", "ST_MaxY")):
        functions[name] = lambda blob, position=position: (_envelope(blob) or (None,) * 4)[position]
    for name, function in functions.items():
        connection.create_function(name, 1, function, deterministic=True)


def _is_empty(blob: bytes | None) -> int | None:
    return None if blob is None else int(_envelope(blob) is None)


def _envelope(blob: bytes | None) -> tuple[float, ...] | None:
    """Return (min_x, max_x, min_y, max_y), or None for nothing and for an empty geometry."""
    if blob is None or blob[3] & _EMPTY_FLAG:
        return None
    if (blob[3] >> 1) & 7:
        return struct.unpack_from("<4d" if blob[3] & 1 else ">4d", blob, 8)
    bounds = shapely.from_wkb(blob[8:]).bounds
    return (bounds[0], bounds[2], bounds[1], bounds[3]) if not np.isnan(bounds[0]) else None
