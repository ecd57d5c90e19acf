"""The layer on the table while it is mended: its shapes in steps and metres, and the edges that match nothing, kept up to date as shapes change.

What a change can not reach is not looked at again: an edge is judged by the shapes whose boxes meet that of its own, and by no others.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import shapely

from geogrid.enclosure import is_sliver
from geogrid.mending.lattice import Lattice
from geogrid.topology import find_invalid_edges


@dataclass(eq=False)
class Sheet:
    """`polygons` (n,) valid, in steps; the same in `metres`; `edges` (n,) lines that match nothing; `settled`: rows found to need nothing more."""

    polygons: np.ndarray
    lattice: Lattice
    tolerance_m: float
    metres: np.ndarray = field(init=False)
    edges: np.ndarray = field(init=False)
    settled: np.ndarray | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        """Look at every edge once."""
        self.metres = self.lattice.metres(self.polygons)
        self.edges = find_invalid_edges(self.metres, self.tolerance_m)

    def replace(self, rows: np.ndarray, polygons: np.ndarray) -> None:
        """Put other polygons (steps) in the place of `rows`, and judge the edges anew that this can concern."""
        before = self.metres[rows]
        self.polygons[rows], self.metres[rows], self.settled = polygons, self.lattice.metres(polygons), None
        parts, row = shapely.get_parts(self.metres, return_index=True)
        tree = shapely.STRtree(parts)
        touched = np.unique(row[self._near(tree, np.concatenate([before, self.metres[rows]]))])
        beside = np.unique(row[self._near(tree, self.metres[touched])])
        self.edges[touched] = find_invalid_edges(self.metres[beside], self.tolerance_m)[np.searchsorted(beside, touched)]

    def rows_at_fault(self, crumb_m: float, snap_m: float, places: np.ndarray | None = None) -> np.ndarray:
        """Find the units with edges that match nothing or with crumbs, and all that touch there or at `places` (steps)."""
        parts = shapely.get_parts(self.metres[shapely.get_num_geometries(self.metres) > 1])
        where = [self.edges[~shapely.is_empty(self.edges)], parts[is_sliver(parts, crumb_m)]]
        where += [] if places is None else [self.lattice.metres(places)]
        return np.unique(shapely.STRtree(self.metres).query(np.concatenate(where), predicate="dwithin", distance=snap_m)[1])

    def _near(self, tree: shapely.STRtree, shapes: np.ndarray) -> np.ndarray:
        """Return the parts whose boxes come within the tolerance of those of the parts of `shapes`."""
        west, south, east, north = shapely.bounds(shapely.get_parts(shapes)).T
        by = self.tolerance_m
        return np.unique(tree.query(shapely.box(west - by, south - by, east + by, north + by))[1])
