"""Land without homes belongs to a unit too: which home does it go with, and which of it stands for itself (专属)?

Every cell gets a *territory*: the home cell that it goes with, reached over borders that one can walk across, or a dedicated
piece. Territories are in one piece, so groups of neighbouring territories are too.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components, dijkstra

from geogrid.generate.mesh import HARD, MAIN, ROAD, Mesh
from geogrid.generate.sides import distinct_pairs

NONE = -1
ROUND_M = 20.0
"""A shorter border along a main road is its end, or a corner."""


@dataclass(frozen=True, eq=False)
class Territories:
    """`host` (c,): row of the home cell a cell goes with; `dedicated` (c,): number of its dedicated piece.

    One of them is set, the other NONE; both are NONE for a cell without parent.
    """

    host: np.ndarray
    dedicated: np.ndarray


def find_territories(mesh: Mesh, parent: np.ndarray, *, campus_m2: float, carve: bool, least: int = 0) -> Territories:
    """Give every cell with a parent label (c,) >= 0 a territory inside its parent.

    With `carve`, an enclosure without homes of at least `campus_m2` becomes a dedicated piece, and so does a single lot of that size among homes,
    unless the homes of the parent would fall apart without it (into a part of fewer than `least` households, where that is given). Land that no
    home reaches is dedicated when it is that large, else it joins the neighbour with the longest shared border. Neighbouring dedicated pieces are
    united where an officer would see one: fields and parks across roads, campuses inside a block.
    """
    inside = (parent[mesh.a] == parent[mesh.b]) & (parent[mesh.a] >= 0)
    walkable = inside & (mesh.rank < HARD)
    dedicated = _campuses(mesh, parent, walkable, campus_m2, least) if carve else np.full(len(parent), NONE)
    homes = np.flatnonzero((mesh.households > 0) & (parent >= 0))
    host = _nearest_homes(mesh, homes, walkable & (dedicated[mesh.a] < 0) & (dedicated[mesh.b] < 0))
    done = _settle(mesh, parent, inside, host, dedicated, campus_m2)
    return replace(done, dedicated=_united(mesh, inside, done.dedicated))


def _united(mesh: Mesh, inside: np.ndarray, dedicated: np.ndarray) -> np.ndarray:
    """Unite neighbouring dedicated pieces: open land (fields, a park) also across roads, a campus only with what lies in its own block.

    The longest borders first, and never round the end of a main road, of rail or water: what lies on both sides of one stays apart.
    """
    if dedicated.max(initial=NONE) < 0:
        return dedicated
    a, b = dedicated[mesh.a], dedicated[mesh.b]
    built = np.zeros(dedicated.max() + 1, dtype=bool)
    if mesh.built is not None:
        built[dedicated[mesh.built & (dedicated >= 0)]] = True
    near = inside & (a >= 0) & (b >= 0) & (a != b)
    join = near & ((mesh.rank < ROAD) | ((mesh.rank < MAIN) & ~built[a] & ~built[b]))
    across, across_m = _borders(a, b, mesh.length_m, near & (mesh.rank >= MAIN))
    pairs, length_m = _borders(a, b, mesh.length_m, join)
    order = np.lexsort((pairs[:, 1], pairs[:, 0], -np.round(length_m, 3)))
    return np.append(joined_apart(len(built), pairs[order], across[across_m > ROUND_M]), NONE)[dedicated]


def _borders(a: np.ndarray, b: np.ndarray, length_m: np.ndarray, chosen: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Pairs of pieces, int (p, 2), and the metres of the chosen borders between them, (p,)."""
    pairs, at = np.unique(np.sort(np.c_[a[chosen], b[chosen]], axis=1), axis=0, return_inverse=True)
    return pairs.reshape(-1, 2), np.bincount(at.ravel(), length_m[chosen], minlength=len(pairs))


def joined_apart(n: int, joins: np.ndarray, walls: np.ndarray) -> np.ndarray:
    """Number of what each of `n` pieces becomes part of, int (n,): pairs `joins` (j, 2) in turn, unless a pair of `walls` (w, 2) would be in one.

    >>> joined_apart(3, np.array([[0, 1], [1, 2]]), np.array([[0, 2]])).tolist()
    [0, 0, 1]
    """
    into, held = list(range(n)), [{i} for i in range(n)]
    apart: list[set[int]] = [set() for _ in range(n)]
    for a, b in walls.tolist():
        apart[a].add(b)
        apart[b].add(a)
    for a, b in joins.tolist():
        i, j = sorted((into[a], into[b]))
        if i == j or apart[i] & held[j]:
            continue
        for piece in held[j]:
            into[piece] = i
        held[i] |= held[j]
        apart[i] |= apart[j]
    return np.unique(into, return_inverse=True)[1]


def _campuses(mesh: Mesh, parent: np.ndarray, walkable: np.ndarray, campus_m2: float, least: int) -> np.ndarray:
    """Number the lots that can be dedicated, largest first; the homes of a parent stay connected enough."""
    out = np.full(len(parent), NONE)
    key, lot = _lots(mesh, parent, campus_m2)
    area = np.bincount(lot, mesh.area_m2)
    empty = (np.bincount(lot, mesh.households) == 0) & (area >= campus_m2) & (np.bincount(lot, mesh.water) == 0) & (key[:, 0] >= 0)
    graph = mesh.graph(walkable)
    number = 0
    for p in np.unique(key[empty, 0]):
        cells = np.flatnonzero(parent == p)
        local = graph[cells][:, cells]
        weight = mesh.households[cells]
        kept = np.ones(len(cells), dtype=bool)
        parts = _home_parts(local, kept, weight)
        lots = np.flatnonzero(empty & (key[:, 0] == p))
        for candidate in lots[np.lexsort((lots, -area[lots]))]:
            trial = kept & (lot[cells] != candidate)
            after = _home_parts(local, trial, weight)
            if len(after) <= len(parts) or (least > 0 and after.min() >= least):
                kept, parts = trial, after
                out[cells[lot[cells] == candidate]] = number
                number += 1
    return out


def _lots(mesh: Mesh, parent: np.ndarray, campus_m2: float) -> tuple[np.ndarray, np.ndarray]:
    """Return the keys of lots, (l, 3) with the parent first, and the lot of each cell: its enclosure, or a large cell of a building
    without homes, among homes.
    """
    block, at = np.unique(np.c_[parent, mesh.enclosure], axis=0, return_inverse=True)
    inhabited = np.bincount(at.ravel(), mesh.households, minlength=len(block)) > 0
    alone = (mesh.households == 0) & (mesh.area_m2 >= campus_m2) & inhabited[at.ravel()]
    if mesh.built is not None:
        alone &= mesh.built  # open land among homes goes with them: its cells are pieces of a lattice, not lots
    own = np.where(alone, np.arange(len(parent)), NONE)
    key, lot = np.unique(np.c_[parent, mesh.enclosure, own], axis=0, return_inverse=True)
    return key, lot.ravel()


def _home_parts(graph: csr_matrix, kept: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Households of each connected part of the kept cells that has any."""
    if not kept.any():
        return np.zeros(0)
    n, part = connected_components(graph[kept][:, kept], directed=False)
    total = np.bincount(part, weight[kept], minlength=n)
    return total[total > 0]


def _nearest_homes(mesh: Mesh, homes: np.ndarray, edges: np.ndarray) -> np.ndarray:
    """Row of the home nearest to walk to of each cell: in its block, else across roads; NONE where only a main road leads."""
    host = np.full(len(mesh.xy), NONE)
    host[homes] = homes
    for rank in (ROAD, MAIN):
        known = np.flatnonzero(host >= 0)
        if len(known) in (0, len(host)):
            break
        allowed = edges & (mesh.rank < rank)
        _, _, source = dijkstra(mesh.graph(allowed, mesh.walk_m), directed=False, indices=known, min_only=True, return_predecessors=True)
        host = np.where((host < 0) & (source >= 0), host[np.maximum(source, 0)], host)
    return host


def _settle(mesh: Mesh, parent: np.ndarray, inside: np.ndarray, host: np.ndarray, dedicated: np.ndarray, campus_m2: float) -> Territories:
    """Place the land that no home reaches: large dry pieces for themselves, the rest with its longest neighbour."""
    host, dedicated = host.copy(), dedicated.copy()
    loose = (host < 0) & (dedicated < 0) & (parent >= 0)
    among = inside & loose[mesh.a] & loose[mesh.b] & (mesh.water[mesh.a] == mesh.water[mesh.b])
    _, part = connected_components(mesh.graph(among), directed=False)
    size = np.bincount(part[loose], mesh.area_m2[loose] * ~mesh.water[loose], minlength=part.max() + 1)
    number = dedicated.max(initial=-1) + 1
    for p in np.flatnonzero(size >= campus_m2):
        dedicated[(part == p) & loose] = number
        number += 1
    while True:
        loose = (host < 0) & (dedicated < 0) & (parent >= 0)
        if not loose.any():
            return Territories(host, dedicated)
        joined = _join_longest(mesh, inside, loose, part, host, dedicated)
        if not joined:  # parents without homes: their first piece stands for itself, the others then join it
            rows = np.flatnonzero(loose)
            _, first = np.unique(parent[rows], return_index=True)
            for p in part[rows[first]]:
                dedicated[(part == p) & loose] = number
                number += 1


def _join_longest(mesh: Mesh, inside: np.ndarray, loose: np.ndarray, part: np.ndarray, host: np.ndarray, dedicated: np.ndarray) -> bool:
    """Join each loose part that touches a settled cell to the territory it shares most border with, behind no main road if there is one."""
    n = len(host)
    settled = np.where(host >= 0, host, np.where(dedicated >= 0, n + dedicated, NONE))
    sides = [(mesh.a, mesh.b), (mesh.b, mesh.a)]
    rows = [(part[x[m]], settled[y[m]], mesh.length_m[m], mesh.rank[m]) for x, y in sides for m in [inside & loose[x] & (settled[y] >= 0)]]
    p, t, length, rank = (np.concatenate([r[i] for r in rows]) for i in range(4))
    if len(p) == 0:
        return False
    pair, where = distinct_pairs(np.c_[p, t])
    total, free = np.bincount(where, length), np.bincount(where, length * (rank != MAIN))  # a bank before the far side of a main road
    order = np.lexsort((pair[:, 1], -np.round(total, 3), -np.round(free, 3), pair[:, 0]))
    best = order[np.r_[True, pair[order][1:, 0] != pair[order][:-1, 0]]]
    for q, target in pair[best]:
        cells = (part == q) & loose
        if target < n:
            host[cells] = target
        else:
            dedicated[cells] = target - n
    return True
