"""Which units a cut changed: those whose land is another afterwards, not those whose cells only took a vertex.

The atoms of a cell that is cut, or redrawn because its neighbour was, are absent afterwards, and others stand on the same land. What became of a unit
is told by the land: the old cell under each new one says whose it was.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import shapely

from geogrid.edit.ground import Ground

Chain = Callable[[int], tuple[int, ...]]
Leaves = tuple[np.ndarray, np.ndarray]
"""Positions of atoms, and the leaf of each."""


def find_recut(ground: Ground, gone: Leaves, come: Leaves, old: Chain, new: Chain) -> set[int]:
    """Return the ids of the units that lost or gained land.

    `gone`, `come`: atoms that were in force before only, and are after only; `old`, `new`: the units above a leaf, then and now.
    """
    before, after = _holders(ground, gone, old), _holders(ground, come, new)
    if not before or not after:
        return {unit for units in (*before.values(), *after.values()) for unit in units}
    pieces, wholes = (before, after) if len(before) > len(after) else (after, before)
    rows, under = np.array(list(pieces)), np.array(list(wholes))
    inside = shapely.point_on_surface(ground.geometry[rows])
    piece, whole = shapely.STRtree(ground.geometry[under]).query(inside, predicate="within")
    return {unit for row, host in zip(rows[piece].tolist(), under[whole].tolist(), strict=True) for unit in pieces[row] ^ wholes[host]}


def _holders(ground: Ground, leaves: Leaves, chain: Chain) -> dict[int, set[int]]:
    """Return by row of a cell the units that have atoms in it."""
    found: dict[int, set[int]] = {}
    for row, leaf in sorted(set(zip(ground.cell[leaves[0]].tolist(), leaves[1].tolist(), strict=True))):
        found.setdefault(row, set()).update(chain(leaf))
    return found
