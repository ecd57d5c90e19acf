"""From a place and a floor to the unit of every level.

A place on a border touches several cells; the one whose units have the lowest codes is taken, so that every place has one answer. Where a
cell's floors belong to several units and no floor is named, the lowest floor's unit answers and `stack` lists them all.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import shapely
from pyproj import Transformer

from geogrid.errors import InputError
from geogrid.plan import NO_UNIT, Plan
from geogrid.sites import TOUCH_M

_LAST = "\U0010ffff"


class Locator:
    """An index of a plan's cells and the unit codes of their atoms at every level."""

    def __init__(self, plan: Plan) -> None:
        atoms = plan.base.atoms
        self.plan = plan
        self._levels = [level.id for level in plan.scheme.levels]
        self._tree = shapely.STRtree(plan.base.cells.geometry.to_numpy())
        self._to_working = Transformer.from_crs("EPSG:4326", plan.base.crs, always_xy=True)
        # Atoms by cell, lowest floor first: those of cell row r are _order[_start[r]:_start[r + 1]].
        self._order = np.lexsort((atoms["part"].to_numpy(), atoms["floor_from"].to_numpy(), plan.base.cell_position))
        self._start = np.searchsorted(plan.base.cell_position[self._order], np.arange(len(plan.base.cells) + 1))
        self._floors = atoms[["floor_from", "floor_to"]].to_numpy()
        code_of = {**plan.units["code"].to_dict(), NO_UNIT: None}
        self._codes = [[code_of[unit] for unit in plan.owner(level).tolist()] for level in self._levels]

    def locate(self, lon: float, lat: float, floor: int | None = None) -> dict[str, Any]:
        """Return `{"lon", "lat", "floor", "units": {level: code}, "stack", "responsible"}`, null where none.

        `lon`, `lat` in degrees (WGS 84). A floor that the cell does not have gives the units that all its floors share. Raises InputError
        when the place is not in degrees.
        """
        places = [self._at(cell, floor) for cell in self.cells_at(lon, lat)]
        best = min(places, key=lambda place: [code or _LAST for code in place[0]], default=([None] * len(self._levels), []))
        units = dict(zip(self._levels, best[0], strict=True))
        return {"lon": float(lon), "lat": float(lat), "floor": floor, "units": units, "stack": best[1], "responsible": []}

    def cells_at(self, lon: float, lat: float) -> list[int]:
        """Return the cells (rows of the plan's) that a place touches. Raises InputError when it is not in degrees."""
        if not (-180 <= lon <= 180 and -90 <= lat <= 90):
            raise InputError(f"({lon}, {lat}) is not a longitude and latitude in degrees", f"（{lon}，{lat}）不是经纬度", value=(lon, lat))
        point = shapely.Point(self._to_working.transform(lon, lat))
        return self._tree.query(point, predicate="dwithin", distance=TOUCH_M).tolist()

    def shared(self, cells: Sequence[int], floor: int | None = None) -> dict[str, str | None]:
        """Return the unit of every level to which all of some cells (rows) belong, on a floor or on the lowest; null where they differ."""
        places = [self._at(cell, floor)[0] for cell in cells]
        found = [set(codes) for codes in zip(*places, strict=True)] or [set()] * len(self._levels)
        return {level: codes.pop() if len(codes) == 1 else None for level, codes in zip(self._levels, found, strict=True)}

    def _at(self, cell: int, floor: int | None) -> tuple[list[str | None], list[dict[str, Any]]]:
        """Return the code at every level on a floor of a cell, and the units stacked there."""
        atoms = self._order[self._start[cell] : self._start[cell + 1]].tolist()
        on_floor = [a for a in atoms if floor is None or self._floors[a][0] <= floor <= self._floors[a][1]]
        wanted = on_floor[:1] or atoms
        found = [{codes[a] for a in wanted} for codes in self._codes]
        return [next(iter(codes)) if len(codes) == 1 else None for codes in found], self._stack(atoms)

    def _stack(self, atoms: list[int]) -> list[dict[str, Any]]:
        codes = self._codes[-1]
        if len({codes[a] for a in atoms}) < 2:
            return []
        ranges: dict[str | None, list[int]] = {}
        for a in atoms:
            low, high = self._floors[a].tolist()
            known = ranges.setdefault(codes[a], [low, high])
            ranges[codes[a]] = [min(known[0], low), max(known[1], high)]
        return [{"floor_from": low, "floor_to": high, "code": code} for code, (low, high) in ranges.items()]
