"""Which units hold a building, an entrance, a household or a compound: by its cells, and their atoms."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property

import numpy as np
import pandas as pd
import shapely

from geogrid.plan import NO_UNIT, Plan

TOUCH_M = 0.001  # the grid of coordinates: what lies nearer to a border lies on it


class Ground:
    """The plan and the layers that say where a thing stands, read when something is asked for."""

    def __init__(self, plan: Callable[[], Plan], layers: Mapping[str, pd.DataFrame]) -> None:
        self._read, self._layers = plan, layers
        self._by_layer: dict[str, dict[str, list[shapely.Geometry]]] = {}

    def codes(self, kind: str, target: str) -> dict[str, tuple[str, ...]]:
        """Return by level the codes of the units that hold a thing; {} where it is not known or lies in none."""
        if kind == "building":
            return self._told(self._atoms_in(self._cells_of_building(target)))
        if kind == "entrance":
            return self._told(self._atoms_in(self._cells_near("entrances", "id", target)))
        if kind == "compound":
            return self._told(self._atoms_in(self._cells_near("compounds", "code", target)))
        return self._told(self._atoms_of_household(target)) if kind == "household" else {}

    @cached_property
    def _plan(self) -> Plan:
        return self._read()

    def _told(self, atoms: np.ndarray) -> dict[str, tuple[str, ...]]:
        found = {level: tuple(sorted({codes[i] for i in np.unique(rank[atoms]).tolist()} - {""})) for level, (codes, rank) in self._levels.items()}
        return {level: codes for level, codes in found.items() if codes}

    @cached_property
    def _levels(self) -> dict[str, tuple[list[str], np.ndarray]]:
        """By level the codes of its units and "", and for each atom where its unit's code stands among them."""
        plan = self._plan
        ids, codes = plan.units.index.to_numpy(), plan.units["code"].astype(str).tolist()
        position = np.full(int(ids.max(initial=0)) + 2, len(codes))  # NO_UNIT is -1: the last entry
        position[ids] = np.arange(len(ids))
        assert NO_UNIT == -1
        return {level.id: ([*codes, ""], position[plan.owner(level.id)]) for level in plan.scheme.levels}

    def _atoms_in(self, cells: np.ndarray) -> np.ndarray:
        """Return the rows of the atoms in some cells (rows)."""
        parts = [self._order[self._starts[cell] : self._starts[cell + 1]] for cell in cells.tolist()]
        return np.concatenate(parts) if parts else np.array([], dtype=int)

    @cached_property
    def _order(self) -> np.ndarray:
        return np.argsort(self._plan.base.cell_position, kind="stable")

    @cached_property
    def _starts(self) -> np.ndarray:
        return np.searchsorted(self._plan.base.cell_position[self._order], np.arange(len(self._plan.base.cells) + 1))

    def _cells_of_building(self, target: str) -> np.ndarray:
        """Return the rows of the cells of a building, else of those under its footprint: some buildings have no cell of their own."""
        rows = self._of_building.get(target)
        return rows if rows is not None else self._cells_near("buildings", "id", target)

    @cached_property
    def _of_building(self) -> Mapping[str, np.ndarray]:
        names = self._plan.base.cells["building"].fillna("").astype(str)
        return {name: rows for name, rows in names.groupby(names.to_numpy()).indices.items() if name}

    def _cells_near(self, layer: str, column: str, target: str) -> np.ndarray:
        """Return the rows of the cells that a point touches, or whose inner point an area holds (else that hold the area's)."""
        shapes = self._shapes(layer, column).get(target, ())
        found = [self._tree.query(shape, predicate="dwithin", distance=TOUCH_M) for shape in shapes if shapely.get_dimensions(shape) < 2]
        for shape in (each for each in shapes if shapely.get_dimensions(each) == 2):
            near = self._tree.query(shape, predicate="intersects")
            inside = near[shapely.covers(shape, self._inner[near])] if layer == "compounds" else near[:0]
            found.append(inside if len(inside) else self._tree.query(shapely.point_on_surface(shape), predicate="dwithin", distance=TOUCH_M))
        return np.unique(np.concatenate(found)) if found else np.array([], dtype=int)

    def _shapes(self, layer: str, column: str) -> dict[str, list[shapely.Geometry]]:
        if layer not in self._by_layer:
            frame = self._layers[layer] if layer in self._layers else pd.DataFrame()
            out: dict[str, list[shapely.Geometry]] = {}
            for name, shape in zip(frame[column].astype(str), frame["geometry"], strict=True) if {column, "geometry"} <= set(frame) else ():
                if name and shape is not None and not shape.is_empty:
                    out.setdefault(name, []).append(shape)
            self._by_layer[layer] = out
        return self._by_layer[layer]

    @cached_property
    def _tree(self) -> shapely.STRtree:
        return shapely.STRtree(self._plan.base.cells.geometry.to_numpy())

    @cached_property
    def _inner(self) -> np.ndarray:
        return shapely.point_on_surface(self._plan.base.cells.geometry.to_numpy())

    def _atoms_of_household(self, target: str) -> np.ndarray:
        """Return the rows of the atoms on a household's floor, of its entrance's cell, else of its building's; of all floors where it names none."""
        found = self._households.get(target)
        if found is None:
            return np.array([], dtype=int)
        building, entrance, floor = found
        cells = self._cells_of_building(building)
        if entrance and len(at := np.intersect1d(cells, self._cells_near("entrances", "id", entrance))):
            cells = at
        atoms = self._atoms_in(cells)
        low, high = (self._plan.base.atoms[name].to_numpy()[atoms] for name in ("floor_from", "floor_to"))
        on = atoms[(low <= floor) & (floor <= high)]
        return on if len(on) else atoms

    @cached_property
    def _households(self) -> dict[str, tuple[str, str, float]]:
        frame = self._layers["households"] if "households" in self._layers else pd.DataFrame()
        if not {"id", "building"} <= set(frame):
            return {}
        entrance = frame["entrance"].fillna("").astype(str) if "entrance" in frame else [""] * len(frame)
        floor = pd.to_numeric(frame["floor"], errors="coerce") if "floor" in frame else [np.nan] * len(frame)
        return {name: rest for name, *rest in zip(frame["id"].astype(str), frame["building"].astype(str), entrance, floor, strict=True) if name}
