"""One judge for every division of a kernel input, whoever made it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from geogrid.bench.inputs import LOWER, UPPER, KernelInput


@dataclass(frozen=True)
class Score:
    """What a division is worth; groups without a household are not counted.

    `violations` groups out of [10, 15], by `deviation` households in all; `disconnected` groups in several pieces; `crossing` groups of several
    parents.
    `inertia_per_weight` (m2): mean over households of the squared distance to their group's centre (z included), over the mean group weight,
    so that many small groups do not pass for compact ones. `entrances_split`: entrances of at most 15 households that lie in several groups.
    """

    groups: int
    in_range_share: float
    violations: int
    deviation: int
    disconnected: int
    crossing: int
    inertia_per_weight: float
    entrances_split: int
    groups_per_entrance: float

    def to_dict(self) -> dict[str, Any]:
        """Return the fields."""
        return asdict(self)


def evaluate(graph: KernelInput, labels: np.ndarray, links: np.ndarray | None = None) -> Score:
    """Judge `labels` (n,) on `graph`; `links` (l, 2) join what a walking link joins.

    >>> graph = KernelInput(np.array([6, 6]), np.array([[0, 1]]), np.array([[0.0, 0, 0], [10, 0, 0]]), *np.zeros((4, 2), int))
    >>> evaluate(graph, np.array([0, 0])).inertia_per_weight, evaluate(graph, np.array([0, 1])).violations
    (2.083, 2)
    """
    labels = np.unique(labels, return_inverse=True)[1].ravel()
    weight = np.bincount(labels, graph.weights)
    real = weight > 0
    off = np.maximum(np.maximum(LOWER - weight, weight - UPPER), 0)[real]
    groups, violations = int(real.sum()), int((off > 0).sum())
    return Score(
        groups,
        round(1 - violations / max(groups, 1), 5),
        violations,
        int(off.sum()),
        int((_pieces(graph, labels, links)[real] > 1).sum()),
        int((_distinct(labels, graph.within, len(weight))[real] > 1).sum()),
        round(float(_inertia(graph, labels) * groups / max(weight.sum(), 1) ** 2), 3),
        *_entrances(graph, labels),
    )


def _pieces(graph: KernelInput, labels: np.ndarray, links: np.ndarray | None) -> np.ndarray:
    edges = graph.edges if links is None else np.concatenate([graph.edges, links])
    inside = edges[labels[edges[:, 0]] == labels[edges[:, 1]]]
    n = len(labels)
    _, piece = connected_components(coo_matrix((np.ones(len(inside), np.int8), (inside[:, 0], inside[:, 1])), shape=(n, n)), directed=False)
    return _distinct(labels, piece, int(labels.max(initial=-1)) + 1)


def _distinct(labels: np.ndarray, other: np.ndarray, k: int) -> np.ndarray:
    """Return how many values of `other` each group has."""
    return np.bincount(np.unique(np.column_stack([labels, other]), axis=0)[:, 0], minlength=k)


def _inertia(graph: KernelInput, labels: np.ndarray) -> float:
    mass = np.bincount(labels, graph.weights)
    centre = np.column_stack([np.bincount(labels, graph.weights * column) for column in graph.xyz.T]) / np.maximum(mass, 1)[:, None]
    return float((graph.weights * ((graph.xyz - centre[labels]) ** 2).sum(axis=1)).sum())


def _entrances(graph: KernelInput, labels: np.ndarray) -> tuple[int, float]:
    """Return how many entrances that would fit into a group are split, and the groups met in an entrance on average; lobbies do not count."""
    lived = graph.weights > 0
    number = np.unique(graph.entrance[lived], return_inverse=True)[1].ravel()
    weight = np.bincount(number, graph.weights[lived])
    met = _distinct(number, labels[lived], len(weight))
    return int(((met > 1) & (weight <= UPPER)).sum()), round(float(met.mean()) if len(met) else 0.0, 3)
