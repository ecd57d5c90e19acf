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

from geogrid.reach.columns import numbers_of, texts_of
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
    """The scene, and of each of its footprints: `building` its id, `address`, `height_m` (NaN unknown), `is_home`.

    Numbers of what was told apart: heights taken of floors (`by_floors`), `canopies`, fences seen through (`see_through`).
    """

    scene: Scene
    building: np.ndarray
    address: np.ndarray
    height_m: np.ndarray
    is_home: np.ndarray
    by_floors: int
    canopies: int
    see_through: int


def make_obstacles(buildings: gpd.GeoDataFrame | None, walls: gpd.GeoDataFrame | None, scheme: Scheme) -> Obstacles:
    """Make the scene of the layers `buildings` and `walls` (working CRS, metres), either of which may be absent."""
    kept, canopies = _without(buildings, "use", CANOPIES)
    lines, see_through = _without(walls, "class", SEEN_THROUGH)
    shapes = kept.geometry.to_numpy()
    solid = kept[~shapely.is_missing(shapes) & ~shapely.is_empty(shapes) & (shapely.get_dimensions(shapes) == 2)]
    height = heights_m(solid, scheme)
    by_floors = int((np.isfinite(height) & ~(numbers_of(solid, "height_m") > 0)).sum())
    scene = Scene.of(solid.geometry.to_numpy(), walls=wall_lines(lines), heights_m=height)
    return Obstacles(scene, texts_of(solid, "id"), texts_of(solid, "address"), height, _is_home(solid, scheme), by_floors, canopies, see_through)


def heights_m(buildings: pd.DataFrame, scheme: Scheme) -> np.ndarray:
    """Height of each building in metres, NaN where nobody knows it.

    Projects of an earlier version do not say which floors were counted (`floors_source`): there the scheme's default number is nobody's count.
    """
    own, floors = numbers_of(buildings, "height_m"), numbers_of(buildings, "floors")
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


def wall_lines(walls: gpd.GeoDataFrame) -> np.ndarray:
    """Return walls as lines; of one drawn as an area its outline."""
    shapes = walls.geometry.to_numpy()
    shapes = shapes[~shapely.is_missing(shapes) & ~shapely.is_empty(shapes)]
    return np.where(shapely.get_dimensions(shapes) == 2, shapely.boundary(shapes), shapes)


def _without(frame: gpd.GeoDataFrame | None, column: str, words: tuple[str, ...]) -> tuple[gpd.GeoDataFrame, int]:
    """Return a frame, empty where there is none, without the rows whose column says one of the words, and how many those are."""
    if frame is None:
        return gpd.GeoDataFrame({column: []}, geometry=[]), 0
    named = np.isin([text.lower() for text in texts_of(frame, column)], words)
    return frame[~named], int(named.sum())


def _is_home(buildings: pd.DataFrame, scheme: Scheme) -> np.ndarray:
    """Tell which buildings people live in: those with households, and those whose use says so; a use that nobody gave says nothing."""
    lived = buildings["households"].fillna(0).to_numpy(dtype=float) > 0 if "households" in buildings else np.zeros(len(buildings), dtype=bool)
    if "use" not in buildings:
        return lived
    words = [use for use in scheme.defaults["home_uses"] if use not in ("", "yes")]
    return lived | buildings["use"].fillna("").astype(str).str.strip().isin(words).to_numpy()
