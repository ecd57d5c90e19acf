"""All cells and atoms that there ever were: the ground on which every plan of a file stands.

Rows are only ever appended, so a position (row) means the same in every plan and version. A cell that was cut stays; that a plan no longer uses
it is said by the plan (`state.ABSENT`), not here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import CRS
from shapely.geometry.base import BaseGeometry

from geogrid.edit.nextto import Borders, find_borders
from geogrid.plan import Base


@dataclass(frozen=True, eq=False)
class Ground:
    """Cells and atoms, append-only, in the working CRS (metres). Arrays are read-only.

    `cells` and `atoms` as in `geogrid.plan.Base`, indices ascending; `district` is the outline of the first cells. "Row" is a position in `cells`,
    "position" one in `atoms`.
    """

    cells: gpd.GeoDataFrame
    atoms: pd.DataFrame
    district: BaseGeometry
    district_source: str = "given"

    @classmethod
    def of(cls, base: Base) -> Ground:
        """Return the ground of a base, which shares its frames."""
        return cls(base.cells, base.atoms, base.district, base.district_source)

    def with_cells(self, cells: gpd.GeoDataFrame, atoms: pd.DataFrame) -> Ground:
        """Return a ground with rows appended; their index numbers must be higher than all there are. Raises ValueError otherwise."""
        for new, old in ((cells, self.cells), (atoms, self.atoms)):
            numbers = np.r_[old.index[-1:].to_numpy(), new.index.to_numpy()]
            if (np.diff(numbers) <= 0).any():
                raise ValueError("appended cells and atoms are numbered on, upwards")
        joined = gpd.GeoDataFrame(pd.concat([self.cells, cells[self.cells.columns]]), geometry="geometry", crs=self.crs)
        return Ground(joined, pd.concat([self.atoms, atoms[self.atoms.columns]]), self.district, self.district_source)

    @cached_property
    def crs(self) -> CRS:
        """The working CRS, metres."""
        return self.cells.crs

    @cached_property
    def cell_ids(self) -> np.ndarray:
        """Numbers of the cells, int64 (c,), ascending."""
        return _fixed(self.cells.index.to_numpy(dtype=np.int64))

    @cached_property
    def geometry(self) -> np.ndarray:
        """Polygons of the cells, object (c,)."""
        return _fixed(self.cells.geometry.to_numpy())

    @cached_property
    def points(self) -> np.ndarray:
        """Where each cell's people live, else a point inside its land, metres (c, 2)."""
        xy = self.cells[["x", "y"]].to_numpy(dtype=float).copy()
        land = np.isnan(xy).any(axis=1)
        xy[land] = shapely.get_coordinates(shapely.point_on_surface(self.geometry[land]))
        return _fixed(xy)

    @cached_property
    def building(self) -> np.ndarray:
        """Building id of each cell or "", object (c,)."""
        return _fixed(self.cells["building"].to_numpy(dtype=object))

    @cached_property
    def area_m2(self) -> np.ndarray:
        """Areas of the cells, float (c,)."""
        return _fixed(shapely.area(self.geometry))

    @cached_property
    def perimeter_m(self) -> np.ndarray:
        """Lengths of the cells' outlines, holes too, float (c,)."""
        return _fixed(shapely.length(self.geometry))

    @cached_property
    def atom_ids(self) -> np.ndarray:
        """Numbers of the atoms, int64 (n,), ascending."""
        return _fixed(self.atoms.index.to_numpy(dtype=np.int64))

    @cached_property
    def codes(self) -> np.ndarray:
        """Codes of the atoms, object (n,) of str."""
        return _fixed(self.atoms["code"].to_numpy(dtype=object))

    @cached_property
    def cell(self) -> np.ndarray:
        """Row of each atom's cell, int64 (n,)."""
        return _fixed(self.cells.index.get_indexer(self.atoms["cell"].to_numpy()))

    @cached_property
    def households(self) -> np.ndarray:
        """Households of the atoms, int64 (n,)."""
        return _fixed(self.atoms["households"].to_numpy(dtype=np.int64))

    @cached_property
    def persons(self) -> np.ndarray:
        """Persons of the atoms, int64 (n,)."""
        return _fixed(self.atoms["persons"].to_numpy(dtype=np.int64))

    @cached_property
    def floor_from(self) -> np.ndarray:
        """Lowest floor of the atoms, int64 (n,)."""
        return _fixed(self.atoms["floor_from"].to_numpy(dtype=np.int64))

    @cached_property
    def floor_to(self) -> np.ndarray:
        """Highest floor of the atoms, int64 (n,)."""
        return _fixed(self.atoms["floor_to"].to_numpy(dtype=np.int64))

    @cached_property
    def part(self) -> np.ndarray:
        """Part of its floor that each atom is, int64 (n,)."""
        return _fixed(self.atoms["part"].to_numpy(dtype=np.int64))

    @cached_property
    def _position_of(self) -> Mapping[str, int]:
        return {code: position for position, code in enumerate(self.codes.tolist())}

    def position_of(self, code: str) -> int:
        """Return the position of the atom with a code, or -1."""
        return self._position_of.get(code, -1)

    def positions_of_ids(self, atom_ids: np.ndarray) -> np.ndarray:
        """Return the positions of atoms by number, -1 where there is none."""
        at = np.searchsorted(self.atom_ids, atom_ids)
        at[at == len(self.atom_ids)] = 0
        return np.where(self.atom_ids[at] == atom_ids, at, -1) if len(self.atom_ids) else np.full(len(atom_ids), -1)

    @cached_property
    def _stack(self) -> tuple[np.ndarray, np.ndarray]:
        order = np.argsort(self.cell, kind="stable")
        return order, np.searchsorted(self.cell[order], np.arange(len(self.cells) + 1))

    def atoms_of(self, cell_row: int) -> np.ndarray:
        """Return the positions of a cell's atoms, ascending."""
        order, start = self._stack
        return order[start[cell_row] : start[cell_row + 1]]

    def atoms_in(self, cell_rows: np.ndarray) -> np.ndarray:
        """Return the positions of all atoms of some cells (distinct rows), cell by cell."""
        order, start = self._stack
        return np.concatenate([order[start[row] : start[row + 1]] for row in cell_rows.tolist()]) if len(cell_rows) else order[:0]

    @cached_property
    def _of_building(self) -> Mapping[str, np.ndarray]:
        order = np.argsort(self.building.astype(str), kind="stable")
        names, start = np.unique(self.building[order].astype(str), return_index=True)
        return dict(zip(names.tolist(), np.split(order, start[1:]), strict=True))

    def rows_of_buildings(self, buildings: Iterable[str]) -> np.ndarray:
        """Return the rows of all cells of some buildings, ascending, among all cells that there ever were."""
        found = [self._of_building[name] for name in buildings if name in self._of_building]
        return np.sort(np.concatenate(found)) if found else np.zeros(0, np.int64)

    @cached_property
    def borders(self) -> Borders:
        """Who shares how much border with whom, among all cells that there ever were: a caller keeps to the cells in force."""
        return find_borders(self.geometry)

    def neighbours(self, cell_row: int) -> tuple[np.ndarray, np.ndarray]:
        """Return the rows of the cells that share a border with a cell, ascending, and its length in metres."""
        return self.borders.of(cell_row)


def _fixed(array: np.ndarray) -> np.ndarray:
    """Return a read-only view of an array."""
    view = array.view()
    view.setflags(write=False)
    return view
