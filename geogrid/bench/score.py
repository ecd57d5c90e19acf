"""One judge for every division of a kernel input, whoever made it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from itertools import combinations, product
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


def with_parts(graph: KernelInput, labels: np.ndarray, parts: np.ndarray) -> tuple[KernelInput, np.ndarray]:
    """Return (graph, labels) in which each divided atom stands as its parts: all in its place, tied to one another and to its neighbours.

    `parts` (p, 3): rows (atom, weight, group), as `Partition.parts`; a part after the first is a new atom at the end.
    All edges are said to be ground: the judge does not ask.
    """
    if len(parts) == 0:
        return graph, labels
    _, first = np.unique(parts[:, 0], return_index=True)
    lead = np.zeros(len(parts), bool)
    lead[first] = True
    atom, n = parts[:, 0], len(labels)
    rows = np.r_[np.arange(n), atom[~lead]]
    weights, groups = graph.weights[rows].copy(), np.r_[labels, parts[~lead, 2]]
    weights[atom[lead]], groups[atom[lead]], weights[n:] = parts[lead, 1], parts[lead, 2], parts[~lead, 1]
    stands: dict[int, list[int]] = {old: [old] for old in np.unique(atom).tolist()}
    for new, old in enumerate(atom[~lead].tolist(), n):
        stands[old].append(new)
    touched = np.isin(graph.edges, list(stands)).any(axis=1)
    tied = [pair for a, b in graph.edges[touched].tolist() for pair in product(stands.get(a, [a]), stands.get(b, [b]))]
    tied += [pair for same in stands.values() for pair in combinations(same, 2)]
    edges = np.concatenate([graph.edges[~touched], np.array(tied)])
    grown = KernelInput(weights, edges, graph.xyz[rows], np.zeros(len(edges), int), graph.within[rows], graph.entrance[rows], graph.building[rows])
    return grown, groups


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
