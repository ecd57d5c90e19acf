"""What can be drawn of a project, layer by layer, in web Mercator, simplified by zoom and indexed.

order    district, green, water, units of each level, pieces of fine levels, walls, roads, railways, buildings, cells
detail   four generalisations; units by `coverage_simplify`, so that neighbours keep their common border
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geogrid.maps.carry import each, hues, kept, kept_hues, simplified
from geogrid.maps.places import label_places
from geogrid.maps.project import MERCATOR, STATUS, ProjectLike, is_fine, layer_or_none, level_ids, once, to_crs
from geogrid.maps.stacks import pieces

WORLD_M = 40_075_016.685578488
# generalisations: up to this map zoom, with a tolerance of about half a pixel at that zoom
DETAIL_ZOOMS = (10, 12, 14, 16)
FINE_ZOOM, FINE_LABEL_ZOOM, CELL_ZOOM, BUILDING_ZOOM = 15, 17, 17, 15
_RANKS = {
    1: "motorway trunk primary motorway_link trunk_link primary_link 主干路 快速路 高速公路 国道 省道 main arterial expressway highway",
    2: "secondary tertiary secondary_link tertiary_link 次干路 县道 collector",
    4: "service footway path pedestrian steps cycleway track lane alley 小路 人行道 巷 里巷",
}
ROAD_RANK = {name: rank for rank, names in _RANKS.items() for name in names.split()}
_ROAD_ZOOM = np.array([0, 0, 12, 13, 15])


@dataclass(frozen=True, eq=False)
class Drawn:
    """Features of one layer at one generalisation: geometries in Mercator metres, properties, and the map zoom from which each is drawn."""

    geometry: np.ndarray
    properties: Mapping[str, Sequence[Any]]
    min_zoom: np.ndarray
    tree: shapely.STRtree = field(repr=False)

    @staticmethod
    def of(geometry: np.ndarray, properties: Mapping[str, Sequence[Any]], min_zoom: np.ndarray | int = 0) -> Drawn:
        """Keep the features that have a geometry, and index them."""
        keep = np.flatnonzero(~(shapely.is_missing(geometry) | shapely.is_empty(geometry)))
        chosen = {name: np.asarray(values, dtype=object)[keep] for name, values in properties.items()}
        zooms = np.broadcast_to(np.asarray(min_zoom), geometry.shape)[keep]
        return Drawn(geometry[keep], chosen, zooms, shapely.STRtree(geometry[keep]))


def detail_of(zoom: int) -> int:
    """Return the generalisation for a map zoom: 0 coarsest, 4 as it is."""
    return int(np.searchsorted(DETAIL_ZOOMS, zoom))


def pixel_m(zoom: float) -> float:
    """Return the Mercator metres of a screen pixel at a map zoom."""
    return WORLD_M / 256 / 2**zoom


def layer_names(project: ProjectLike) -> list[str]:
    """List the layers of the project's tiles in drawing order; units as `u:<level>`, label points of a fine level as `p:<level>`."""
    units = [f"u:{level}" for level in level_ids(project)]
    places = [f"p:{level}" for level in level_ids(project) if is_fine(project, level)]
    return ["district", "green", "water", *reversed(units), *places, "walls", "roads", "railways", "buildings", "cells"]


def drawn(project: ProjectLike, name: str, detail: int) -> Drawn | None:
    """Return a layer at a generalisation, made once; None where the project has nothing of it."""
    return once(project, ("drawn", name, detail), lambda: _make(project, name, detail))


def first_zoom(project: ProjectLike, name: str) -> int:
    """Return the map zoom from which a layer has anything, so that no larger one is even made."""
    if name == "cells":
        return CELL_ZOOM
    if name in ("buildings", "walls"):
        return BUILDING_ZOOM if name == "buildings" else 16
    if name.startswith("p:"):
        return FINE_LABEL_ZOOM
    return FINE_ZOOM if name.startswith("u:") and is_fine(project, name[2:]) else 0


def _make(project: ProjectLike, name: str, detail: int) -> Drawn | None:
    if name.startswith("u:") or name.startswith("p:"):
        level = name[2:]
        return (_places if name[0] == "p" else _fine if is_fine(project, level) else _units)(project, level, detail)
    if name == "district":
        return kept(project, (name, detail), project.district, lambda: Drawn.of(_simplify(_district(project), detail), {}))
    if name == "cells":
        cells = project.cells()
        return kept(project, name, cells, lambda: Drawn.of(_mercator(project, name, cells), {}))
    frame = layer_or_none(project, name)
    return None if frame is None else kept(project, (name, detail), frame, lambda: _styled(project, name, frame, detail))


def _styled(project: ProjectLike, name: str, frame: gpd.GeoDataFrame, detail: int) -> Drawn:
    geometry = _simplify(_mercator(project, name, frame), detail)
    return Drawn.of(geometry, *_STYLES[name](frame, geometry))


def _district(project: ProjectLike) -> np.ndarray:
    return to_crs(np.array([project.district], dtype=object), project.crs, MERCATOR)


def _mercator(project: ProjectLike, name: str, frame: gpd.GeoDataFrame) -> np.ndarray:
    return each(project, ("mercator", name), frame.geometry.to_numpy(), lambda shapes: to_crs(shapes, project.crs, MERCATOR))


def _simplify(geometry: np.ndarray, detail: int) -> np.ndarray:
    return geometry if detail == len(DETAIL_ZOOMS) else shapely.simplify(geometry, 0.5 * pixel_m(DETAIL_ZOOMS[detail]))


def _simplify_cover(project: ProjectLike, level: str, frame: gpd.GeoDataFrame, detail: int) -> np.ndarray:
    """Return the units or pieces of a level in Mercator, simplified so that the borders are alike on both sides."""
    geometry = _mercator(project, "u:" + level, frame)
    return geometry if detail == len(DETAIL_ZOOMS) else simplified(project, (level, detail), geometry, pixel_m(DETAIL_ZOOMS[detail]))


def _units(project: ProjectLike, level: str, detail: int) -> Drawn:
    units = project.units(level)
    geometry = _simplify_cover(project, level, units, detail)
    return Drawn.of(geometry, {"code": units.index.to_numpy(), "status": _status(units), "hue": hues(project, level)})


def _fine(project: ProjectLike, level: str, detail: int) -> Drawn:
    found = pieces(project, level)
    geometry = _simplify_cover(project, level, found, detail)
    codes = [" ".join(codes) for codes in found["codes"]]
    properties = {
        "code": codes,
        "n": found["n"].to_list(),
        "status": found["status"].to_list(),
        "hue": kept_hues(project, level, codes, found.geometry.to_numpy()).tolist(),
        "stack": [text or None for text in found["stack"]],
    }
    return Drawn.of(geometry, properties, FINE_ZOOM)


def _places(project: ProjectLike, level: str, detail: int) -> Drawn:  # noqa: ARG001 - labels stand alike at every detail
    return once(project, ("places", level), lambda: _fine_places(project, level))


def _fine_places(project: ProjectLike, level: str) -> Drawn:
    found, units = pieces(project, level), project.units(level)
    placed = each(project, ("fine places", level), _mercator(project, "u:" + level, found), lambda shapes: np.hstack(label_places(shapes, 5)))
    points, room = placed[:, :2], placed[:, 2:]
    first = [codes[0] for codes in found["codes"]]
    alone = units.loc[first]
    properties = {
        "code": [" ".join(codes) for codes in found["codes"]],
        "n": found["n"].to_list(),
        "status": found["status"].to_list(),
        "name": alone["name"].to_list(),
        "households": alone["households"].to_list(),
        "w": np.round(room[:, 0], 1).tolist(),
        "h": np.round(room[:, 1], 1).tolist(),
        "stack": [text or None for text in found["stack"]],
    }
    return Drawn.of(shapely.points(np.nan_to_num(points)), properties, FINE_LABEL_ZOOM)


def _status(units: gpd.GeoDataFrame) -> list[int]:
    return units["status"].map(STATUS).fillna(0).astype(int).to_list()


def _column(frame: gpd.GeoDataFrame, name: str, default: Any) -> pd.Series:
    return frame[name] if name in frame else pd.Series(default, index=frame.index)


def road_ranks(frame: gpd.GeoDataFrame) -> np.ndarray:
    """Return 1 main, 2 secondary, 3 street, 4 lane or path for each road, by its class and its `main` flag."""
    rank = _column(frame, "class", "").astype(str).map(ROAD_RANK).fillna(3).to_numpy().astype(int)
    return np.where(_column(frame, "main", False).fillna(False).astype(bool).to_numpy(), np.minimum(rank, 1), rank)


def _road_style(frame: gpd.GeoDataFrame, geometry: np.ndarray) -> tuple[dict[str, Sequence[Any]], np.ndarray]:  # noqa: ARG001
    rank = road_ranks(frame)
    return {"rank": rank.tolist(), "name": [n or None for n in _column(frame, "name", "").fillna("")]}, _ROAD_ZOOM[rank]


def _by_size(frame: gpd.GeoDataFrame, geometry: np.ndarray) -> tuple[dict[str, Sequence[Any]], np.ndarray]:  # noqa: ARG001
    """Draw an area from the zoom at which it is some 12 pixels; a line always."""
    area = shapely.area(geometry)
    with np.errstate(divide="ignore"):
        zoom = np.where(area > 0, np.ceil(np.log2(WORLD_M / 256 * 3.5 / np.sqrt(np.maximum(area, 1e-9)))), 0)
    return {}, np.clip(zoom, 0, 16).astype(int)


def _always(frame: gpd.GeoDataFrame, geometry: np.ndarray) -> tuple[dict[str, Sequence[Any]], int]:  # noqa: ARG001
    return {}, 0


_STYLES: dict[str, Callable[[gpd.GeoDataFrame, np.ndarray], tuple[Any, Any]]] = {
    "roads": _road_style,
    "railways": _always,
    "water": _by_size,
    "green": _by_size,
    "walls": _always,
    "buildings": _always,
}
