"""Write Mapbox vector tiles (MVT 2.1) from arrays: all coordinates of a layer are coded at once.

A layer is a protobuf message of features; a feature's geometry is a stream of varints: MoveTo, LineTo, ClosePath with
zigzag deltas. The stream of the whole layer is made in numpy and cut per feature afterwards.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import shapely

EXTENT = 4096
_POINT, _LINE, _POLYGON = 1, 2, 3
_KIND = np.array([_POINT, _LINE, _LINE, _POLYGON, _POINT, _LINE, _POLYGON, 0])


def encode_tile(layers: Sequence[bytes]) -> bytes:
    """Join encoded layers into one tile."""
    return b"".join(_field(3, layer) for layer in layers if layer)


def encode_layer(name: str, geometries: np.ndarray, properties: Mapping[str, Sequence[Any]]) -> bytes:
    """Encode one layer; b"" if nothing of it can be seen.

    `geometries`: points, lines or polygons (n,) in tile units, y down, already clipped; `properties`: a sequence (n,) for each name, of str,
    int, float or None (not written).
    """
    streams, kinds = _streams(geometries)
    keys = list(properties)
    values: dict[tuple[type, Any], int] = {}
    features = bytearray()
    for i in np.flatnonzero([len(s) > 0 for s in streams]).tolist():
        tags = bytearray()
        for k, key in enumerate(keys):
            value = properties[key][i]
            if value is not None:
                tags += _varint(k) + _varint(values.setdefault((type(value), value), len(values)))
        features += _field(2, _field(2, bytes(tags)) + b"\x18" + _varint(int(kinds[i])) + _field(4, streams[i]))
    if not features:
        return b""
    head = _field(1, name.encode()) + bytes(features)
    head += b"".join(_field(3, key.encode()) for key in keys) + b"".join(_field(4, _value(value)) for _, value in values)
    return head + b"\x28" + _varint(EXTENT) + b"\x78\x02"


def _streams(geometries: np.ndarray) -> tuple[list[bytes], np.ndarray]:
    """Return the coded geometry of each feature, b"" where nothing is left of it, and its kind."""
    kinds = _KIND[shapely.get_type_id(geometries)] if len(geometries) else np.zeros(0, int)
    points, ring, ring_feature, ring_kind = _rings(geometries, kinds)
    points, ring, ring_feature, ring_kind = _without_repeats(points, ring, ring_feature, ring_kind)
    if not len(points):
        return [b""] * len(geometries), kinds
    ints, ring_size = _commands(points, ring, ring_feature, ring_kind)
    data, at = _varints(ints)
    feature_ints = np.bincount(ring_feature, weights=ring_size, minlength=len(geometries)).astype(int)
    ends = at[np.cumsum(feature_ints)]
    return [data[a:b] for a, b in zip(np.r_[0, ends[:-1]].tolist(), ends.tolist(), strict=True)], kinds


def _rings(geometries: np.ndarray, kinds: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Break features into rings, lines and points: whole-number points, the ring of each, the feature and kind of each ring."""
    parts, owner = shapely.get_parts(geometries, return_index=True)
    polygonal = kinds[owner] == _POLYGON
    rings, of = shapely.get_rings(shapely.orient_polygons(parts[polygonal]), return_index=True)
    plain = np.flatnonzero(~polygonal & (kinds[owner] > 0))
    pieces = np.r_[rings, parts[plain]]
    feature = np.r_[owner[polygonal][of], owner[plain]].astype(int)
    order = np.argsort(feature, kind="stable")
    pieces, feature = pieces[order], feature[order]
    points, ring = shapely.get_coordinates(pieces, return_index=True)
    return np.rint(points).astype(np.int64), ring, feature, kinds[feature]


def _without_repeats(points: np.ndarray, ring: np.ndarray, feature: np.ndarray, kind: np.ndarray) -> tuple[np.ndarray, ...]:
    """Drop repeated points, the closing point of rings, and rings or lines too small to see."""
    same_ring = np.r_[False, ring[1:] == ring[:-1]]
    keep = ~(same_ring & np.r_[False, (points[1:] == points[:-1]).all(axis=1)]) if len(points) else np.zeros(0, bool)
    points, ring = points[keep], ring[keep]
    if len(points):
        starts = np.flatnonzero(np.r_[True, ring[1:] != ring[:-1]])
        ends = np.r_[starts[1:], len(ring)] - 1
        closing = (kind[ring[ends]] == _POLYGON) & (points[starts] == points[ends]).all(axis=1)
        points, ring = np.delete(points, ends[closing], axis=0), np.delete(ring, ends[closing])
    count = np.bincount(ring, minlength=len(feature))
    alive = count >= np.array([1, 1, 2, 3])[kind]
    keep = alive[ring]
    renumbered = np.cumsum(alive) - 1
    return points[keep], renumbered[ring[keep]], feature[alive], kind[alive]


def _commands(points: np.ndarray, ring: np.ndarray, feature: np.ndarray, kind: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the integers of all geometries in order, and how many each ring takes."""
    count = np.bincount(ring, minlength=len(feature))
    first = np.r_[0, np.cumsum(count)[:-1]]
    before = np.vstack([[[0, 0]], points[:-1]])
    new_feature = first[np.r_[True, feature[1:] != feature[:-1]]]
    before[new_feature] = 0
    delta = points - before
    zigzag = (delta << 1) ^ (delta >> 63)
    drawn, closed = count > 1, kind == _POLYGON
    size = 1 + 2 * count + drawn + closed
    start = np.r_[0, np.cumsum(size)[:-1]]
    ints = np.zeros(int(size.sum()), dtype=np.int64)
    nth = np.arange(len(points)) - first[ring]
    at = start[ring] + 1 + 2 * nth + (nth > 0)
    ints[at], ints[at + 1] = zigzag[:, 0], zigzag[:, 1]
    ints[start] = 9
    ints[start[drawn] + 3] = ((count[drawn] - 1) << 3) | 2
    ints[start[closed] + size[closed] - 1] = 15
    return ints, size


def _varints(ints: np.ndarray) -> tuple[bytes, np.ndarray]:
    """Code integers below 2**35 as varints; return the bytes and the offset of each integer, one more for the end."""
    length = 1 + sum((ints >= 1 << 7 * k).astype(int) for k in range(1, 5))
    at = np.r_[0, np.cumsum(length)]
    out = np.zeros(int(at[-1]), dtype=np.uint8)
    for k in range(5):
        has = length > k
        more = (length[has] > k + 1).astype(np.int64) << 7
        out[at[:-1][has] + k] = ((ints[has] >> 7 * k) & 127) | more
    return out.tobytes(), at


def _field(number: int, data: bytes) -> bytes:
    return _varint(number << 3 | 2) + _varint(len(data)) + data


def _varint(n: int) -> bytes:
    out = bytearray()
    while n > 127:
        out.append(n & 127 | 128)
        n >>= 7
    out.append(n)
    return bytes(out)


def _value(value: Any) -> bytes:
    if isinstance(value, str):
        return _field(1, value.encode())
    if isinstance(value, bool | np.bool_):
        return b"\x38" + _varint(int(value))
    if isinstance(value, int | np.integer):
        return b"\x30" + _varint((int(value) << 1) ^ (int(value) >> 63))
    return b"\x19" + np.float64(value).tobytes()
