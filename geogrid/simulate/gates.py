"""Gates where a walled lot meets a road, small streets first, and walls that are open at the gates."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geogrid.simulate.lots import Land

WALLED = ("homes", "school", "college", "hospital", "industry", "works", "government", "storage")
PREFERENCE = {"branch": 0, "rural": 0, "secondary": 1, "primary": 2, "ring": 9, "motorway": 9}
GATE_HALF_M = 5.0


def walled_lots(lots: gpd.GeoDataFrame) -> np.ndarray:
    """Return the rows of lots that have a wall."""
    return np.flatnonzero(lots.use.isin(WALLED) & (lots.free_m2 > 1500))


def find_gates(land: Land) -> gpd.GeoDataFrame:
    """Return gates: lot, azimuth_deg (clockwise from north, outwards), rank (0 the main gate)."""
    lots, roads = land.lots, land.roads
    walled = walled_lots(lots)
    free = lots.free.values[walled]
    middle = shapely.get_coordinates(shapely.centroid(free))
    border, tree, found = shapely.boundary(free), shapely.STRtree(roads.geometry.values), []
    for side in range(4):
        angle = lots.angle.values[walled] + (side - 1) * np.pi / 2
        ray = shapely.linestrings(np.stack([middle, middle + 900 * np.c_[np.cos(angle), np.sin(angle)]], 1))
        point = _nearest_crossing(shapely.intersection(ray, border), middle)
        road = tree.nearest(point)
        near = shapely.distance(point, roads.geometry.values[road]) < roads.half_m.values[road] + 7
        table = {
            "lot": walled,
            "preference": roads["class"].map(PREFERENCE).values[road],
            "azimuth_deg": (90 - np.degrees(angle)) % 360,
            "geometry": point,
        }
        found.append(pd.DataFrame(table)[near & ~np.all(shapely.get_coordinates(point) == middle, axis=1)])
    gates = pd.concat(found, ignore_index=True).sort_values(["lot", "preference"], kind="stable")
    gates["rank"] = gates.groupby("lot").cumcount()
    area = lots.free_m2.values[gates.lot]
    most = 1 + (area > 9000).astype(int) + (area > 26_000) + (area > 60_000)
    gates = gates[(gates["rank"] < most) & (gates.preference < 9)].reset_index(drop=True)
    return gpd.GeoDataFrame(gates.drop(columns="preference"), geometry="geometry", crs=lots.crs)


def _nearest_crossing(crossing: np.ndarray, middle: np.ndarray) -> np.ndarray:
    """Return, per ray, the crossing nearest to its start; the start itself where the ray crosses nothing."""
    points, row = shapely.get_parts(crossing, return_index=True)
    row, points = row[~shapely.is_empty(points)], shapely.point_on_surface(points[~shapely.is_empty(points)])
    order = np.lexsort((shapely.distance(points, shapely.points(middle[row])), row))
    rows, first = np.unique(row[order], return_index=True)
    out = shapely.points(middle)
    out[rows] = points[order[first]]
    return out


def build_walls(lots: gpd.GeoDataFrame, gates: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the walls (lot, lines), open ten metres wide at each gate."""
    walled = walled_lots(lots)
    lines = shapely.boundary(lots.free.values[walled])
    opening = shapely.buffer(gates.geometry.values, GATE_HALF_M)
    by_lot = pd.Series(opening, index=gates.lot.values).groupby(level=0).agg(lambda g: shapely.union_all(np.asarray(g)))
    has = np.isin(walled, by_lot.index)
    lines[has] = shapely.difference(lines[has], by_lot.loc[walled[has]].to_numpy())
    return gpd.GeoDataFrame({"lot": walled}, geometry=lines, crs=lots.crs)
