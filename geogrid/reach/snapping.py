"""Places set on the walking network: the nearest edge, where on it, how far from it the door is, and the block that holds the place."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import shapely

from geogrid.reach.network import Network, foot_on


@dataclass(frozen=True, eq=False)
class Snapped:
    """Places on a network, arrays (n,): `xy` (n, 2); `edge`, -1 for none; `along_m` from the edge's end a; `leg_m` straight to the edge, or inf.

    `block` is the number of the block that holds the place: ground that no barrier divides; -1 where it is not known.
    """

    xy: np.ndarray
    edge: np.ndarray
    along_m: np.ndarray
    leg_m: np.ndarray
    block: np.ndarray


class Blocks:
    """Which block holds a place: `shapes` (polygons that do not overlap) lie in blocks `number`, int (n,). A place on a border is in the lowest."""

    def __init__(self, shapes: np.ndarray, number: np.ndarray) -> None:
        self._tree = shapely.STRtree(shapes)
        self._number = number

    @classmethod
    def of(cls, cells: gpd.GeoDataFrame) -> Blocks:
        """Return the blocks of a plan's cells: its enclosures."""
        return cls(cells.geometry.to_numpy(), cells["enclosure"].to_numpy(dtype="int64"))

    def find(self, xy: np.ndarray) -> np.ndarray:
        """Return the block of each place (n, 2), -1 where none holds it."""
        row, shape = self._tree.query(shapely.points(xy), predicate="intersects")
        nothing = np.iinfo("int64").max
        block = np.full(len(xy), nothing)
        np.minimum.at(block, row, self._number[shape])
        return np.where(block == nothing, -1, block)


def snap(network: Network, xy: np.ndarray, blocks: Blocks | None = None) -> Snapped:
    """Set places, float (n, 2) metres, on the edge that is nearest; of several as near, on the first."""
    n = len(xy)
    block = np.full(n, -1) if blocks is None or not n else blocks.find(xy)
    if not len(network) or not n:
        return Snapped(xy, np.full(n, -1), np.zeros(n), np.full(n, np.inf), block)
    row, edge = network.tree.query_nearest(shapely.points(xy), all_matches=True)
    order = np.lexsort((edge, row))
    edge = edge[order[np.searchsorted(row[order], np.arange(n))]]
    along, foot = foot_on(network, edge, xy)
    return Snapped(xy, edge, along, np.hypot(*(xy - foot).T), block)
