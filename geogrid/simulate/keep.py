"""A smaller district: some communities round the core, connected, with every street in one piece."""

from __future__ import annotations

import numpy as np
import shapely

from geogrid.simulate.district import Town


def kept_communities(town: Town, scale: float) -> np.ndarray:
    """Return rows of about `scale` of the communities (at least one), in ascending order.

    Growth starts at the core and finishes one street before it enters the next, so that what is kept of each street is connected.
    """
    n = len(town.divided.communities)
    wanted = int(np.clip(round(scale * n), 1, n))
    if wanted == n:
        return np.arange(n)
    core = shapely.Point(town.land.terrain.core)
    far = shapely.distance(town.divided.communities.geometry.values, core)
    middle = shapely.distance(shapely.centroid(town.divided.communities.geometry.values), core)
    street = town.divided.communities.parent.to_numpy()
    near = _neighbours(town, n)
    kept = [int(np.lexsort((middle, far))[0])]
    while len(kept) < wanted:
        rim = sorted(set().union(*(near[k] for k in kept)) - set(kept))
        same = [k for k in rim if any(street[k] == street[j] for j in near[k] if j in kept)]
        kept.append(min(same or rim, key=lambda k: (middle[k], k)))
    return np.sort(kept)


def _neighbours(town: Town, n: int) -> list[set[int]]:
    near: list[set[int]] = [set() for _ in range(n)]
    for a, b in zip(town.divided.graph.a.tolist(), town.divided.graph.b.tolist(), strict=True):
        near[a].add(b)
        near[b].add(a)
    return near
