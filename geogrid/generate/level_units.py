"""What is known of a level, and the ground that levels are made from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import geopandas as gpd
import numpy as np
import pandas as pd

from geogrid.generate.floor_parts import Division
from geogrid.generate.mesh import Mesh
from geogrid.plan import Base, Plan
from geogrid.scheme import Level, Scheme

NONE = -1


@dataclass(frozen=True, eq=False)
class LevelUnits:
    """Units of one level in lists of equal length, and `label` (atoms,): the unit number of each atom, or NONE; `above`: numbers of the parents.

    `cure` and `link_m` as in `Made`; `kept`: number -> id of the unit of an earlier plan that it still is.
    `division` is set where the level divided atoms: then `label` counts those of its base.
    """

    level: Level
    label: np.ndarray
    code: list[str]
    name: list[str]
    above: list[int]
    kind: list[str]
    reason: list[str]
    cure: Mapping[int, tuple[str, float]] = field(default_factory=dict)
    link_m: Mapping[int, float] = field(default_factory=dict)
    division: Division | None = None
    kept: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Ground:
    """All that levels are made from: the base, its mesh, what the office gave, and the recipe's seed and name.

    `doors`: who lives on which floor behind which door, where a table says so (`geogrid.generate.doors`). `previous`: a plan whose units stay
    wherever they can. `workers`: threads of the kernel. `given_row`: by level whose polygons cut the cells, the row of the given polygon that each
    cell lies in, int (c,), NONE outside all.
    """

    base: Base
    mesh: Mesh
    scheme: Scheme
    given: Mapping[str, gpd.GeoDataFrame]
    column: Mapping[str, np.ndarray] = field(default_factory=dict)
    name: str = ""
    seed: int = 0
    doors: pd.DataFrame | None = None
    previous: Plan | None = None
    workers: int = 1
    given_row: Mapping[str, np.ndarray] = field(default_factory=dict)

    @property
    def cells(self) -> np.ndarray:
        """Polygons of the cells, (c,)."""
        return self.base.cells.geometry.to_numpy()

    def of_cells(self, label: np.ndarray) -> np.ndarray:
        """Label of each cell (c,) at a level whose units never split one."""
        out = np.full(len(self.base.cells), NONE)
        out[self.base.cell_position] = label
        return out
