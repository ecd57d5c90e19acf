"""Linked households (“1+10”联户): each centre household takes the nearest ones up to the upper bound; all others are in no unit.

    . . o o o        C a centre household, o linked with it, . homes that no centre reaches: they stay with the level above,
    . . o C o        and so does all land
    . . o o o

Centres grow side by side, the nearest household first: at first each to the lower bound, then to the upper one. A floor may be shared, down to one
household. A centre that others stand round has fewer, and says so.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass, field

import numpy as np
from scipy.sparse import coo_array, csr_array

from geogrid.generate.counts import Graph
from geogrid.generate.groups import CENTRE_CURES, Made

NONE = -1
CROWDED, CUT_OFF = "centre_crowded", "component_too_light"


@dataclass(eq=False)
class _Growth:
    """What is taken so far: `left` int (k,), households of each storey that nobody has; `taken` storey -> unit -> households; `link_m` by unit."""

    graph: Graph
    near: csr_array
    left: np.ndarray
    have: np.ndarray
    home: np.ndarray
    taken: dict[int, dict[int, int]] = field(default_factory=dict)
    link_m: dict[int, float] = field(default_factory=dict)

    def take(self, unit: int, node: int, most: int) -> int:
        """Give a unit up to `most` households of a storey; return how many it has there."""
        got = min(int(self.left[node]), most)
        if got > 0:
            self.left[node] -= got
            self.have[unit] += got
            held = self.taken.setdefault(node, {})
            held[unit] = held.get(unit, 0) + got
        return self.taken.get(node, {}).get(unit, 0)

    def grow(self, limit: int) -> None:
        """Let all units grow side by side, the nearest household first, until each has `limit`."""
        waiting = [(0.0, unit, int(node), int(node)) for unit, node in enumerate(self.home.tolist())]
        seen: set[tuple[int, int]] = set()
        heapq.heapify(waiting)
        while waiting:
            far, unit, node, source = heapq.heappop(waiting)
            if self.have[unit] >= limit or (unit, node) in seen:
                continue
            seen.add((unit, node))
            held = self.take(unit, node, limit - int(self.have[unit]))
            if held:
                self._note_link(unit, source, node)
            if held or self.graph.weight[node] == 0:
                a, b = self.near.indptr[node], self.near.indptr[node + 1]
                for other, step in zip(self.near.indices[a:b].tolist(), self.near.data[a:b].tolist(), strict=True):
                    heapq.heappush(waiting, (round(far + step, 3), unit, other, node))

    def _note_link(self, unit: int, a: int, b: int) -> None:
        apart = float(np.hypot(*(self.graph.xyz[a, :2] - self.graph.xyz[b, :2])))
        if apart > 0:
            self.link_m[unit] = max(self.link_m.get(unit, 0.0), round(apart + 0.05, 1))


def link_households(graph: Graph, rows: np.ndarray, atoms: int, bounds: tuple[int, int]) -> Made:
    """Link households of the storeys `graph` round its `centres` (k,), within `bounds`. `rows` (k,): the atom of each storey, of so many `atoms`."""
    centres = np.zeros(len(rows), dtype=np.int64) if graph.centres is None else graph.centres
    home = np.repeat(np.arange(len(rows)), np.minimum(centres, graph.weight))
    growth = _Growth(graph, _steps(graph), graph.weight.copy(), np.zeros(len(home), dtype=np.int64), home)
    for unit, node in enumerate(home.tolist()):
        growth.take(unit, node, 1)  # each centre lives in its own unit, whoever grows first
    for limit in dict.fromkeys(bounds):
        growth.grow(limit)
    label, parts = np.full(atoms, NONE), []
    for node, held in sorted(growth.taken.items()):
        if len(held) == 1 and growth.left[node] == 0:
            label[rows[node]] = next(iter(held))
        else:
            shares = [(unit, n) for unit, n in [*sorted(held.items()), (NONE, int(growth.left[node]))] if n]
            parts += [(rows[node], n, unit) for unit, n in shares]
    reasons = _reasons(growth, bounds[0])
    cures = {unit: (CENTRE_CURES[why], 0.0) for unit, why in enumerate(reasons) if why in CENTRE_CURES}
    shared = np.array(parts, dtype=np.int64).reshape(-1, 3)
    return Made(label, ["base"] * len(home), reasons, cures, growth.link_m, shared)


def _steps(graph: Graph) -> csr_array:
    """How far it is from one storey to the next: metres times what lies between, and one more."""
    a, b = graph.edges[:, 0], graph.edges[:, 1]
    step = (np.linalg.norm(graph.xyz[a] - graph.xyz[b], axis=1) + 1.0) * graph.cost
    n = len(graph.weight)
    near = coo_array((np.r_[step, step], (np.r_[a, b], np.r_[b, a])), shape=(n, n)).tocsr()
    near.sort_indices()
    return near


def _reasons(growth: _Growth, lower: int) -> list[str]:
    """Why a unit has too few: others took what lies beside it, or nobody else lives where one can walk to."""
    taken = [set() for _ in growth.have]
    for node, held in growth.taken.items():
        for unit in held:
            taken[unit].add(node)
    near, reasons = growth.near, []
    for unit, nodes in enumerate(taken):
        if growth.have[unit] >= lower:
            reasons.append("")
            continue
        beside = {int(i) for node in nodes for i in near.indices[near.indptr[node] : near.indptr[node + 1]]} | nodes
        is_crowded = any(set(growth.taken.get(node, {})) - {unit} for node in beside)
        reasons.append(CROWDED if is_crowded else CUT_OFF)
    return reasons
