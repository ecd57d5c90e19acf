"""What is wrong with a division of a district, whoever made it: one judge for the program and its rival."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import geopandas as gpd
import numpy as np
import shapely

from geogrid.bench.inputs import LOWER, UPPER

MAIN_CLASSES = ("motorway", "ring", "primary")
INSIDE_M, CROSSED_M = 2.0, 20.0
"""A barrier is inside a grid beyond so many metres from its border; a grid with more than so many metres inside is crossed."""


def faults(grids: gpd.GeoDataFrame, households: np.ndarray, frames: Mapping[str, gpd.GeoDataFrame]) -> dict[str, Any]:
    """Judge grids and the `households` of each micro-grid against the simulated `frames` (all in one CRS, metres).

    `gap_m2`, `outside_m2`: against the outline of the communities; `overlap_m2` between grids; `grids_over_barriers`: with more than 20 m of rail,
    river bank or main road inside; `out_of_bounds`: micro-grids with households, but not 10 to 15.
    """
    shapes = grids.to_crs(frames["communities"].crs).geometry.to_numpy()
    whole, limit = shapely.union_all(shapes), shapely.union_all(frames["communities"].geometry.to_numpy())
    lived = households[households > 0]
    inner = shapely.intersection(shapely.buffer(shapes, -INSIDE_M), _barriers(frames))
    return {
        "grids": len(shapes),
        "microgrids": len(lived),
        "out_of_bounds": int(((lived < LOWER) | (lived > UPPER)).sum()),
        "gap_m2": round(float(shapely.area(shapely.difference(limit, whole))), 3),
        "overlap_m2": round(max(0.0, float(shapely.area(shapes).sum() - shapely.area(whole))), 3),
        "outside_m2": round(float(shapely.area(shapely.difference(whole, limit))), 3),
        "grids_over_barriers": int((shapely.length(inner) > CROSSED_M).sum()),
    }


def _barriers(frames: Mapping[str, gpd.GeoDataFrame]) -> Any:
    """Return rails, main roads and the banks of rivers as one geometry."""
    roads, water = frames["roads"], frames["water"]
    main, rivers = roads[roads["class"].isin(MAIN_CLASSES)], water[water["class"] == "river"]
    return shapely.union_all(np.concatenate([frames["railways"].geometry, main.geometry, rivers.boundary]))
