"""Cells that were cut, put in force: pieces and redrawn neighbours get new rows at the end of the ground, the old cells become absent.

The piece that keeps the people has the cell's attributes and atoms; every other piece is land without anybody, in the same unit as before.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import geopandas as gpd
import numpy as np
import pandas as pd
from shapely.geometry.base import BaseGeometry

from geogrid.edit.change import Change
from geogrid.edit.ground import Ground
from geogrid.edit.state import ABSENT, State

EMPTY = {"kind": "land", "building": "", "entrance": 0, "entrance_source": "", "x": np.nan, "y": np.nan}
"""What stands on a piece that keeps nobody."""


@dataclass(frozen=True, eq=False)
class Pieces:
    """`of` (p,): row of the cell that each of `shapes` (p,) is a piece of; `keeps` (p,): that it keeps its people; `redrawn`: row -> new outline."""

    of: np.ndarray
    shapes: np.ndarray
    keeps: np.ndarray
    redrawn: Mapping[int, BaseGeometry]

    @cached_property
    def source(self) -> np.ndarray:
        """Row of the old cell of each new one: pieces, then redrawn cells; int (q,)."""
        return np.concatenate([self.of, np.array(list(self.redrawn), dtype=np.int64)])

    def renumbered(self, ground: Ground, row: int) -> int:
        """Return the row that stands for a cell of the old ground afterwards, if it was not cut."""
        return len(ground.cells) + len(self.of) + list(self.redrawn).index(row) if row in self.redrawn else row


def with_pieces(state: State, pieces: Pieces) -> tuple[Ground, Change]:
    """Return the ground with the new cells, and the change that puts them in force in place of the old ones."""
    ground = state.ground
    keeps = np.concatenate([pieces.keeps, np.ones(len(pieces.redrawn), dtype=bool)])
    cells = _cells(ground, pieces, keeps)
    old = [ground.atoms_of(row) for row in pieces.source.tolist()]
    taken = [atoms if keep else atoms[:1] for atoms, keep in zip(old, keeps.tolist(), strict=True)]
    atoms = _atoms(ground, np.concatenate([*taken, np.zeros(0, np.int64)]), np.repeat(cells.index.to_numpy(), [len(each) for each in taken]))
    empty = ~np.repeat(keeps, [len(each) for each in taken])
    atoms.loc[empty, ["floor_from", "floor_to", "part"]] = 1
    atoms.loc[empty, ["households", "persons"]] = 0
    atoms["code"] = _codes(atoms)
    gone = ground.atoms_in(np.unique(pieces.source))
    come = len(ground.atoms) + np.arange(len(atoms))
    leaf = state.leaf[np.concatenate([*taken, np.zeros(0, np.int64)])]
    absent = np.full(len(gone), ABSENT, np.int32), np.full(len(come), ABSENT, np.int32)
    order = np.argsort(gone)
    change = Change(np.r_[gone[order], come], np.r_[state.leaf[gone[order]], absent[1]], np.r_[absent[0], leaf])
    return ground.with_cells(cells, atoms), change


def _cells(ground: Ground, pieces: Pieces, keeps: np.ndarray) -> gpd.GeoDataFrame:
    cells = gpd.GeoDataFrame(ground.cells.iloc[pieces.source])
    cells.index = pd.RangeIndex(int(ground.cell_ids[-1]) + 1, int(ground.cell_ids[-1]) + 1 + len(cells), name=ground.cells.index.name)
    cells[cells.geometry.name] = np.array([*pieces.shapes, *pieces.redrawn.values()], dtype=object)
    for name, value in EMPTY.items():
        cells.loc[~keeps, name] = value
    return cells


def _atoms(ground: Ground, positions: np.ndarray, cell: np.ndarray) -> pd.DataFrame:
    atoms = ground.atoms.iloc[positions].assign(cell=cell)
    atoms.index = pd.RangeIndex(int(ground.atom_ids[-1]) + 1, int(ground.atom_ids[-1]) + 1 + len(atoms), name=ground.atoms.index.name)
    return atoms


def _codes(atoms: pd.DataFrame) -> list[str]:
    return [f"{cell}-{floor}-{part}" for cell, floor, part in zip(atoms["cell"], atoms["floor_from"], atoms["part"], strict=True)]
