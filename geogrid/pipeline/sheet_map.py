"""What the map of a notice shows of a project, and what a unit borders on: from its layers, found by trees that are made once."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
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
"""So near its border a road bounds a unit, of a small unit nearer: a tenth of its width."""
SIDE_SHARE = 0.25
COMPOUND_SHARE = 0.3
STEP_M = 5.0
_NUMBER = (re.compile(r"(\d+[A-Za-z]?)\s*(?:号楼|栋|幢|座|#)"), re.compile(r"^\s*(\d+[A-Za-z]?)\b"), re.compile(r"(\d+[A-Za-z]?)\s*号?\s*$"))
_SIDES = (("E", 1, 0), ("S", 0, -1), ("W", -1, 0), ("N", 0, 1))
_TURNED = 0.7071  # cosine of 45 degrees
_DETAIL = 800
"""A sheet is some so many dots wide: finer detail of what lies round a unit is not seen."""


@dataclass(frozen=True, eq=False)
class _Layer:
    """A layer as arrays: shapes, a tree of them, and texts by column."""

    shapes: np.ndarray
    tree: shapely.STRtree
    texts: Mapping[str, np.ndarray]
    is_main: np.ndarray

    @classmethod
    def of(cls, frame: gpd.GeoDataFrame) -> _Layer:
        shapes = frame.geometry.to_numpy()

        def column(name: str, empty: Any) -> pd.Series:
            return frame[name].fillna(empty) if name in frame else pd.Series(empty, index=frame.index)

        texts = {name: column(name, "").astype(str).str.strip().to_numpy(dtype=object) for name in ("name", "class", "kind", "address")}
        main = column("main", False).astype(bool).to_numpy()
        return cls(shapes, shapely.STRtree(shapes), texts | {"code": frame.index.astype(str).to_numpy(dtype=object)}, main)

    def seen(self, box: Sequence[float]) -> np.ndarray:
        """Return the rows that lie in a box or reach into it, ascending."""
        return np.sort(self.tree.query(shapely.box(*box), predicate="intersects"))


class MapGathering:
    """The layers of a project, indexed when first asked for. `called(level, code, beside)` names a unit, shorter names last."""

    def __init__(self, project: Any, called: Callable[[str, str, str], tuple[str, ...]]) -> None:
        self._project, self._called = project, called
        self._layers: dict[str, _Layer] = {}
        self._hues: dict[str, dict[str, int]] = {}

    def scene(self, level: str, code: str, own: Any, spots: Sequence[Spot], ratio: float) -> Scene:
        """Return what the map of a unit (polygon `own`) shows: `ratio` times as wide as high."""
        box = window(own, ratio)
        small = (box[2] - box[0]) / _DETAIL
        return Scene(
            own=own,
            hue=self._hue(level, code),
            neighbours=self._neighbours(level, code, own, box, small),
            borders=self._borders(level, box, small),
            roads=self._roads(box),
            buildings=self._buildings(box, own),
            compounds=self._compounds(box, own),
            base={role: self._shapes(role, box, small) for role in ("green", "water", "railways")},
            spots=spots,
        )

    def sides(self, level: str, code: str, own: Any) -> list[tuple[str, tuple[str, ...]]]:
        """Return what bounds a unit in the east, south, west and north (四至): named roads, water and railways along it, else its neighbours."""
        points, normals = _along(own)
        names, tree = self._bounding
        near_m = float(np.clip(0.1 * np.sqrt(shapely.area(own)), 3.0, SIDE_M))
        places = shapely.points(points)
        found, beside = np.full(len(points), "", dtype=object), np.full(len(points), "", dtype=object)
        box = shapely.bounds(own) + (near_m + 1.0) * np.array([-1.0, -1.0, 1.0, 1.0])
        rows = np.sort(tree.query(shapely.box(*box)))
        if len(rows):  # of a road through the whole district only what is near: a distance to all of it takes its time
            near = shapely.STRtree(shapely.clip_by_rect(tree.geometries[rows], *box))
            at, row = near.query_nearest(places, max_distance=near_m, all_matches=False)
            found[at] = names[rows[row]]
        units = self._layer(f"u:{level}")
        at, row = units.tree.query(places, predicate="dwithin", distance=0.5)
        others = units.texts["code"][row]
        beside[at[others != code]] = others[others != code]
        out = []
        for side, x, y in _SIDES:
            mine = np.flatnonzero(normals @ np.array([x, y]) > _TURNED)
            said = _most(found[mine]) or tuple(self._called(level, other, code)[0] for other in _most(beside[mine]))
            out += [(side, said)] if said else []
        return out

    @cached_property
    def _bounding(self) -> tuple[np.ndarray, shapely.STRtree]:
        """Names and a tree of all that has a name and may bound a unit."""
        layers = [self._layer(role) for role in ("roads", "water", "railways")]
        names = np.concatenate([one.texts["name"] for one in layers])
        shapes = np.concatenate([one.shapes for one in layers])
        return names[names != ""], shapely.STRtree(shapes[names != ""])

    def _hue(self, level: str, code: str) -> int:
        if level not in self._hues:
            self._hues[level] = dict(zip(self._project.units(level).index, hues(self._project, level).tolist(), strict=True))
        return self._hues[level].get(code, 0)

    def _neighbours(self, level: str, code: str, own: Any, box: Sequence[float], small: float) -> list[Area]:
        units = self._layer(f"u:{level}")
        rows = units.seen(box)
        rows = rows[units.texts["code"][rows] != code]
        shapes = units.shapes[rows]
        apart = shapely.area(shapely.intersection(shapes, own)) < 1.0  # stacked units share the ground
        shapes = shapely.simplify(shapes[apart], small)
        return [Area(shape, self._called(level, other, code)) for other, shape in zip(units.texts["code"][rows[apart]], shapes, strict=True)]

    def _borders(self, level: str, box: Sequence[float], small: float) -> list[Any]:
        order = [each for each in self._project.levels if len(self._project.units(each))]
        above = order[: order.index(level)]
        return list(self._shapes(f"u:{above[-1]}", box, small)) if above else []

    def _shapes(self, name: str, box: Sequence[float], small: float) -> np.ndarray:
        layer = self._layer(name)
        return shapely.simplify(layer.shapes[layer.seen(box)], small)

    def _roads(self, box: Sequence[float]) -> list[Road]:
        layer = self._layer("roads")
        rows, texts = layer.seen(box), layer.texts
        return [Road(layer.shapes[i], texts["name"][i], texts["class"][i] or texts["kind"][i], bool(layer.is_main[i])) for i in rows]

    def _buildings(self, box: Sequence[float], own: Any) -> list[Area]:
        layer = self._layer("buildings")
        rows = layer.seen(box)
        if len(rows) > MOST_FOOTPRINTS:
            rows = rows[shapely.intersects(layer.shapes[rows], own)]
        return [Area(layer.shapes[i], tuple(filter(None, [building_number(layer.texts["address"][i])]))) for i in rows]

    def _compounds(self, box: Sequence[float], own: Any) -> list[Area]:
        """Return the compounds of which a part worth speaking of lies in the unit."""
        layer = self._layer("compounds")
        rows = layer.seen(box)
        shared = shapely.area(shapely.intersection(layer.shapes[rows], own)) >= COMPOUND_SHARE * shapely.area(layer.shapes[rows])
        return [Area(layer.shapes[i], (layer.texts["name"][i],)) for i in rows[shared]]

    def _layer(self, name: str) -> _Layer:
        if name not in self._layers:
            self._layers[name] = _Layer.of(self._frame(name))
        return self._layers[name]

    def _frame(self, name: str) -> gpd.GeoDataFrame:
        if name.startswith("u:"):
            return self._project.units(name[2:])
        return self._project.layer(name) if name in self._project.layers else gpd.GeoDataFrame(geometry=[], crs=self._project.crs)


def building_number(address: str) -> str:
    """Return the number of a building in its address, "" where it has none.

    >>> building_number("祥和北里5号楼"), building_number("267 GROVE ST"), building_number("新华道12号"), building_number("行政中心")
    ('5', '267', '12', '')
    """
    for pattern in _NUMBER:
        if found := pattern.search(address):
            return found[1]
    return ""


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


def _most(names: np.ndarray) -> tuple[str, ...]:
    """Return the one or two names that most of a side has."""
    found, n = np.unique(names[names != ""], return_counts=True)
    order = np.argsort(-n, kind="stable")
    return tuple(str(found[i]) for i in order[:2] if n[i] >= SIDE_SHARE * len(names))
