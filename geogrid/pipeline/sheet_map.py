"""What the map of a notice shows of a project, and what a unit borders on: from its layers, found by trees that are made once."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geogrid.maps.carry import hues
from geogrid.sheets.ground import window
from geogrid.sheets.scene import Area, Road, Scene, Spot

MOST_FOOTPRINTS = 3000
"""More footprints are dust at the scale of a sheet: those of the unit itself are drawn then."""
SIDE_M = 20.0
"""So near its border a road bounds a unit."""
SIDE_SHARE = 0.25
STEP_M = 5.0
_NUMBER = (re.compile(r"(\d+[A-Za-z]?)\s*(?:号楼|栋|幢|座|#)"), re.compile(r"^\s*(\d+[A-Za-z]?)\b"), re.compile(r"(\d+[A-Za-z]?)\s*号?\s*$"))
_SIDES = (("E", 1, 0), ("S", 0, -1), ("W", -1, 0), ("N", 0, 1))
_DETAIL = 800
"""A sheet is some so many dots wide: finer detail of what lies round a unit is not seen."""


class MapGathering:
    """The layers of a project, indexed. `called(level, code, beside)` names a unit, shorter ones last."""

    def __init__(self, project: Any, called: Callable[[str, str, str], tuple[str, ...]]) -> None:
        self._project, self._called = project, called
        self._trees: dict[str, tuple[gpd.GeoDataFrame, shapely.STRtree]] = {}

    def scene(self, level: str, code: str, spots: Sequence[Spot], ratio: float) -> Scene:
        """Return what the map of a unit shows: `ratio` times as wide as high."""
        units = self._project.units(level)
        own = units.geometry.loc[code]
        box = window(own, ratio)
        small = (box[2] - box[0]) / _DETAIL
        here = {role: self._seen(role, box) for role in ("green", "water", "railways", "roads", "compounds", "buildings")}
        base = {role: shapely.simplify(here[role].geometry.to_numpy(), small) for role in ("green", "water", "railways")}
        return Scene(
            own=own,
            hue=int(self._hues(level).get(code, 0)),
            neighbours=self._neighbours(level, code, own, box, small),
            borders=self._borders(level, box, small),
            roads=_roads(here["roads"]),
            buildings=_buildings(here["buildings"], own),
            compounds=[Area(row.geometry, (_text(row, "name"),)) for row in _inside(here["compounds"], own).itertuples()],
            base=base,
            spots=spots,
        )

    def sides(self, level: str, code: str) -> list[tuple[str, tuple[str, ...]]]:
        """Return what bounds a unit in the east, south, west and north (四至): named roads, water and railways along it, else its neighbours."""
        own = self._project.units(level).geometry.loc[code]
        points, normals = _along(own)
        names, lines = self._bounding
        near = (
            shapely.STRtree(lines).query_nearest(shapely.points(points), max_distance=SIDE_M, all_matches=False)
            if len(lines)
            else np.zeros((2, 0), int)
        )
        found = pd.Series("", index=range(len(points)), dtype=object)
        found.iloc[near[0]] = [names[at] for at in near[1]]
        beside = self._beside(level, code, points)
        out = []
        for side, x, y in _SIDES:
            mine = np.flatnonzero(normals @ np.array([x, y]) > 0.7071)
            said = _most(found.iloc[mine]) or _most(beside.iloc[mine])
            out += [(side, said)] if said else []
        return out

    @cached_property
    def _bounding(self) -> tuple[list[str], np.ndarray]:
        names: list[str] = []
        lines: list[Any] = []
        for role in ("roads", "water", "railways"):
            frame = self._layer(role)
            for row in frame.itertuples() if frame is not None and "name" in frame else ():
                if _text(row, "name"):
                    names.append(_text(row, "name"))
                    lines.append(row.geometry)
        return names, np.array(lines, dtype=object)

    def _beside(self, level: str, code: str, points: np.ndarray) -> pd.Series:
        units, tree = self._tree(f"u:{level}")
        hits = tree.query(shapely.points(points), predicate="dwithin", distance=0.5)
        out = pd.Series("", index=range(len(points)), dtype=object)
        for at, row in hits.T.tolist():
            other = str(units.index[row])
            if other != code:
                out.iat[at] = self._called(level, other, code)[0]
        return out

    def _hues(self, level: str) -> dict[str, int]:
        units = self._project.units(level)
        return dict(zip(units.index, hues(self._project, level).tolist(), strict=True))

    def _neighbours(self, level: str, code: str, own: Any, box: Sequence[float], small: float) -> list[Area]:
        seen = self._seen(f"u:{level}", box)
        seen = seen[seen.index != code]
        apart = shapely.area(shapely.intersection(seen.geometry.to_numpy(), own)) < 1.0  # stacked units share the ground
        seen = seen[apart]
        shapes = shapely.simplify(seen.geometry.to_numpy(), small)
        return [Area(shape, self._called(level, str(other), code)) for other, shape in zip(seen.index, shapes, strict=True)]

    def _borders(self, level: str, box: Sequence[float], small: float) -> list[Any]:
        order = [each for each in self._project.levels if len(self._project.units(each))]
        above = order[: order.index(level)]
        return list(shapely.simplify(self._seen(f"u:{above[-1]}", box).geometry.to_numpy(), small)) if above else []

    def _seen(self, name: str, box: Sequence[float]) -> gpd.GeoDataFrame:
        frame, tree = self._tree(name)
        return frame.iloc[np.sort(tree.query(shapely.box(*box), predicate="intersects"))]

    def _tree(self, name: str) -> tuple[gpd.GeoDataFrame, shapely.STRtree]:
        if name not in self._trees:
            frame = self._project.units(name[2:]) if name.startswith("u:") else self._layer(name)
            frame = gpd.GeoDataFrame({"name": []}, geometry=[], crs=self._project.crs) if frame is None else frame
            self._trees[name] = frame, shapely.STRtree(frame.geometry.to_numpy())
        return self._trees[name]

    def _layer(self, name: str) -> gpd.GeoDataFrame | None:
        return self._project.layer(name) if name in self._project.layers else None


def building_number(address: str) -> str:
    """Return the number of a building in its address, "" where it has none.

    >>> building_number("祥和北里5号楼"), building_number("267 GROVE ST"), building_number("新华道12号"), building_number("行政中心")
    ('5', '267', '12', '')
    """
    for pattern in _NUMBER:
        if found := pattern.search(address):
            return found[1]
    return ""


def _buildings(frame: gpd.GeoDataFrame, own: Any) -> list[Area]:
    if len(frame) > MOST_FOOTPRINTS:
        frame = _inside(frame, own, share=0.01)
    return [Area(row.geometry, tuple(filter(None, [building_number(_text(row, "address"))]))) for row in frame.itertuples()]


def _roads(frame: gpd.GeoDataFrame) -> list[Road]:
    rows = frame.rename(columns={"class": "kind"}).itertuples()  # a column called class can not be an attribute
    return [Road(row.geometry, _text(row, "name"), _text(row, "kind"), bool(getattr(row, "main", False) or False)) for row in rows]


def _inside(frame: gpd.GeoDataFrame, own: Any, share: float = 0.3) -> gpd.GeoDataFrame:
    shapes = frame.geometry.to_numpy()
    return frame[shapely.area(shapely.intersection(shapes, own)) >= share * shapely.area(shapes)] if len(frame) else frame


def _along(own: Any) -> tuple[np.ndarray, np.ndarray]:
    """Return points along the outer border of a polygon and the outward normals there, (n, 2) each."""
    rings = [shapely.get_exterior_ring(part) for part in shapely.get_parts(shapely.normalize(own)) if shapely.area(part) > 0]
    points, normals = [], []
    for ring in rings:
        line = shapely.get_coordinates(shapely.segmentize(ring, STEP_M))
        step = np.diff(line, axis=0)
        length = np.hypot(*step.T)
        turn = 1.0 if shapely.is_ccw(ring) else -1.0
        normal = np.column_stack([step[:, 1], -step[:, 0]]) * turn / np.maximum(length, 1e-9)[:, None]
        points.append((line[1:] + line[:-1])[length > 0.2] / 2)
        normals.append(normal[length > 0.2])
    return np.vstack(points), np.vstack(normals)


def _most(names: pd.Series) -> tuple[str, ...]:
    """Return the one or two names that most of a side has."""
    counts = names[names != ""].value_counts()
    counts = counts[counts >= SIDE_SHARE * max(len(names), 1)]
    return tuple(str(name) for name, _ in sorted(counts.items(), key=lambda item: (-item[1], str(item[0])))[:2])


def _text(row: Any, name: str) -> str:
    value = getattr(row, name, None)
    return value.strip() if isinstance(value, str) else ""
