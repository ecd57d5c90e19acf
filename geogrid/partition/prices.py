"""What a division costs beside being out of bounds: inertia, one more group, entrances and buildings divided, borders across blocks."""

from __future__ import annotations

import numpy as np
from numba import njit

from geogrid.partition.knapsack import inertia
from geogrid.partition.repair import BUILDING, group_sums
from geogrid.partition.trees import joined

VERTICAL = 2
ENTRANCE = 300.0  # what cutting an entrance between two floors costs, in household m2
BORDER = 1.0  # what the border of a group costs against its inertia, where edges have costs


@njit
def moments(weight: np.ndarray, xyz: np.ndarray, faint: float) -> np.ndarray:
    """Return (mass, mass x, mass y, mass z, mass |p|^2) of each atom about the mean; weightless atoms have a faint mass, so land keeps shape."""
    out = np.empty((len(weight), 5))
    cx, cy, cz = xyz[:, 0].mean(), xyz[:, 1].mean(), xyz[:, 2].mean()
    for v in range(len(weight)):
        mass = float(weight[v]) if weight[v] > 0 else faint
        x, y, z = xyz[v, 0] - cx, xyz[v, 1] - cy, xyz[v, 2] - cz
        out[v, 0], out[v, 1], out[v, 2], out[v, 3], out[v, 4] = mass, mass * x, mass * y, mass * z, mass * (x * x + y * y + z * z)
    return out


@njit
def typical(labels: np.ndarray, k: int, graph: tuple, bounds: tuple) -> float:
    """Return the mean inertia of the groups in bounds, the natural price of one more group."""
    total, sums = group_sums(labels, k, graph[0], graph[1])
    shape, n = 1.0, 1
    for g in range(k):
        if bounds[0] <= total[g] <= bounds[1]:
            shape += inertia(sums[g, 0], sums[g, 1], sums[g, 2], sums[g, 3], sums[g, 4])
            n += 1
    return shape / n


@njit
def priced(weight: np.ndarray, moments: np.ndarray, ends: tuple, length: np.ndarray, kind: np.ndarray, border: np.ndarray) -> tuple:
    """Return the graph of a component: (weight, moments, eu, ev, length, cut, toll, home, priced).

    `cut`: what a cut edge costs; `toll`: what it costs in a tree, where one edge stands for the building that is divided; `home`: the first
    atom of each atom's building.
    """
    eu, ev = ends
    cut = np.where(kind == VERTICAL, ENTRANCE, 0.0)
    toll = cut + np.where(kind > 0, 0.5 * BUILDING, 0.0)
    home = joined(len(weight), eu[kind > 0], ev[kind > 0])
    return weight, moments, eu, ev, length, cut, toll, home, bool(kind.max() > 0 or border.max() != 0 or border.min() != 0) if len(kind) else False


@njit
def price_borders(graph: tuple, kappa: float, border: np.ndarray, atoms: float) -> None:
    """Add to the prices of the edges what a border costs: a round group of so many atoms in a block pays BORDER * kappa for its own."""
    unit = BORDER * kappa / (4.0 * np.sqrt(atoms))
    for e in range(len(border)):
        graph[5][e] += unit * border[e]
        graph[6][e] += unit * border[e]
