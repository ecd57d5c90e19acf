"""What hides a camera's view: footprints with their heights, and walls; and whose façades are dwellings.

Heights: `height_m`, else floors that somebody counted × 3 m, else unknown, and what is unknown hides. A canopy (`use` roof, 雨棚 …) hides nothing,
nor does a fence that one looks through.
"""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geogrid.reach.scene import Scene
from geogrid.scheme import Scheme

STOREY_M = 3.0
LOW_M = 1.5
"""What is no higher hides nothing from a camera on a mast."""
UNDER_M = 0.5
"""What ends no farther below a camera hides as much as what is higher."""
CANOPIES = ("roof", "canopy", "carport", "雨棚", "罩棚", "顶棚", "车棚")
SEEN_THROUGH = ("fence", "railing", "guard_rail", "handrail", "cable_barrier", "chain", "bollard", "kerb", "栅栏", "围栏", "护栏", "栏杆", "铁艺围栏")


@dataclass(frozen=True, eq=False)
class Obstacles:
    """The scene, and of each of its footprints: `building` its row in the frame given, `height_m` (NaN unknown), `is_home`."""

    scene: Scene
    footprints: np.ndarray
    building: np.ndarray
    height_m: np.ndarray
    is_home: np.ndarray
    canopies: int
    see_through: int


def make_obstacles(buildings: gpd.GeoDataFrame | None, walls: gpd.GeoDataFrame | None, scheme: Scheme) -> Obstacles:
    """Make the scene of the layers `buildings` and `walls` (working CRS, metres), either of which may be absent."""
    kept, canopies = _without(buildings, "use", CANOPIES)
    lines, see_through = _without(walls, "class", SEEN_THROUGH)
    shapes = np.full(0, None) if kept is None else kept.geometry.to_numpy()
    solid = np.flatnonzero(~shapely.is_missing(shapes) & ~shapely.is_empty(shapes) & (shapely.get_dimensions(shapes) == 2))
    height = np.full(0, np.nan) if kept is None else heights_m(kept, scheme)[solid]
    home = np.zeros(0, bool) if kept is None else _is_home(kept, scheme)[solid]
    rows = np.zeros(0, int) if kept is None or buildings is None else buildings.index.get_indexer(kept.index)[solid]
    footprints = np.asarray(shapes[solid], dtype=object)
    scene = Scene.of(footprints, walls=wall_lines(lines), heights_m=height)
    return Obstacles(scene, footprints, rows, height, home, canopies, see_through)


def heights_m(buildings: pd.DataFrame, scheme: Scheme) -> np.ndarray:
    """Height of each building in metres, NaN where nobody knows it.

    Projects of an earlier version do not say which floors were counted (`floors_source`): there the scheme's default number is nobody's count.
    """
    none = np.full(len(buildings), np.nan)
    own = buildings["height_m"].to_numpy(dtype=float, na_value=np.nan) if "height_m" in buildings else none
    floors = buildings["floors"].to_numpy(dtype=float, na_value=np.nan) if "floors" in buildings else none
    if "floors_source" in buildings:
        counted = (buildings["floors_source"] == "given").to_numpy()
    else:
        counted = floors != float(scheme.defaults["default_floors"])
    by_floors = np.where(counted & (floors >= 0.5), floors * STOREY_M, np.nan)
    return np.where(own > 0, own, by_floors)


def lowest_hiding_m(camera_height_m: np.ndarray, sure: bool) -> np.ndarray:
    """Height below which an obstacle hides nothing: what lies behind a low one (above 1.5 m) is not surely seen, but perhaps."""
    above_low = np.full(len(camera_height_m), np.nextafter(LOW_M, np.inf))
    return above_low if sure else np.maximum(above_low, camera_height_m - UNDER_M)


def wall_lines(walls: gpd.GeoDataFrame | None) -> np.ndarray:
    """Return walls as lines; of one drawn as an area its outline."""
    if walls is None or len(walls) == 0:
        return np.full(0, None)
    shapes = walls.geometry.to_numpy()
    shapes = shapes[~shapely.is_missing(shapes) & ~shapely.is_empty(shapes)]
    return np.where(shapely.get_dimensions(shapes) == 2, shapely.boundary(shapes), shapes)


def _without(frame: gpd.GeoDataFrame | None, column: str, words: tuple[str, ...]) -> tuple[gpd.GeoDataFrame | None, int]:
    if frame is None or column not in frame:
        return frame, 0
    named = frame[column].fillna("").astype(str).str.strip().str.lower().isin(words).to_numpy()
    return frame[~named], int(named.sum())


def _is_home(buildings: pd.DataFrame, scheme: Scheme) -> np.ndarray:
    """Tell which buildings people live in: those with households, and those whose use says so; a use that nobody gave says nothing."""
    lived = buildings["households"].fillna(0).to_numpy(dtype=float) > 0 if "households" in buildings else np.zeros(len(buildings), dtype=bool)
    if "use" not in buildings:
        return lived
    words = [use for use in scheme.defaults["home_uses"] if use not in ("", "yes")]
    return lived | buildings["use"].fillna("").astype(str).str.strip().isin(words).to_numpy()
