"""New atoms join the neighbouring groups that stay in bounds, the cheapest in shape first."""

from __future__ import annotations

import heapq

import numpy as np

from geogrid.partition.carry import NEW
from geogrid.partition.excerpt import pieces

MASS_OF_LAND = 0.1  # of a household: what weightless atoms count in a group's shape


def shape(labels: np.ndarray, weight: np.ndarray, xyz: np.ndarray) -> float:
    """Return the inertia of all groups: the sum of weight times squared distance from the group's middle, household m2."""
    mass = np.maximum(weight, MASS_OF_LAND)
    total = np.maximum(np.bincount(labels, mass), 1e-9)
    middle = np.column_stack([np.bincount(labels, mass * xyz[:, i]) / total for i in range(xyz.shape[1])])
    return float((mass * ((xyz - middle[labels]) ** 2).sum(axis=1)).sum())


class _Groups:
    """Weight, mass and middle of groups that grow."""

    def __init__(self, labels: np.ndarray, weight: np.ndarray, xyz: np.ndarray) -> None:
        known, k = labels != NEW, int(labels.max(initial=NEW)) + 1
        self.atom_weight, self.xyz = weight, xyz
        self.mass_of = np.maximum(weight, MASS_OF_LAND)
        self.weight = np.bincount(labels[known], weight[known], k)
        self.mass = np.maximum(np.bincount(labels[known], self.mass_of[known], k), MASS_OF_LAND)
        self.middle = np.column_stack([np.bincount(labels[known], (self.mass_of * xyz[:, i])[known], k) for i in range(3)]) / self.mass[:, None]

    def cost(self, v: int, g: int) -> float:
        """Return what atom `v` adds to the inertia of group `g`."""
        m = self.mass_of[v]
        return float(m * self.mass[g] / (m + self.mass[g]) * ((self.xyz[v] - self.middle[g]) ** 2).sum())

    def add(self, v: int, g: int) -> None:
        m = self.mass_of[v]
        self.middle[g] = (self.middle[g] * self.mass[g] + self.xyz[v] * m) / (self.mass[g] + m)
        self.mass[g] += m
        self.weight[g] += self.atom_weight[v]


def adopted(labels: np.ndarray, weight: np.ndarray, xyz: np.ndarray, u: np.ndarray, v: np.ndarray, low: int, high: int) -> np.ndarray:
    """Return labels without NEW: new atoms in neighbouring groups of `high` at most, groups below `low` first; what fits nowhere is its own group.

    `labels` int (m,), `u`, `v` the ends of the edges.
    """
    out = labels.copy()
    fresh = np.flatnonzero(labels == NEW)
    if not len(fresh):
        return out
    near: dict[int, list[int]] = {int(i): [] for i in fresh}
    new_u, new_v = labels[u] == NEW, labels[v] == NEW
    for a, b in [*zip(u[new_u].tolist(), v[new_u].tolist(), strict=True), *zip(v[new_v].tolist(), u[new_v].tolist(), strict=True)]:
        near[a].append(b)
    groups = _Groups(labels, weight, xyz)
    queue: list[tuple[bool, float, int, int]] = []

    def offer(i: int) -> None:
        for g in sorted({int(out[j]) for j in near[i]} - {NEW}):
            if weight[i] == 0 or groups.weight[g] + weight[i] <= high:
                heapq.heappush(queue, (bool(groups.weight[g] >= low), groups.cost(i, g), i, g))

    for i in near:
        offer(i)
    while queue:
        full, cost, i, g = heapq.heappop(queue)
        if out[i] != NEW or (weight[i] and groups.weight[g] + weight[i] > high):
            continue
        if (again := (bool(groups.weight[g] >= low), groups.cost(i, g))) > (full, cost):
            heapq.heappush(queue, (*again, i, g))
            continue
        out[i] = g
        groups.add(i, g)
        for j in near[i]:
            if out[j] == NEW:
                offer(j)
    rest = (out[u] == NEW) & (out[v] == NEW)
    left = out == NEW
    out[left] = int(out.max(initial=-1)) + 1 + pieces(len(out), u[rest], v[rest])[left]
    return out
