"""Places set on the walking network: the nearest edge, where on it, and how far from it the door is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely

from geogrid.reach.network import Network


@dataclass(frozen=True, eq=False)
class Snapped:
    """Places on a network, arrays (n,): `edge`, -1 for none; `along_m` from the edge's end a; `leg_m` straight from the place to it, or inf."""

    edge: np.ndarray
    along_m: np.ndarray
    leg_m: np.ndarray


def snap(network: Network, xy: np.ndarray) -> Snapped:
    """Set places, float (n, 2) metres, on the edge that is nearest; of several as near, on the first."""
    n = len(xy)
    if not len(network) or not n:
        return Snapped(np.full(n, -1), np.zeros(n), np.full(n, np.inf))
    row, edge = network.tree.query_nearest(shapely.points(xy), all_matches=True)
    order = np.lexsort((edge, row))
    first = order[np.searchsorted(row[order], np.arange(n))]
    edge = edge[first]
    start, end = network.xy[network.a[edge]], network.xy[network.b[edge]]
    way = end - start
    length = network.length_m[edge]
    along = np.clip(((xy - start) * way).sum(axis=1) / length, 0.0, length)
    foot = start + way * (along / length)[:, None]
    return Snapped(edge, along, np.hypot(*(xy - foot).T))
