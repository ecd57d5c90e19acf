"""Parts of one building: footprints that touch and share an id or an address are one; those that share but lie apart stay apart.

+----+----+   id 甲 twice, wall to wall: one building.      +----+   +----+   id 甲 twice, a lane between them: two buildings
| 甲 | 甲 |                                                 | 甲 |   | 甲 |   that bear one id, which is reported.
+----+----+                                                 +----+   +----+
"""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

TOUCH_M = 0.1
"""Outlines so near are one wall."""
ADDRESS_MOST = 12
"""An address that more footprints bear is the name of a street or an estate, not of a building."""


@dataclass(frozen=True, eq=False)
class Merged:
    """`buildings`: one row a building, index 0 …; `parts`: the footprints as given; `row`: int (parts,), the building that each is of."""

    buildings: gpd.GeoDataFrame
    parts: gpd.GeoDataFrame
    row: np.ndarray

    def renamed(self, frame: pd.DataFrame | None) -> pd.DataFrame | None:
        """Return a frame whose column `building` names buildings, where it named parts (entrances, households)."""
        if frame is None or "building" not in frame or len(self.parts) == len(self.buildings):
            return frame
        given, now = self.parts["id"].to_numpy(dtype=object), self.buildings["id"].to_numpy(dtype=object)[self.row]
        absorbed = given != now
        names = dict(zip(given[absorbed], now[absorbed], strict=True))
        return frame.assign(building=[names.get(name, name) for name in frame["building"]])


def merge_parts(buildings: gpd.GeoDataFrame) -> Merged:
    """Unite footprints (metres; `id`, perhaps `address`) that are one building.

    The first part gives id, address and community, the largest its use. Floors and height are the greatest. Households and persons add up, but for
    parts of one id that all say the same: they repeat the figure of the building.
    """
    group = _groups(buildings)
    row, first = np.unique(group, return_inverse=True)[1], np.unique(group, return_index=True)[1]
    if len(first) == len(buildings):
        return Merged(buildings, buildings, np.arange(len(buildings)))
    out = buildings.iloc[first].reset_index(drop=True)
    several = np.flatnonzero(np.bincount(row) > 1)
    members = np.split(np.argsort(row, kind="stable"), np.cumsum(np.bincount(row))[:-1])
    shapes = out.geometry.to_numpy().copy()
    for k in several:
        shapes[k] = _united(buildings.geometry.to_numpy()[members[k]])
    columns = {name: out[name].to_numpy(copy=True) for name in ("floors", "height_m", "households", "persons", "use") if name in out}
    for k in several:
        part = buildings.iloc[members[k]]
        for name in columns:
            columns[name][k] = _joined(part, name)
    return Merged(out.assign(**columns).set_geometry(gpd.GeoSeries(shapes, crs=buildings.crs)), buildings, row)


def _groups(buildings: gpd.GeoDataFrame) -> np.ndarray:
    """Return for each footprint the number of its building (n,), numbered by first row."""
    n = len(buildings)
    a, b = _alike(buildings)
    if len(a):
        shapes = buildings.geometry.to_numpy()
        near = shapely.dwithin(shapes[a], shapes[b], TOUCH_M)
        a, b = a[near], b[near]
    label = connected_components(coo_array((np.ones(len(a)), (a, b)), shape=(n, n)), directed=False)[1] if n else np.zeros(0, int)
    first = np.unique(label, return_index=True)[1] if n else np.zeros(0, int)
    return first[label]


def _alike(buildings: gpd.GeoDataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Return pairs a < b of rows whose boxes touch and that share their id, or an address that is not a street's."""
    words = [(name, buildings[name].to_numpy(dtype=str)) for name in ("id", "address") if name in buildings]
    keys = [(name, np.unique(word, return_inverse=True)[1], word) for name, word in words]
    shared = [(name, key, np.bincount(key)[key], word) for name, key, word in keys]
    asked = [(key, (word != "") & (n > 1) & ((name == "id") | (n <= ADDRESS_MOST))) for name, key, n, word in shared]
    rows = np.flatnonzero(np.any([ok for _, ok in asked], axis=0)) if asked else np.zeros(0, int)
    if not len(rows):
        return rows, rows
    boxes = shapely.box(*(shapely.bounds(buildings.geometry.to_numpy()[rows]) + TOUCH_M * np.array([-0.5, -0.5, 0.5, 0.5])).T)
    a, b = (rows[k] for k in shapely.STRtree(boxes).query(boxes, predicate="intersects"))
    same = np.any([ok[a] & ok[b] & (key[a] == key[b]) for key, ok in asked], axis=0) & (a < b)
    return a[same], b[same]


def _united(shapes: np.ndarray) -> shapely.Geometry:
    """Unite parts; a hair of air between two walls is closed where that makes them one Polygon."""
    whole = shapely.union_all(shapely.make_valid(shapes))
    if shapely.get_num_geometries(whole) == 1:
        return whole
    closed = shapely.union_all([whole, shapely.buffer(shapely.buffer(whole, TOUCH_M, join_style="mitre"), -TOUCH_M, join_style="mitre")])
    return closed if shapely.get_num_geometries(closed) == 1 else whole


def _joined(part: gpd.GeoDataFrame, name: str) -> object:
    if name == "use":
        return part["use"].iloc[int(np.argmax(part.geometry.area))]
    figures = part[name].to_numpy(dtype="float64")
    known = figures[~np.isnan(figures)]
    if not len(known):
        return np.nan
    if name in ("floors", "height_m"):
        return known.max()
    by_id = pd.Series(figures).groupby(part["id"].to_numpy())
    return float(sum(f.iloc[0] if len(f) > 1 and f.nunique(dropna=False) == 1 else f.sum() for _, f in by_id))
