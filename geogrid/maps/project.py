"""What maps ask of a project, and what they make of it once: nothing here is kept in the project file."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, Protocol, TypeVar
from weakref import WeakKeyDictionary

import geopandas as gpd
import numpy as np
import shapely
from pyproj import CRS, Transformer
from shapely.geometry.base import BaseGeometry

from geogrid.plan import Plan
from geogrid.scheme import Scheme

T = TypeVar("T")
MERCATOR = "EPSG:3857"
STATUS = {"": 0, "in": 1, "below": 2, "above": 3, "dedicated": 4}
# a level with more units than this, or with stacked ones, is not drawn on the whole district: its parent is
MANY = 4000


class ProjectLike(Protocol):
    """The part of `geogrid.store.Project` that maps use: an open project, every frame in its working CRS."""

    name: str
    meta: Mapping[str, Any]
    crs: CRS
    scheme: Scheme
    district: BaseGeometry

    def plan(self) -> Plan:
        """Return the plan."""
        ...

    def units(self, level: str) -> gpd.GeoDataFrame:
        """Return a level's units by code, with `status`."""
        ...

    def cells(self) -> gpd.GeoDataFrame:
        """Return the cells."""
        ...

    def layer(self, name: str) -> gpd.GeoDataFrame:
        """Return a layer of the base map."""
        ...

    def sites(self, role: str) -> gpd.GeoDataFrame:
        """Return joined points."""
        ...

    def findings(self) -> gpd.GeoDataFrame:
        """Return what was found."""
        ...


_made: WeakKeyDictionary[Any, dict[Any, Any]] = WeakKeyDictionary()
_locks: WeakKeyDictionary[Any, dict[Any, threading.RLock]] = WeakKeyDictionary()
_door = threading.Lock()


def once(project: ProjectLike, key: Any, make: Callable[[], T]) -> T:
    """Return what `make` gives, made once per open project and key, and forgotten with the project.

    Each key has its own lock, so that a page which needs one thing does not wait for another that is being prepared.
    """
    with _door:
        made = _made.setdefault(project, {})
        lock = _locks.setdefault(project, {}).setdefault(key, threading.RLock())
    if key not in made:
        with lock:
            if key not in made:
                made[key] = make()
    return made[key]


def to_crs(geometries: np.ndarray, source: CRS, target: str) -> np.ndarray:
    """Project an array of geometries, x east and y north, Z dropped."""
    move = _transformer(source, target).transform
    return shapely.transform(np.asarray(geometries, dtype=object), lambda xy: np.column_stack(move(xy[:, 0], xy[:, 1])))


@lru_cache(maxsize=32)
def _transformer(source: CRS, target: str) -> Transformer:
    return Transformer.from_crs(source, target, always_xy=True)


def layer_or_none(project: ProjectLike, name: str) -> gpd.GeoDataFrame | None:
    """Return a base map layer if the project has it and it is not empty."""
    try:
        frame = project.layer(name)
    except (KeyError, LookupError):
        return None
    except Exception as error:
        if getattr(error, "code", "") in ("not_found", "store"):
            return None
        raise
    return frame if frame is not None and len(frame) else None


def is_fine(project: ProjectLike, level: str) -> bool:
    """Tell whether a level has too many units, or stacked ones, to be drawn on the whole district."""

    def answer() -> bool:
        units = project.units(level)
        return len(units) > MANY or bool((units["stacked"] > 1).any())

    return once(project, ("fine", level), answer)


def level_ids(project: ProjectLike) -> list[str]:
    """List the level ids of the project from the top down, without those that have no unit."""
    return once(project, "levels", lambda: [level.id for level in project.scheme.levels if len(project.units(level.id))])
