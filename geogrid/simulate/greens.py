"""What is green or wet and not a river: parks with a lake, estate gardens, running tracks, woods, banks and fields."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import shapely
from shapely import Polygon

from geogrid.simulate.free_land import largest_polygons
from geogrid.simulate.lots import Land

BANK_M = 36.0
NECK_M, WIDE_M = 1e-3, 0.5
LAKE_FROM_M2 = 4e4
KINDS = {"park": "park", "green": "verge", "wood": "wood"}


def draw_greens(land: Land, extra: list[tuple[str, Polygon]]) -> gpd.GeoDataFrame:
    """Return greens (kind, polygon): parks, verges and woods of lots, river banks, then gardens and tracks."""
    lots = land.lots
    found = [(KINDS[u], g) for u, g in zip(lots.use, lots.free, strict=True) if u in KINDS and not g.is_empty]
    water = shapely.union_all(land.rivers)
    bank = shapely.intersection(shapely.difference(shapely.buffer(land.river_lines, BANK_M), water), land.terrain.district)
    found += [("bank", part) for part in shapely.get_parts(bank) if part.geom_type == "Polygon" and part.area > 50]
    kinds, shapes = zip(*found, *extra, strict=True) if found or extra else ((), ())
    drawn = _opened(np.array(shapes, object))
    good = ~shapely.is_empty(drawn)
    return gpd.GeoDataFrame({"kind": np.array(kinds, object)[good]}, geometry=drawn[good], crs=lots.crs)


def _opened(shapes: np.ndarray) -> np.ndarray:
    """Return shapes without necks so narrow that another CRS turns them over on themselves."""
    out = shapes.copy()
    narrow = shapely.minimum_clearance(out) < NECK_M
    inner = shapely.buffer(out[narrow], -WIDE_M, join_style="mitre")
    out[narrow] = largest_polygons(shapely.buffer(inner, WIDE_M / 2, join_style="mitre"))
    return out


def draw_lakes(land: Land, rng: np.random.Generator) -> np.ndarray:
    """Return a bent lake in every large park, clear of the park's edge."""
    lots = land.lots
    lakes = []
    for free in lots.free.values[(lots.use == "park").to_numpy() & (lots.free_m2 > LAKE_FROM_M2).to_numpy()]:
        middle = shapely.get_coordinates(shapely.point_on_surface(free))[0]
        t = np.linspace(0, 2 * np.pi, 60, endpoint=False)
        phase = rng.uniform(0, 6, 3)
        r = np.sqrt(free.area) * 0.22 * (1 + 0.3 * np.sin(2 * t + phase[0]) + 0.16 * np.sin(3 * t + phase[1]) + 0.1 * np.sin(5 * t + phase[2]))
        lake = shapely.intersection(shapely.polygons(middle + np.c_[1.25 * r * np.cos(t), r * np.sin(t)]), shapely.buffer(free, -18))
        lakes += [p for p in shapely.get_parts(lake) if p.geom_type == "Polygon" and p.area > 1500]
    return np.array(lakes, object)
