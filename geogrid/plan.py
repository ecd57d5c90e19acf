"""The one decision: a plan assigns atoms to units, and every polygon is derived.

    cell   polygon round an entrance, a house, or land without homes       (Base.cells)
    atom   cell x floors x part, with its households                       (Base.atoms)
    leaf   the deepest unit an atom belongs to, of any level, or NO_UNIT   (Plan.leaf)
    unit   a row of the tree: level, parent, code, name, kind              (Plan.units)

A plan is immutable. `Plan.frame(level)` derives the level's polygons by uniting cells; nothing stores a border.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import CRS
from shapely.geometry.base import BaseGeometry

from geogrid.scheme import Scheme

NO_UNIT = -1
CELL_COLUMNS = ("enclosure", "kind", "building", "entrance", "entrance_source", "x", "y", "geometry")
ATOM_COLUMNS = ("code", "cell", "floor_from", "floor_to", "part", "households", "persons")
UNIT_COLUMNS = ("level", "parent", "code", "name", "kind", "reason", "note", "cure", "cure_m", "link_m", "valid_from", "valid_to")
UNIT_DEFAULTS = {"note": "", "cure": "", "cure_m": 0.0, "link_m": 0.0}
"""Columns of units that plans made before there were such may lack, and what they mean then."""


@dataclass(frozen=True, eq=False)
class Base:
    """One set of cells and atoms in a projected CRS.

    `cells`: index `cell` (int, 1 …), columns `enclosure` (int), `kind` ("home", "building", "land"), `building` (id or ""),
    `entrance` (1 …, 0 for none), `entrance_source` ("given", "estimated", ""), `x`, `y` (metres, where its people live; NaN for land), Polygon
    `geometry`; a valid coverage.
    `atoms`: index `atom` (int, 1 …), columns `code` ("cell-floor-part"), `cell`,
    `floor_from`, `floor_to`, `part`, `households` (int), `persons` (int). Every cell has at least one atom. `district` is the noded parent;
    `district_source` is "given" or "derived".
    """

    cells: gpd.GeoDataFrame
    atoms: pd.DataFrame
    district: BaseGeometry
    district_source: str = "given"

    @property
    def crs(self) -> CRS:
        """The working CRS, metres."""
        return self.cells.crs

    @cached_property
    def cell_position(self) -> np.ndarray:
        """Row of each atom's cell in `cells`, int (atoms,)."""
        return self.cells.index.get_indexer(self.atoms["cell"].to_numpy())


@dataclass(frozen=True, eq=False)
class Plan:
    """Units and the assignment of atoms to them.

    `units`: index `unit` (permanent int id, 1 …), columns of `UNIT_COLUMNS`; `parent` is a unit id or NO_UNIT; `reason` says why a unit
    may be out of bounds ("" where it is not an accepted exception): a key of `geogrid.catalogue.REASONS`, with a planner's own words in `note` where
    that is `given`; `cure` what would bring it within them (a key of `CURES` there, or ""), with a link of `cure_m` metres where that is a link;
    `link_m` is the longest walking link that holds the unit together, 0 where it needs none. These four may be absent (`UNIT_DEFAULTS`).
    `leaf`: int (atoms,), the unit id of each atom, or NO_UNIT.
    """

    base: Base
    scheme: Scheme
    units: pd.DataFrame
    leaf: np.ndarray
    id: str = "main"
    version: int = 1
    state: str = "draft"
    _derived: dict[tuple[str, str], Any] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_derived", {})  # a plan made of another (`replace`) derives everything anew

    def owner(self, level: str) -> np.ndarray:
        """Unit id of each atom at `level`, int (atoms,), read-only; NO_UNIT where its leaf lies above, or nowhere."""
        return self._once("owner", level, self._owner)

    def _owner(self, level: str) -> np.ndarray:
        depth = {level.id: i for i, level in enumerate(self.scheme.levels)}
        ids = self.units.index.to_numpy()
        top = int(ids.max(initial=0)) + 1
        parent = np.full(top + 1, NO_UNIT)
        parent[ids] = self.units["parent"].to_numpy()
        unit_depth = np.full(top + 1, -1)
        unit_depth[ids] = self.units["level"].map(depth).to_numpy()
        at = self.leaf.copy()
        for _ in self.scheme.levels:
            deeper = (at != NO_UNIT) & (unit_depth[at] > depth[level])
            at = np.where(deeper, parent[at], at)
        owner = np.where((at != NO_UNIT) & (unit_depth[at] == depth[level]), at, NO_UNIT)
        owner.setflags(write=False)
        return owner

    def frame(self, level: str) -> gpd.GeoDataFrame:
        """Derive the units of `level`: index `code`, columns of the exported properties, geometry in the working CRS.

        Sorted by code. `stacked` is the number of units of the level on the unit's most crowded cell; `floor_from` and `floor_to` are given where
        a unit shares a cell, else null. `parent` is the parent's code or "".
        """
        return self._once("frame", level, lambda level: _derive(self, level))

    def _once(self, what: str, level: str, make: Callable[[str], Any]) -> Any:
        if (what, level) not in self._derived:
            self._derived[what, level] = make(level)
        return self._derived[what, level]


def _derive(plan: Plan, level: str) -> gpd.GeoDataFrame:
    plan.scheme.level(level)
    atoms, base = plan.base.atoms, plan.base
    rows = plan.units[plan.units["level"] == level]
    rows = rows.assign(**{name: value for name, value in UNIT_DEFAULTS.items() if name not in rows})
    owner = plan.owner(level)
    pairs = pd.DataFrame({"unit": owner, "position": base.cell_position})[owner != NO_UNIT].drop_duplicates()
    geometry = _united(pairs, base.cells.geometry.to_numpy())
    crowd = pairs.groupby("position")["unit"].transform("size")
    stacked = crowd.groupby(pairs["unit"]).max()
    sums = atoms.groupby(owner).agg(households=("households", "sum"), persons=("persons", "sum"), low=("floor_from", "min"), high=("floor_to", "max"))
    out = rows.join(sums).join(stacked.rename("stacked"))
    shares = out["stacked"].fillna(1) > 1
    frame = gpd.GeoDataFrame(
        {
            "code": out["code"],
            "name": out["name"],
            "level": level,
            "parent": plan.units["code"].reindex(out["parent"].to_numpy()).fillna("").to_numpy(dtype=object),
            "kind": out["kind"],
            "households": out["households"].fillna(0).astype("int64"),
            "persons": out["persons"].fillna(0).astype("int64"),
            "stacked": out["stacked"].fillna(0).astype("int64"),
            "floor_from": out["low"].where(shares).astype("Int64"),
            "floor_to": out["high"].where(shares).astype("Int64"),
            "valid_from": out["valid_from"],
            "valid_to": out["valid_to"],
            "reason": out["reason"],
            "note": out["note"],
            "cure": out["cure"],
            "cure_m": out["cure_m"],
            "link_m": out["link_m"],
            "unit": out.index,
        },
        geometry=geometry.reindex(out.index).to_numpy(),
        crs=base.crs,
    )
    frame.insert(7, "area_m2", frame.geometry.area.round(3))
    return frame.sort_values("code", kind="stable").set_index("code")


def united(cells: np.ndarray) -> BaseGeometry:
    """Unite polygons of one valid coverage into the one form that their union has, however they were grouped or ordered before.

    Rings start at their lowest vertex and stand in order, so that a unit united of its children equals, to the last bit, the same unit united of its
    cells. No vertex moves and none goes.

    >>> west, east = shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1)
    >>> united(np.array([west, east])).wkb == united(np.array([east, west])).wkb
    True
    """
    return shapely.normalize(cells[0] if len(cells) == 1 else shapely.coverage_union_all(cells))


def _united(pairs: pd.DataFrame, cells: np.ndarray) -> pd.Series:
    """Unite each unit's cells as `united` does, all at once; a Series of geometries by unit id."""
    ordered = pairs.sort_values(["unit", "position"], kind="stable")
    units = ordered["unit"].to_numpy()
    starts = np.flatnonzero(np.r_[True, units[1:] != units[:-1]]) if len(units) else np.array([], int)
    parts = cells[ordered["position"].to_numpy()]
    bounds = zip(starts.tolist(), [*starts[1:].tolist(), len(units)], strict=True) if len(units) else []
    shapes = [shapely.coverage_union_all(parts[start:end]) if end - start > 1 else parts[start] for start, end in bounds]
    return pd.Series(shapely.normalize(np.array(shapes, dtype=object)), index=units[starts], dtype=object)
